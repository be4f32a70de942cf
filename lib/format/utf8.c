#include "format/utf8.h"
#include "format/chunk.h"

static bool is_continuation(uint8_t byte)
{
	return (byte & 0xc0) == 0x80;
}

uint32_t utf8_length(const char *text, uint32_t len)
{
	const uint8_t *at = (const uint8_t *)text;

	if (len == 0)
		return 0;
	if (at[0] < 0x80)
		return 1;
	if (at[0] < 0xc2 || at[0] > 0xf4 || len < 2 || !is_continuation(at[1]))
		return 0;
	if (at[0] < 0xe0)
		return 2;
	// The second byte's range: overlong, surrogates, above U+10FFFF (RFC 3629 §4).
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
		(at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
		return 0;
	if (len < 3 || !is_continuation(at[2]))
		return 0;
	if (at[0] < 0xf0)
		return 3;
	return len >= 4 && is_continuation(at[3]) ? 4 : 0;
}

uint32_t utf8_write(uint32_t code, char text[UTF8_MAX])
{
	if (code < 0x80) {
		text[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		text[0] = (char)(0xc0 | code >> 6);
		text[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		text[0] = (char)(0xe0 | code >> 12);
		text[1] = (char)(0x80 | (code >> 6 & 0x3f));
		text[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	text[0] = (char)(0xf0 | code >> 18);
	text[1] = (char)(0x80 | (code >> 12 & 0x3f));
	text[2] = (char)(0x80 | (code >> 6 & 0x3f));
	text[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

bool utf8_valid(const char *text, uint32_t len)
{
	const char *end = text + len;

	while (text < end) {
		if ((uint8_t)*text >= 0x80) {
			uint32_t n = utf8_length(text, (uint32_t)(end - text));

			if (n == 0)
				return false;
			text += n;
		} else if (end - text >= 8) {
			uint64_t word;
			uint32_t n_ascii;

			memcpy(&word, text, sizeof(word));
			n_ascii = mask_first(word & 0x8080808080808080u) / 8;
			text += n_ascii;
		} else {
			text++;
		}
	}
	return true;
}
