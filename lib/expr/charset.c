#include "expr/charset.h"
#include "format/utf8.h"
#include <string.h>
#include <strings.h>

enum { REPLACEMENT = 0xfffd };

enum charset charset_of(const char *name, uint32_t len)
{
	static const struct {
		const char *name;
		enum charset charset;
	} names[] = {
		{"US-ASCII", CHARSET_ASCII},
		{"ASCII", CHARSET_ASCII},
		{"ISO-8859-1", CHARSET_LATIN1},
		{"ISO8859_1", CHARSET_LATIN1},
		{"LATIN1", CHARSET_LATIN1},
		{"UTF-8", CHARSET_UTF8},
		{"UTF8", CHARSET_UTF8},
		{"UTF-16", CHARSET_UTF16},
		{"UTF16", CHARSET_UTF16},
		{"UTF-16BE", CHARSET_UTF16BE},
		{"UTF-16LE", CHARSET_UTF16LE},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i].name) == len && strncasecmp(names[i].name, name, len) == 0)
			return names[i].charset;
	return CHARSET_UNKNOWN;
}

// The code point at text, and its bytes in *n; of a malformed one the first byte is U+FFFD.
static uint32_t read_point(const char *text, uint32_t len, uint32_t *n)
{
	const uint8_t *bytes = (const uint8_t *)text;

	*n = utf8_length(text, len);
	switch (*n) {
	case 1:
		return bytes[0];
	case 2:
		return (bytes[0] & 0x1fu) << 6 | (bytes[1] & 0x3fu);
	case 3:
		return (bytes[0] & 0x0fu) << 12 | (bytes[1] & 0x3fu) << 6 | (bytes[2] & 0x3fu);
	case 4:
		return (bytes[0] & 0x07u) << 18 | (bytes[1] & 0x3fu) << 12 |
		       (bytes[2] & 0x3fu) << 6 | (bytes[3] & 0x3fu);
	default:
		*n = 1;
		return REPLACEMENT;
	}
}

static char *put_unit(char *out, uint32_t unit, bool little)
{
	*out++ = (char)(little ? unit : unit >> 8);
	*out++ = (char)(little ? unit >> 8 : unit);
	return out;
}

static char *put_utf16(char *out, uint32_t point, bool little)
{
	if (point < 0x10000)
		return put_unit(out, point, little);
	out = put_unit(out, 0xd7c0 + (point >> 10), little);
	return put_unit(out, 0xdc00 | (point & 0x3ff), little);
}

uint32_t charset_encode(enum charset charset, const char *text, uint32_t len, char *out)
{
	char *start = out;

	if (charset == CHARSET_UTF8) {
		memcpy(out, text, len);
		return len;
	}
	if (charset == CHARSET_UTF16 && len > 0)
		out = put_unit(out, 0xfeff, false);
	for (uint32_t at = 0, n; at < len; at += n) {
		uint32_t point = read_point(text + at, len - at, &n);

		if (charset == CHARSET_ASCII)
			*out++ = point < 0x80 ? (char)point : '?';
		else if (charset == CHARSET_LATIN1)
			*out++ = point < 0x100 ? (char)point : '?';
		else
			out = put_utf16(out, point, charset == CHARSET_UTF16LE);
	}
	return (uint32_t)(out - start);
}

static uint32_t unit_at(const char *bytes, uint32_t at, bool little)
{
	uint8_t first = (uint8_t)bytes[at], second = (uint8_t)bytes[at + 1];

	return little ? (uint32_t)second << 8 | first : (uint32_t)first << 8 | second;
}

static uint32_t decode_utf16(const char *bytes, uint32_t len, bool little, char *out)
{
	char *start = out;
	uint32_t at = 0;

	for (; at + 2 <= len; at += 2) {
		uint32_t unit = unit_at(bytes, at, little);

		if (unit >= 0xd800 && unit < 0xdc00 && at + 4 <= len) {
			uint32_t low = unit_at(bytes, at + 2, little);

			if (low >= 0xdc00 && low < 0xe000) {
				at += 2;
				unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
			}
		}
		out += utf8_write(unit >= 0xd800 && unit < 0xe000 ? REPLACEMENT : unit, out);
	}
	if (at < len)
		out += utf8_write(REPLACEMENT, out);
	return (uint32_t)(out - start);
}

uint32_t charset_decode(enum charset charset, const char *bytes, uint32_t len, char *out)
{
	char *start = out;
	bool little = charset == CHARSET_UTF16LE;

	if (charset == CHARSET_UTF16 && len >= 2 &&
		(unit_at(bytes, 0, false) == 0xfeff || unit_at(bytes, 0, true) == 0xfeff)) {
		little = unit_at(bytes, 0, true) == 0xfeff;
		bytes += 2;
		len -= 2;
	}
	if (charset >= CHARSET_UTF16)
		return decode_utf16(bytes, len, little, out);
	for (uint32_t at = 0, n = 1; at < len; at += n) {
		uint32_t point = (uint8_t)bytes[at];

		if (charset == CHARSET_UTF8)
			point = read_point(bytes + at, len - at, &n);
		else if (charset == CHARSET_ASCII && point >= 0x80)
			point = REPLACEMENT;
		out += utf8_write(point, out);
	}
	return (uint32_t)(out - start);
}
