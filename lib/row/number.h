// Numbers as text and back.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { NUMBER_TEXT_MAX = 32 };

// The shortest text that reads back equal, in the form of Java's Double.toString / Float.toString:
// "22.0", "1.0E10", "1.0E-5", "NaN", "-Infinity". Returns the length; no NUL.
uint32_t number_format_double(double value, char text[NUMBER_TEXT_MAX]);
uint32_t number_format_float(float value, char text[NUMBER_TEXT_MAX]);
uint32_t number_format_int(int64_t value, char text[NUMBER_TEXT_MAX]);

// All of text[:len]: an optional sign, digits. False when malformed or outside min … max.
bool number_parse_int(const char *text, uint32_t len, int64_t min, int64_t max, int64_t *value);
// Decimal notation with optional fraction and exponent, "NaN", "Infinity" with optional sign, as
// Java's Double.parseDouble; correctly rounded. Fast path: at most 19 digits and a small exponent
// (Clinger 1990); else strtod.
bool number_parse_double(const char *text, uint32_t len, double *value);
