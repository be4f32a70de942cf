// UTF-8, as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { UTF8_MAX = 4 }; // bytes of a code point

// Length of the code point at the start of text[:len], 0 when it is malformed or cut off.
uint32_t utf8_length(const char *text, uint32_t len);
// Write a code point (not above 0x10ffff); returns its length.
uint32_t utf8_write(uint32_t code, char text[UTF8_MAX]);
bool utf8_valid(const char *text, uint32_t len);
