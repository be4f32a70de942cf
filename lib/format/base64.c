#include "format/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(const uint8_t *data, uint32_t len, char *text)
{
	uint32_t i = 0, bits;

	for (; i + 3 <= len; i += 3) {
		bits = (uint32_t)data[i] << 16 | (uint32_t)data[i + 1] << 8 | data[i + 2];
		for (int shift = 18; shift >= 0; shift -= 6)
			*text++ = alphabet[bits >> shift & 0x3f];
	}
	if (i == len)
		return;
	bits = (uint32_t)data[i] << 16 | (i + 1 < len ? (uint32_t)data[i + 1] << 8 : 0);
	*text++ = alphabet[bits >> 18];
	*text++ = alphabet[bits >> 12 & 0x3f];
	*text++ = i + 1 < len ? alphabet[bits >> 6 & 0x3f] : '=';
	*text = '=';
}

// The six bits of a character, or 64 and more.
static uint32_t sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (uint32_t)(c - 'A');
	if (c >= 'a' && c <= 'z')
		return (uint32_t)(c - 'a' + 26);
	if (c >= '0' && c <= '9')
		return (uint32_t)(c - '0' + 52);
	return c == '+' ? 62 : c == '/' ? 63 : 64;
}

int64_t base64_decode(const char *text, uint32_t len, uint8_t *data)
{
	uint32_t padding = 0;
	uint8_t *at = data;

	if (len % 4 != 0)
		return -1;
	if (len > 0)
		padding = text[len - 1] != '=' ? 0 : text[len - 2] != '=' ? 1 : 2;
	for (uint32_t i = 0; i < len; i += 4) {
		uint32_t n_padding = i + 4 == len ? padding : 0, bits = 0;

		for (uint32_t j = 0; j < 4; j++) {
			uint32_t six = j < 4 - n_padding ? sextet(text[i + j]) : 0;

			if (six > 63)
				return -1;
			bits = bits << 6 | six;
		}
		*at++ = (uint8_t)(bits >> 16);
		if (n_padding < 2)
			*at++ = (uint8_t)(bits >> 8);
		if (n_padding < 1)
			*at++ = (uint8_t)bits;
	}
	return at - data;
}
