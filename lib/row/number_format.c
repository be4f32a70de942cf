// Shortest text of a double or float, found by trying: print with few digits and read back.
#include "row/number.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Digits d₁d₂… (n of them, no trailing zero but one) of 0.d₁d₂… × 10^point.
struct shortest {
	char digits[NUMBER_TEXT_MAX];
	int n;
	int point;
};

// What text in %e form says.
static void take_digits(const char *text, struct shortest *shortest)
{
	int n = 0;

	for (; *text != 'e'; text++)
		if (*text != '.')
			shortest->digits[n++] = *text;
	while (n > 1 && shortest->digits[n - 1] == '0')
		n--;
	shortest->n = n;
	shortest->point = atoi(text + 1) + 1;
}

// Add one unit to the last digit of text in %e form. False when that carries into a new digit.
static bool increment(char *text)
{
	for (char *at = strchr(text, 'e') - 1; at >= text; at--) {
		if (*at == '.')
			continue;
		if (*at != '9') {
			++*at;
			return true;
		}
		*at = '0';
	}
	return false;
}

static bool reads_back(const char *text, double value, bool is_float)
{
	return is_float ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value;
}

// Prices, measures and counts have few digits: an integer below 10^15 over 10^4 or 10^9, both exact
// in a double, so that their quotient reads as their decimal does. No other decimal of as few
// digits reads the same.
static bool find_fixed(double value, struct shortest *shortest)
{
	static const struct {
		int n_decimals;
		double power;
	} forms[] = {{4, 1e4}, {9, 1e9}};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		double scaled = value * forms[i].power;
		int64_t integer;

		if (scaled >= 1e15)
			return false;
		integer = (int64_t)(scaled + 0.5);
		if ((double)integer / forms[i].power != value)
			continue;
		shortest->n = (int)number_format_int(integer, shortest->digits);
		shortest->point = shortest->n - forms[i].n_decimals;
		while (shortest->n > 1 && shortest->digits[shortest->n - 1] == '0')
			shortest->n--;
		return true;
	}
	return false;
}

// The fewest digits (two at least: Java's rule) that read back as value > 0. Any decimal of
// few_digits digits survives a trip through a normal number, so that no fewer need be tried: zeros
// are stripped. Below a power of two the neighbours are nearer than above it: there the decimal
// next above may read back where the nearest, below, does not.
static void find_shortest(double value, bool is_float, struct shortest *shortest)
{
	bool is_normal = value >= (is_float ? 0x1p-126 : 0x1p-1022);
	int last = is_float ? 8 : 16;
	char text[40];
	int exponent;

	if (!is_float && find_fixed(value, shortest))
		return;
	for (int p = is_normal ? (is_float ? 5 : 14) : 1; p <= last; p++) {
		snprintf(text, sizeof(text), "%.*e", p, value);
		if (p == last || reads_back(text, value, is_float))
			break;
		if (frexp(value, &exponent) == 0.5 && increment(text) &&
			reads_back(text, value, is_float))
			break;
	}
	take_digits(text, shortest);
}

// Java's form: plain from 1E-3 up to 1E7, else one digit before the point and an exponent.
static uint32_t write_java(const struct shortest *shortest, char *text)
{
	bool plain = shortest->point > -3 && shortest->point <= 7;
	int point = plain ? shortest->point : 1;
	uint32_t len = 0;

	if (point <= 0)
		text[len++] = '0';
	for (int i = 0; i < point; i++)
		text[len++] = i < shortest->n ? shortest->digits[i] : '0';
	text[len++] = '.';
	for (int i = point; i < 0; i++)
		text[len++] = '0';
	for (int i = point > 0 ? point : 0; i < shortest->n; i++)
		text[len++] = shortest->digits[i];
	if (shortest->n <= point)
		text[len++] = '0';
	if (!plain) {
		text[len++] = 'E';
		len += number_format_int(shortest->point - 1, text + len);
	}
	return len;
}

static uint32_t write_word(const char *word, char *text)
{
	uint32_t len = (uint32_t)strlen(word);

	memcpy(text, word, len);
	return len;
}

static uint32_t format(double value, bool is_float, char *text)
{
	struct shortest shortest;

	if (isnan(value))
		return write_word("NaN", text);
	if (signbit(value)) {
		text[0] = '-';
		return 1 + format(-value, is_float, text + 1);
	}
	if (isinf(value))
		return write_word("Infinity", text);
	if (value == 0)
		return write_word("0.0", text);
	find_shortest(value, is_float, &shortest);
	return write_java(&shortest, text);
}

uint32_t number_format_double(double value, char text[NUMBER_TEXT_MAX])
{
	return format(value, false, text);
}

uint32_t number_format_float(float value, char text[NUMBER_TEXT_MAX])
{
	return format((double)value, true, text);
}
