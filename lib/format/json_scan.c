#include "format/json_scan.h"
#include "format/utf8.h"

// Value of a hexadecimal digit, or -1.
static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The four hexadecimal digits at text, or -1.
static int32_t hex4(const char *text)
{
	int32_t code = 0;

	for (int i = 0; i < 4; i++) {
		int digit = hex(text[i]);

		if (digit < 0)
			return -1;
		code = code << 4 | digit;
	}
	return code;
}

const char *json_scan_special(const char *at, const char *end, bool *escaped)
{
	uint32_t n;

	if (*at != '\\') {
		if ((uint8_t)*at < ' ')
			return NULL;
		// Text that is not ASCII mostly goes on so.
		for (; at < end && (uint8_t)*at >= 0x80; at += n) {
			n = utf8_length(at, (uint32_t)(end - at));
			if (n == 0)
				return NULL;
		}
		return at;
	}
	*escaped = true;
	if (end - at < 2)
		return NULL;
	if (at[1] == 'u')
		return end - at >= 6 && hex4(at + 2) >= 0 ? at + 6 : NULL;
	return memchr("\"\\/bfnrt", at[1], 8) != NULL ? at + 2 : NULL;
}

// One digit or more; returns what follows, or NULL.
static const char *scan_digits(const char *at, const char *end)
{
	const char *start = at;

	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at > start ? at : NULL;
}

const char *json_scan_number_slow(const char *at, const char *end)
{
	const char *digits = at + (*at == '-');

	at = scan_digits(digits, end);
	if (at == NULL || (*digits == '0' && at > digits + 1))
		return NULL;
	if (at < end && *at == '.')
		at = scan_digits(at + 1, end);
	if (at == NULL || at == end || (*at | 0x20) != 'e')
		return at;
	at++;
	if (at < end && (*at == '+' || *at == '-'))
		at++;
	return scan_digits(at, end);
}

static const char *scan_scalar(const char *at, const char *end)
{
	bool ignored;

	if (*at == '"') {
		at = json_scan_string(at + 1, end, &ignored);
		return at != NULL ? at + 1 : NULL;
	}
	if (*at == '-' || (*at >= '0' && *at <= '9'))
		return json_scan_number(at, end);
	return json_scan_word(at, end);
}

// Key and colon of an object's member; returns where its value starts.
static const char *scan_key(const char *at, const char *end)
{
	bool ignored;

	at = json_skip_blanks(at, end);
	if (at == end || *at != '"')
		return NULL;
	at = json_scan_string(at + 1, end, &ignored);
	if (at == NULL)
		return NULL;
	at = json_skip_blanks(at + 1, end);
	return at < end && *at == ':' ? at + 1 : NULL;
}

// Nesting is one bit a level, not a recursion: a hostile message cannot exhaust the stack.
//
//   value ── opens ──► first member or element, or the closing bracket
//   value ── scalar, closes ──► ',' and the next, or a closing bracket; at level 0 the end
const char *json_scan_value(const char *at, const char *end, int depth, bool *too_deep)
{
	uint64_t objects = 0; // bit of a level: it is an object
	int level = 0;

	for (;;) {
		at = json_skip_blanks(at, end);
		if (at == end)
			return NULL;
		if (*at == '{' || *at == '[') {
			if (depth + level >= JSON_DEPTH_MAX) {
				*too_deep = true;
				return NULL;
			}
			objects = objects << 1 | (*at == '{');
			level++;
			at = json_skip_blanks(at + 1, end);
			if (at == end)
				return NULL;
			if (*at != (objects & 1 ? '}' : ']')) {
				if (objects & 1 && (at = scan_key(at, end)) == NULL)
					return NULL;
				continue;
			}
		} else if ((at = scan_scalar(at, end)) == NULL) {
			return NULL;
		}
		// Behind a value, or at the bracket that closes an empty one.
		for (; level > 0; at++) {
			at = json_skip_blanks(at, end);
			if (at == end)
				return NULL;
			if (*at != (objects & 1 ? '}' : ']'))
				break;
			objects >>= 1;
			level--;
		}
		if (level == 0)
			return at;
		if (*at++ != ',')
			return NULL;
		if (objects & 1 && (at = scan_key(at, end)) == NULL)
			return NULL;
	}
}

// The code point of the \u escape at text; *n bytes make it, 6 or, with its other half, 12.
static uint32_t unescape_unicode(const char *text, uint32_t len, uint32_t *n)
{
	uint32_t code = (uint32_t)hex4(text + 2);

	*n = 6;
	if (code < 0xd800 || code > 0xdfff)
		return code;
	if (code < 0xdc00 && len >= 12 && text[6] == '\\' && text[7] == 'u') {
		uint32_t low = (uint32_t)hex4(text + 8);

		if (low >= 0xdc00 && low <= 0xdfff) {
			*n = 12;
			return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
		}
	}
	return 0xfffd;
}

uint32_t json_unescape(const char *text, uint32_t len, char *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *end = text + len;
	char *at = out;
	uint32_t n;

	while (text < end) {
		if (*text != '\\') {
			*at++ = *text++;
		} else if (text[1] == 'u') {
			at += utf8_write(unescape_unicode(text, (uint32_t)(end - text), &n), at);
			text += n;
		} else {
			*at++ = to[strchr(from, text[1]) - from];
			text += 2;
		}
	}
	return (uint32_t)(at - out);
}
