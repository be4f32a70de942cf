// Where strings are in strings, and the parts between: POSITION, LOCATE, INSTR, STARTSWITH,
// SPLIT_INDEX. Positions count code points, from 1.
#include "expr/call.h"
#include "expr/families.h"
#include "expr/string_call.h"
#include "expr/text.h"
#include <errno.h>

// The position of what in text, not before `from`; 0 when it is not there. Flink finds an empty
// string at 1, wherever the search begins.
static int32_t find_forward(const struct str *in, const struct str *what, int64_t from)
{
	const char *text = str_data(in), *at;
	uint32_t skip;

	if (what->len == 0)
		return 1;
	skip = text_prefix(text, in->len, from > 1 ? (uint64_t)from - 1 : 0);
	at = memmem(text + skip, in->len - skip, str_data(what), what->len);
	return at != NULL ? (int32_t)text_count(text, (uint32_t)(at - text)) + 1 : 0;
}

static void position(struct call *call)
{
	bool has_from = call->expr->n_args > 2;

	CALL_FOREACH(call, row)
	set_int(call, row,
		find_forward(str_arg(call, 1, row), str_arg(call, 0, row),
			has_from ? int_arg(call, 2, row) : 1));
}

// The nth occurrence from the end backwards, whose last character is the from_end-th from the end
// or further left.
static int32_t find_backward(
	const struct str *in, const struct str *what, int64_t from_end, int32_t nth)
{
	int64_t n_chars = text_count(str_data(in), in->len);
	int64_t n_what = text_count(str_data(what), what->len);
	int64_t start = n_chars + 2 - from_end - n_what;
	const char *text = str_data(in);
	uint32_t at;

	if (what->len == 0)
		return (int32_t)n_chars + 1;
	if (start < 1)
		return 0;
	at = text_prefix(text, in->len, (uint64_t)start - 1);
	for (; start > 0; start--) {
		if (what->len <= in->len - at &&
			memcmp(text + at, str_data(what), what->len) == 0 && --nth == 0)
			return (int32_t)start;
		while (at > 0 && ((unsigned char)text[--at] & 0xc0) == 0x80)
			;
	}
	return 0;
}

static int32_t find_nth(const struct str *in, const struct str *what, int32_t from, int32_t nth)
{
	int32_t at = 0;

	if (from == 0)
		return 0;
	if (from < 0)
		return find_backward(in, what, -(int64_t)from, nth);
	if (what->len == 0)
		return 1;
	for (int64_t next = from; nth > 0; nth--, next = (int64_t)at + 1) {
		at = find_forward(in, what, next);
		if (at == 0)
			return 0;
	}
	return at;
}

static void instr(struct call *call)
{
	uint16_t n_args = call->expr->n_args;

	CALL_FOREACH(call, row)
	{
		int32_t from = n_args > 2 ? int_arg(call, 2, row) : 1;
		int32_t nth = n_args > 3 ? int_arg(call, 3, row) : 1;

		if (nth <= 0)
			call_fail(call, row, "INSTR counts occurrences from 1");
		else
			set_int(call, row,
				find_nth(str_arg(call, 0, row), str_arg(call, 1, row), from, nth));
	}
}

static void starts_with(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		const struct str *a = str_arg(call, 0, row), *b = str_arg(call, 1, row);

		set_bool(call, row,
			b->len <= a->len && memcmp(str_data(a), str_data(b), b->len) == 0);
	}
}

static void ends_with(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		const struct str *a = str_arg(call, 0, row), *b = str_arg(call, 1, row);

		set_bool(call, row,
			b->len <= a->len &&
				memcmp(str_data(a) + a->len - b->len, str_data(b), b->len) == 0);
	}
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
}

// The next cut in text[:len]: *width bytes are no part. An empty delimiter cuts at white space.
static const char *next_cut(const char *text, size_t len, const struct str *by, uint32_t *width)
{
	*width = by->len;
	if (by->len > 0)
		return memmem(text, len, str_data(by), by->len);
	*width = 1;
	for (size_t i = 0; i < len; i++)
		if (is_space(text[i]))
			return text + i;
	return NULL;
}

static void take_part(
	struct call *call, uint16_t row, const struct str *a, const struct str *by, int32_t n)
{
	const char *text = str_data(a), *end = text + a->len, *cut;
	uint32_t width;

	cut = next_cut(text, a->len, by, &width);
	for (; n > 0 && cut != NULL; n--) {
		text = cut + width;
		cut = next_cut(text, (size_t)(end - text), by, &width);
	}
	if (n != 0 || a->len == 0)
		nulls_set(call->nulls, row);
	else
		set_str(call, row, text, (uint32_t)((cut != NULL ? cut : end) - text));
}

static void split_index(struct call *call)
{
	CALL_FOREACH(call, row)
	take_part(call, row, str_arg(call, 0, row), str_arg(call, 1, row), int_arg(call, 2, row));
}

// The delimiter is a character's code, 1 … 255.
static void split_index_code(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		int32_t code = int_arg(call, 1, row);
		char text[2] = {(char)code};
		struct str by;

		if (code < 1 || code > 255) {
			nulls_set(call->nulls, row);
			continue;
		}
		if (code >= 0x80) {
			text[0] = (char)(0xc0 | code >> 6);
			text[1] = (char)(0x80 | (code & 0x3f));
		}
		by = str_view(text, code >= 0x80 ? 2 : 1);
		take_part(call, row, str_arg(call, 0, row), &by, int_arg(call, 2, row));
	}
}

static int resolve_split_index(struct resolve *r)
{
	static const struct kernel by_text = {split_index, KERNEL_NULLS};
	static const struct kernel by_code = {split_index_code, KERNEL_NULLS};
	enum type_kind kind = r->args[1]->type.kind;

	r->type = type_of(TYPE_VARCHAR);
	r->kernel = &by_text;
	if (!type_is_integer(kind) || kind > TYPE_INT)
		return resolve_letters(r);
	r->kernel = &by_code;
	if (!type_is_string(r->args[0]->type.kind) || r->args[2]->type.kind > TYPE_INT)
		return resolve_refuse(r);
	return resolve_cast(r, 1, type_of(TYPE_INT)) | resolve_cast(r, 2, type_of(TYPE_INT));
}

static const struct function functions[] = {
	FUNCTION("POSITION", "ss", 2, 2, position, 0, TYPE_INT, "POSITION(a IN s)",
		"where a starts in s, from 1; 0 when it does not"),
	FUNCTION("LOCATE", "ssi", 2, 3, position, 0, TYPE_INT, "LOCATE(a, s [, from])",
		"POSITION, not before the character from"),
	FUNCTION("INSTR", "ssii", 2, 4, instr, KERNEL_FAULTS, TYPE_INT,
		"INSTR(s, a [, from [, n]])",
		"where a starts in s for the n-th time; backwards when from is negative; 0 when it "
		"does not"),
	FUNCTION("STARTSWITH", "ss", 2, 2, starts_with, 0, TYPE_BOOLEAN, "STARTSWITH(s, a)",
		"whether s begins with a"),
	FUNCTION("ENDSWITH", "ss", 2, 2, ends_with, 0, TYPE_BOOLEAN, "ENDSWITH(s, a)",
		"whether s ends with a"),
	RESOLVED("SPLIT_INDEX", "ssi", 3, 3, resolve_split_index, "SPLIT_INDEX(s, delimiter, n)",
		"the n-th part, from 0; NULL when there is none; the delimiter is a string or a "
		"character's code, '' is white space"),
};

const struct function_family family_string_find = {
	"Finding in strings", functions, sizeof(functions) / sizeof(*functions)};
