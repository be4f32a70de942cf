// Strings to strings and numbers, one at a time: length, trimming, parts. A part of a string
// is a view into it: nothing is copied.
#include "expr/call.h"
#include "expr/families.h"
#include "expr/string_call.h"
#include "expr/text.h"
#include <errno.h>

static void char_length(struct call *call)
{
	CALL_FOREACH(call, row)
	set_int(call, row,
		(int32_t)text_count(str_data(str_arg(call, 0, row)), str_arg(call, 0, row)->len));
}

static void octet_length(struct call *call)
{
	CALL_FOREACH(call, row)
	set_int(call, row, (int32_t)str_arg(call, 0, row)->len);
}

static void ascii(struct call *call)
{
	CALL_FOREACH(call, row)
	set_int(call, row,
		str_arg(call, 0, row)->len > 0 ? (signed char)str_data(str_arg(call, 0, row))[0]
					       : 0);
}

// CHR(n): n modulo 256, as Flink; from 128 on two bytes in UTF-8.
static void chr(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		int64_t n = ((const int64_t *)call->args[0].values)[row];
		uint8_t c = (uint8_t)n;
		char text[2] = {(char)c};

		if (c >= 0x80) {
			text[0] = (char)(0xc0 | c >> 6);
			text[1] = (char)(0x80 | (c & 0x3f));
		}
		set_str(call, row, text, n < 0 ? 0 : c >= 0x80 ? 2 : 1);
	}
}

// Flink's SUBSTRING: 1-based; 0 is as 1; a negative start counts from the end; a negative length is
// NULL.
static void substring(struct call *call)
{
	bool has_length = call->expr->n_args > 2;

	CALL_FOREACH(call, row)
	{
		const struct str *a = str_arg(call, 0, row);
		int64_t start = int_arg(call, 1, row);
		int64_t length = has_length ? int_arg(call, 2, row) : INT32_MAX;
		const char *text = str_data(a);
		uint32_t first, len;

		if (length < 0) {
			nulls_set(call->nulls, row);
			continue;
		}
		if (start < 0)
			start += text_count(text, a->len);
		else if (start > 0)
			start--;
		if (start < 0) {
			set_str(call, row, text, 0);
			continue;
		}
		first = text_prefix(text, a->len, (uint64_t)start);
		len = text_prefix(text + first, a->len - first, (uint64_t)length);
		set_str(call, row, text + first, len);
	}
}

static void left(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		const struct str *a = str_arg(call, 0, row);
		int32_t n = int_arg(call, 1, row);

		set_str(call, row, str_data(a),
			text_prefix(str_data(a), a->len, n > 0 ? (uint64_t)n : 0));
	}
}

static void right(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		const struct str *a = str_arg(call, 0, row);
		int64_t n = int_arg(call, 1, row), count = text_count(str_data(a), a->len);
		uint32_t skip;

		n = n < 0 ? 0 : n > count ? count : n;
		skip = text_prefix(str_data(a), a->len, (uint64_t)(count - n));
		set_str(call, row, str_data(a) + skip, a->len - skip);
	}
}

// Whether what (any of its characters) holds the character text[:width].
static bool holds(const struct str *what, const char *text, uint32_t width)
{
	return memmem(str_data(what), what->len, text, width) != NULL;
}

static void trim(struct call *call, uint16_t row, const struct str *a, const struct str *what,
	bool leading, bool trailing)
{
	const char *text = str_data(a);
	uint32_t first = 0, end = a->len;

	while (leading && first < end) {
		uint32_t width = text_width(text[first]);

		if (width > end - first || !holds(what, text + first, width))
			break;
		first += width;
	}
	while (trailing && end > first) {
		uint32_t start = end - 1;

		while (start > first && ((unsigned char)text[start] & 0xc0) == 0x80)
			start--;
		if (!holds(what, text + start, end - start))
			break;
		end = start;
	}
	set_str(call, row, text + first, end - first);
}

static inline void trim_one(struct call *call, bool leading, bool trailing)
{
	struct str blank = str_view(" ", 1);

	CALL_FOREACH(call, row)
	trim(call, row, str_arg(call, 0, row),
		call->expr->n_args > 1 ? str_arg(call, 1, row) : &blank, leading, trailing);
}

static void ltrim(struct call *call)
{
	trim_one(call, true, false);
}

static void rtrim(struct call *call)
{
	trim_one(call, false, true);
}

static void btrim(struct call *call)
{
	trim_one(call, true, true);
}

// TRIM(x), or the parser's TRIM(mode, what, x).
static int resolve_trim(struct resolve *r)
{
	static const char *const names[] = {"LTRIM", "RTRIM", "BTRIM"};
	static const char *const modes[] = {"LEADING", "TRAILING", "BOTH"};
	const struct expr *args[] = {r->args[r->n_args - 1], r->args[r->n_args > 1]};
	const char *name = "BTRIM";

	if (r->n_args == 2)
		return err_set_at(r->err, r->pos, "TRIM takes 1 or 3 arguments, not 2");
	if (r->n_args == 3) {
		const struct expr *mode = r->args[0];

		name = NULL;
		for (int i = 0; i < 3 && expr_is_literal(mode) && type_is_string(mode->type.kind);
			i++)
			if (mode->value.str.len == strlen(modes[i]) &&
				memcmp(str_data(&mode->value.str), modes[i], strlen(modes[i])) == 0)
				name = names[i];
		if (name == NULL)
			return err_set_at(
				r->err, mode->pos, "TRIM takes LEADING, TRAILING or BOTH");
	}
	r->expr = call_by_name(r, name, args, r->n_args == 3 ? 2 : 1);
	return r->expr != NULL ? 0 : -EINVAL;
}

static const struct function functions[] = {
	FUNCTION("CHAR_LENGTH", "s", 1, 1, char_length, 0, TYPE_INT, "CHAR_LENGTH(s)",
		"code points"),
	FUNCTION("CHARACTER_LENGTH", "s", 1, 1, char_length, 0, TYPE_INT, "CHARACTER_LENGTH(s)",
		"code points"),
	FUNCTION("OCTET_LENGTH", "s", 1, 1, octet_length, 0, TYPE_INT, "OCTET_LENGTH(s)",
		"bytes in UTF-8"),
	FUNCTION("ASCII", "s", 1, 1, ascii, 0, TYPE_INT, "ASCII(s)", "the first byte; 0 for ''"),
	FUNCTION("CHR", "l", 1, 1, chr, 0, TYPE_VARCHAR, "CHR(n)",
		"the character of code n modulo 256"),
	FUNCTION("SUBSTRING", "sii", 2, 3, substring, KERNEL_NULLS, TYPE_VARCHAR,
		"SUBSTRING(s, start [, length])",
		"start from 1; a negative one counts from the end"),
	FUNCTION("SUBSTR", "sii", 2, 3, substring, KERNEL_NULLS, TYPE_VARCHAR,
		"SUBSTR(s, start [, length])", "SUBSTRING"),
	FUNCTION("LEFT", "si", 2, 2, left, 0, TYPE_VARCHAR, "LEFT(s, n)", "the first n characters"),
	FUNCTION("RIGHT", "si", 2, 2, right, 0, TYPE_VARCHAR, "RIGHT(s, n)",
		"the last n characters"),
	FUNCTION("LTRIM", "s", 1, 2, ltrim, 0, TYPE_VARCHAR, "LTRIM(s [, characters])",
		"without blanks (or these characters) in front"),
	FUNCTION("RTRIM", "s", 1, 2, rtrim, 0, TYPE_VARCHAR, "RTRIM(s [, characters])",
		"without blanks (or these characters) behind"),
	FUNCTION("BTRIM", "s", 1, 2, btrim, 0, TYPE_VARCHAR, "BTRIM(s [, characters])",
		"without blanks (or these characters) on both sides"),
	{.name = "TRIM",
		.n_min = 1,
		.n_max = 3,
		.resolve = resolve_trim,
		.usage = "TRIM([LEADING | TRAILING | BOTH] characters FROM s)",
		.doc = "LTRIM, RTRIM, BTRIM"},
};

const struct function_family family_string = {
	"Strings", functions, sizeof(functions) / sizeof(*functions)};
