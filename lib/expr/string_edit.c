// Strings with parts exchanged: OVERLAY, TRANSLATE; and one of several: ELT.
#include "expr/call.h"
#include "expr/families.h"
#include "expr/string_call.h"
#include "expr/text.h"
#include <errno.h>

// Flink's OVERLAY: a start outside s leaves s as it is; what is behind the part replaced is kept
// only when the length is positive and that much of s follows.
static void overlay(struct call *call)
{
	bool has_length = call->expr->n_args > 3;

	CALL_FOREACH(call, row)
	{
		const struct str *s = str_arg(call, 0, row), *with = str_arg(call, 1, row);
		int64_t start = big_arg(call, 2, row), n_chars = text_count(str_data(s), s->len);
		int64_t len = has_length ? big_arg(call, 3, row)
					 : (int64_t)text_count(str_data(with), with->len);
		uint32_t head, tail = s->len;
		char *room;

		if (start <= 0 || start > n_chars) {
			((struct str *)call->values)[row] = *s;
			continue;
		}
		head = text_prefix(str_data(s), s->len, (uint64_t)start - 1);
		if (len > 0 && len <= n_chars - start)
			tail = text_prefix(str_data(s), s->len, (uint64_t)(start - 1 + len));
		room = call_str_room(call, row, (uint64_t)head + with->len + s->len - tail);
		if (room == NULL)
			continue;
		memcpy(room, str_data(s), head);
		append_str(room + head, with);
		memcpy(room + head + with->len, str_data(s) + tail, s->len - tail);
		call_str_done(call, row, room, head + with->len + s->len - tail);
	}
}

// The character of `to` that stands where text[:width] stands first in `from`: *len bytes, 0 when
// `to` is shorter. Returns NULL when from does not hold it.
static const char *translation(const char *text, uint32_t width, const struct str *from,
	const struct str *to, uint32_t *len)
{
	const char *keys = str_data(from), *values = str_data(to);
	uint32_t value = 0;

	for (uint32_t key = 0; key < from->len;) {
		uint32_t next = text_next(keys, from->len, key);
		uint32_t value_next = value < to->len ? text_next(values, to->len, value) : value;

		if (next - key == width && memcmp(keys + key, text, width) == 0) {
			*len = value_next - value;
			return values + value;
		}
		key = next;
		value = value_next;
	}
	return NULL;
}

static void translate_row(struct call *call, uint16_t row, const struct str *s,
	const struct str *from, const struct str *to)
{
	uint64_t max = call->heap->size - call->heap->used;
	char *room = call->heap->bytes + call->heap->used;
	const char *text = str_data(s);
	uint64_t len = 0;

	for (uint32_t at = 0, next; at < s->len; at = next) {
		const char *part;
		uint32_t part_len;

		next = text_next(text, s->len, at);
		part = translation(text + at, next - at, from, to, &part_len);
		if (part == NULL) {
			part = text + at;
			part_len = next - at;
		}
		if (len + part_len > max) {
			call_str_full(call, row);
			return;
		}
		memcpy(room + len, part, part_len);
		len += part_len;
	}
	call_str_done(call, row, room, (uint32_t)len);
}

// A NULL from leaves s as it is, a NULL to is ''.
static void translate(struct call *call)
{
	static const struct str empty;

	for (uint16_t at = 0; at < call->n; at++) {
		uint16_t row = call_slot(call, at);
		const struct str *s = str_arg(call, 0, row), *from = str_arg(call, 1, row);
		bool no_to = nulls_get(call->args[2].nulls, row);

		if (nulls_get(call->args[0].nulls, row))
			nulls_set(call->nulls, row);
		else if (s->len == 0 || nulls_get(call->args[1].nulls, row) || from->len == 0)
			((struct str *)call->values)[row] = *s;
		else
			translate_row(call, row, s, from, no_to ? &empty : str_arg(call, 2, row));
	}
}

static int resolve_translate(struct resolve *r)
{
	if (resolve_letters(r) != 0)
		return -EINVAL;
	r->kernel = &r->function->kernel;
	r->type = type_of(TYPE_VARCHAR);
	return 0;
}

// ELT(n, a, b, …) is CASE n WHEN 1 THEN a WHEN 2 THEN b … END.
static int resolve_elt(struct resolve *r)
{
	const struct expr **args = arena_alloc(r->arena, 2 * (size_t)r->n_args * sizeof(*args));
	struct type common;
	uint16_t n = 0;

	if (r->n_args > 512)
		return err_set_at(r->err, r->pos, "ELT takes at most 511 values");
	if (!type_is_integer(r->args[0]->type.kind) && r->args[0]->type.kind != TYPE_NULL)
		return resolve_refuse(r);
	if (resolve_cast(r, 0, type_of(TYPE_BIGINT)) != 0 || resolve_common(r, 1, &common) != 0)
		return -EINVAL;
	if (!type_is_view(common.kind) && common.kind != TYPE_NULL)
		return resolve_refuse(r);
	for (uint16_t i = 1; i < r->n_args; i++) {
		const struct expr *index = expr_literal(
			r->arena, type_of(TYPE_BIGINT), (union scalar){.i64 = i}, r->pos);

		args[n] = call_by_name(r, "=", (const struct expr *[]){r->args[0], index}, 2);
		if (args[n++] == NULL)
			return -EINVAL;
		args[n++] = r->args[i];
	}
	args[n++] = expr_null(r->arena, common, r->pos);
	r->expr = call_by_name(r, "CASE", args, n);
	return r->expr != NULL ? 0 : -EINVAL;
}

static const struct function functions[] = {
	FUNCTION("OVERLAY", "ssll", 3, 4, overlay, KERNEL_NULLS, TYPE_VARCHAR,
		"OVERLAY(s PLACING a FROM start [FOR length])",
		"s with a in place of length characters (as many as a has) from start on"),
	{.name = "TRANSLATE",
		.args = "sss",
		.n_min = 3,
		.n_max = 3,
		.resolve = resolve_translate,
		.kernel = {translate, KERNEL_LAX | KERNEL_NULLS},
		.usage = "TRANSLATE(s, from, to)",
		.doc = "each character of s that is in from replaced by the one of to in the same "
		       "place, or left out"},
	RESOLVED("ELT", ".", 2, FUNCTION_ARGS_ANY, resolve_elt, "ELT(n, a, b, …)",
		"the n-th of a, b, …; NULL when there is none"),
};

const struct function_family family_string_edit = {
	"Editing strings", functions, sizeof(functions) / sizeof(*functions)};
