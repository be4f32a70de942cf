// Character sets of ENCODE and DECODE: what every Java has. Internal to the module.
#pragma once
#include <stdint.h>

enum charset {
	CHARSET_UNKNOWN,
	CHARSET_ASCII,
	CHARSET_LATIN1,
	CHARSET_UTF8,
	CHARSET_UTF16, // written with a byte order mark and the high byte first
	CHARSET_UTF16BE,
	CHARSET_UTF16LE,
};

enum charset charset_of(const char *name, uint32_t len);

// UTF-8 text[:len] in charset, '?' for what it lacks. out has room for 2 × len + 2 bytes. Returns
// the length.
uint32_t charset_encode(enum charset charset, const char *text, uint32_t len, char *out);
// bytes[:len] of charset in UTF-8, U+FFFD for what is malformed. out has room for 3 × len + 2
// bytes. Returns the length.
uint32_t charset_decode(enum charset charset, const char *bytes, uint32_t len, char *out);
