// Functions that make strings longer than their arguments: in the program's heap.
#include "expr/call.h"
#include "expr/families.h"
#include "expr/string_call.h"
#include "expr/text.h"
#include <errno.h>

static void concat(struct call *call)
{
	uint16_t n_args = call->expr->n_args;

	CALL_FOREACH(call, row)
	{
		uint64_t len = 0;
		char *room, *end;

		for (uint16_t i = 0; i < n_args; i++)
			len += str_arg(call, i, row)->len;
		room = end = call_str_room(call, row, len);
		if (room == NULL)
			continue;
		for (uint16_t i = 0; i < n_args; i++)
			end = append_str(end, str_arg(call, i, row));
		call_str_done(call, row, room, (uint32_t)len);
	}
}

// Arguments that are NULL are left out; a NULL separator makes NULL.
static void concat_ws(struct call *call)
{
	uint16_t n_args = call->expr->n_args;

	for (uint16_t at = 0; at < call->n; at++) {
		uint16_t row = call_slot(call, at), n = 0;
		uint64_t len = 0;
		char *room, *end;

		if (nulls_get(call->args[0].nulls, row)) {
			nulls_set(call->nulls, row);
			continue;
		}
		for (uint16_t i = 1; i < n_args; i++)
			if (!nulls_get(call->args[i].nulls, row))
				len += str_arg(call, i, row)->len +
				       (uint64_t)str_arg(call, 0, row)->len;
		room = end = call_str_room(call, row, len);
		if (room == NULL)
			continue;
		for (uint16_t i = 1; i < n_args; i++) {
			if (nulls_get(call->args[i].nulls, row))
				continue;
			end = n++ > 0 ? append_str(end, str_arg(call, 0, row)) : end;
			end = append_str(end, str_arg(call, i, row));
		}
		call_str_done(call, row, room, (uint32_t)(end - room));
	}
}

// Write a with every what replaced to room, which holds max bytes. Returns the length, or
// UINT64_MAX when there is not enough room.
static uint64_t replace_all(const struct str *a, const struct str *what, const struct str *with,
	char *room, uint64_t max)
{
	const char *text = str_data(a), *end = text + a->len;
	uint64_t len = 0;

	while (true) {
		const char *found = what->len > 0 ? memmem(text, (size_t)(end - text),
							    str_data(what), what->len)
						  : NULL;
		uint64_t n_kept = (uint64_t)((found != NULL ? found : end) - text);

		if (len + n_kept + (found != NULL ? with->len : 0) > max)
			return UINT64_MAX;
		memcpy(room + len, text, n_kept);
		len += n_kept;
		if (found == NULL)
			return len;
		append_str(room + len, with);
		len += with->len;
		text = found + what->len;
	}
}

static void replace(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		uint64_t max = call->heap->size - call->heap->used;
		char *room = call->heap->bytes + call->heap->used;
		uint64_t len = replace_all(str_arg(call, 0, row), str_arg(call, 1, row),
			str_arg(call, 2, row), room, max);

		if (len != UINT64_MAX)
			call_str_done(call, row, room, (uint32_t)len);
		else
			call_str_full(call, row);
	}
}

static void repeat(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		const struct str *a = str_arg(call, 0, row);
		uint32_t n = int_arg(call, 1, row) > 0 && a->len > 0
				     ? (uint32_t)int_arg(call, 1, row)
				     : 0;
		uint64_t len = (uint64_t)n * a->len;
		char *room = call_str_room(call, row, len), *end = room;

		for (uint32_t i = 0; room != NULL && i < n; i++)
			end = append_str(end, a);
		if (room != NULL)
			call_str_done(call, row, room, (uint32_t)len);
	}
}

static void reverse(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		const struct str *a = str_arg(call, 0, row);
		char *room = call_str_room(call, row, a->len);
		const char *text = str_data(a);

		for (uint32_t at = 0, width; room != NULL && at < a->len; at += width) {
			width = text_width(text[at]);
			if (width > a->len - at)
				width = a->len - at;
			memcpy(room + a->len - at - width, text + at, width);
		}
		if (room != NULL)
			call_str_done(call, row, room, a->len);
	}
}

// Bytes of n characters of pad, one copy behind the other.
static uint64_t pad_bytes(const struct str *pad, uint64_t n)
{
	uint32_t count = text_count(str_data(pad), pad->len);

	return n / count * pad->len + text_prefix(str_data(pad), pad->len, n % count);
}

// n_missing characters of pad, from its first on, as often as it takes.
static char *append_pad(char *to, const struct str *pad, uint64_t n_missing)
{
	const char *text = str_data(pad);

	for (uint32_t at = 0; n_missing > 0; n_missing--) {
		uint32_t width = text_width(text[at]);

		if (width > pad->len - at)
			width = pad->len - at;
		memcpy(to, text + at, width);
		to += width;
		at = at + width < pad->len ? at + width : 0;
	}
	return to;
}

// Flink's: NULL for a negative length, and when there is nothing to pad with.
static inline void pad(struct call *call, bool on_the_left)
{
	CALL_FOREACH(call, row)
	{
		const struct str *a = str_arg(call, 0, row), *with = str_arg(call, 2, row);
		uint32_t count = text_count(str_data(a), a->len);
		int32_t n = int_arg(call, 1, row);
		uint64_t n_missing = n > 0 && (uint32_t)n > count ? (uint32_t)n - count : 0;
		char *room, *end;

		if (n < 0 || (n_missing > 0 && with->len == 0)) {
			nulls_set(call->nulls, row);
			continue;
		}
		if (n_missing == 0) {
			((struct str *)call->values)[row] = str_view(
				str_data(a), text_prefix(str_data(a), a->len, (uint64_t)n));
			continue;
		}
		room = end = call_str_room(call, row, a->len + pad_bytes(with, n_missing));
		if (room == NULL)
			continue;
		end = on_the_left ? append_pad(end, with, n_missing) : append_str(end, a);
		end = on_the_left ? append_str(end, a) : append_pad(end, with, n_missing);
		call_str_done(call, row, room, (uint32_t)(end - room));
	}
}

static void lpad(struct call *call)
{
	pad(call, true);
}

static void rpad(struct call *call)
{
	pad(call, false);
}

static int resolve_concat_ws(struct resolve *r)
{
	if (resolve_letters(r) != 0)
		return -EINVAL;
	r->kernel = &r->function->kernel;
	r->type = type_of(TYPE_VARCHAR);
	return 0;
}

#define F(sql, letters, min, max, run, use, text)                                                \
	{                                                                                        \
		.name = sql, .args = letters, .n_min = min, .n_max = max,                        \
		.kernel = {run, KERNEL_NULLS}, .result = TYPE_VARCHAR, .usage = use, .doc = text \
	}

static const struct function functions[] = {
	F("||", "s", 2, 2, concat, "a || b", "a and b joined"),
	F("CONCAT", "s", 1, FUNCTION_ARGS_ANY, concat, "CONCAT(a, b, …)",
		"all joined; NULL when any is NULL"),
	F("REPLACE", "s", 3, 3, replace, "REPLACE(s, a, b)", "every a in s replaced by b"),
	F("REPEAT", "si", 2, 2, repeat, "REPEAT(s, n)", "s n times"),
	F("REVERSE", "s", 1, 1, reverse, "REVERSE(s)", "its characters from the last to the first"),
	F("LPAD", "sis", 3, 3, lpad, "LPAD(s, n, pad)",
		"n characters: cut, or filled with pad in front"),
	F("RPAD", "sis", 3, 3, rpad, "RPAD(s, n, pad)",
		"n characters: cut, or filled with pad behind"),
	{.name = "CONCAT_WS",
		.args = "s",
		.n_min = 1,
		.n_max = FUNCTION_ARGS_ANY,
		.resolve = resolve_concat_ws,
		.kernel = {concat_ws, KERNEL_LAX | KERNEL_NULLS},
		.usage = "CONCAT_WS(separator, a, b, …)",
		.doc = "all that are not NULL joined, with the separator in between"},
};

const struct function_family family_string_build = {
	"Making strings", functions, sizeof(functions) / sizeof(*functions)};
