// Casts of nested values: each part is cast by the kernel for its types, one value at a time, into
// a value of the new type, or into text as Flink writes it: [1, 2], {a=1, b=NULL}, (1, x).
#include "expr/nested.h"
#include <assert.h>
#include <errno.h>
#include <string.h>

enum { CAST_ARGS_MAX = 4 };

struct cast_parts {
	struct type from, to;
	// [:n]: how each kind of part is cast, over column 0; NULL = it is always NULL
	uint16_t n;
	const struct expr *casts[];
};

// What a row's cast works with. Parts are cast into a heap of their own behind the row's room.
struct casting {
	struct call *call;
	const struct cast_parts *parts;
	struct heap temporary;
	struct eval eval;
	uint64_t room; // bytes for the row's value
};

static bool cast_value(struct casting *casting, const struct expr *cast, union scalar *value)
{
	uint64_t nulls[BLOCK_NULL_WORDS] = {0};
	union scalar values[CAST_ARGS_MAX], result = {.dec = 0};
	struct column args[CAST_ARGS_MAX];
	struct call call = {
		.expr = cast,
		.args = args,
		.values = &result,
		.nulls = nulls,
		.n = 1,
		.heap = &casting->temporary,
		.eval = &casting->eval,
	};

	if (cast->kind == EXPR_COLUMN)
		return true;
	if (cast->kind == EXPR_LITERAL) {
		*value = cast->value;
		return !cast->is_null;
	}
	assert(cast->kind == EXPR_CALL && cast->n_args <= CAST_ARGS_MAX);
	for (uint16_t i = 0; i < cast->n_args; i++) {
		values[i] = *value;
		args[i] = (struct column){&values[i], NULL};
		if (!cast_value(casting, cast->args[i], &values[i]))
			return false;
	}
	if (cast->kernel == NULL) {
		*value = values[0];
		return true;
	}
	cast->kernel->run(&call);
	*value = result;
	return !nulls_get(nulls, 0);
}

// Cast *value, there or NULL, as part i says; returns whether it is there.
static bool cast_part(struct casting *casting, uint16_t i, bool there, union scalar *value)
{
	const struct expr *cast = casting->parts->casts[i];

	casting->temporary.used = 0;
	return there && cast != NULL && cast_value(casting, cast, value);
}

// ---- To another nested type

static void put_part(struct casting *casting, struct nested_writer *w, uint16_t i, bool there,
	union scalar *value)
{
	nested_put(w, cast_part(casting, i, there, value) ? value : NULL);
}

static void put_items(struct casting *casting, struct nested_writer *w, uint16_t part,
	const struct nested_items *items)
{
	union scalar value;

	for (uint32_t i = 0; i < items->n; i++)
		put_part(casting, w, part, nested_get(items, i, &value), &value);
}

static void cast_to_nested(
	struct casting *casting, const struct str *value, struct nested_writer *w, char *room)
{
	const struct cast_parts *parts = casting->parts;
	struct nested_items keys, values;

	if (parts->from.kind == TYPE_ROW) {
		nested_row_begin(w, parts->to, room, casting->room);
		for (uint16_t i = 0; i < parts->n; i++) {
			struct nested_field field = nested_field(parts->from, i);
			union scalar part;

			put_part(casting, w, i, nested_get_field(value, &field, &part), &part);
		}
	} else if (parts->from.kind == TYPE_ARRAY) {
		keys = nested_array(value, type_part(parts->from, PART_ELEMENT));
		nested_array_begin(
			w, type_part(parts->to, PART_ELEMENT), keys.n, room, casting->room);
		put_items(casting, w, 0, &keys);
	} else {
		keys = nested_keys(value, parts->from);
		values = nested_values(value, parts->from);
		nested_map_begin(w, parts->to, keys.n, room, casting->room);
		put_items(casting, w, 0, &keys);
		nested_map_values(w);
		put_items(casting, w, 1, &values);
	}
}

// ---- To text

struct text {
	char *at;
	uint64_t len, size;
	bool is_full;
};

static void append(struct text *text, const char *data, uint64_t len)
{
	if (len > text->size - text->len) {
		text->is_full = true;
		return;
	}
	memcpy(text->at + text->len, data, len);
	text->len += len;
}

static void append_part(
	struct casting *casting, struct text *text, uint16_t i, bool there, union scalar *value)
{
	if (cast_part(casting, i, there, value))
		append(text, str_data(&value->str), value->str.len);
	else
		append(text, "NULL", 4);
}

static void cast_row_to_text(struct casting *casting, const struct str *row, struct text *text)
{
	const struct cast_parts *parts = casting->parts;

	append(text, "(", 1);
	for (uint16_t i = 0; i < parts->n; i++) {
		struct nested_field field = nested_field(parts->from, i);
		union scalar value;

		append(text, ", ", i > 0 ? 2 : 0);
		append_part(casting, text, i, nested_get_field(row, &field, &value), &value);
	}
	append(text, ")", 1);
}

static void cast_to_text(struct casting *casting, const struct str *value, struct text *text)
{
	struct type from = casting->parts->from;
	bool is_map = from.kind != TYPE_ARRAY;
	struct nested_items keys, values;
	union scalar part;

	if (from.kind == TYPE_ROW) {
		cast_row_to_text(casting, value, text);
		return;
	}
	keys = is_map ? nested_keys(value, from)
		      : nested_array(value, type_part(from, PART_ELEMENT));
	if (is_map)
		values = nested_values(value, from);
	append(text, is_map ? "{" : "[", 1);
	for (uint32_t i = 0; i < keys.n && !text->is_full; i++) {
		append(text, ", ", i > 0 ? 2 : 0);
		append_part(casting, text, 0, nested_get(&keys, i, &part), &part);
		if (!is_map)
			continue;
		append(text, "=", 1);
		append_part(casting, text, 1, nested_get(&values, i, &part), &part);
	}
	append(text, is_map ? "}" : "]", 1);
}

// ---- The kernel

static bool cast_row(struct casting *casting, uint16_t row, char *room)
{
	const struct str *value = nested_arg(casting->call, 0, row);
	struct text text = {.at = room, .size = casting->room};
	struct nested_writer w;
	uint32_t len;

	if (type_is_nested(casting->parts->to.kind)) {
		cast_to_nested(casting, value, &w, room);
		len = nested_end(&w, NULL);
	} else {
		cast_to_text(casting, value, &text);
		len = text.is_full ? 0 : (uint32_t)text.len;
	}
	if (len == 0 || casting->eval.n_overflow > 0)
		return false;
	if (casting->eval.fault.text == NULL)
		call_str_done(casting->call, row, room, len);
	return true;
}

static void cast_parts(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		uint64_t size;
		char *room = nested_heap(call, &size);
		struct casting casting = {.call = call, .parts = call->expr->data};
		uint32_t n_temporary = (uint32_t)size / 4;

		casting.room = size - n_temporary;
		casting.temporary =
			(struct heap){.bytes = room + casting.room, .size = n_temporary};
		casting.eval = *call->eval;
		casting.eval.n_overflow = 0;
		casting.eval.fault = (struct fault){0};
		if (!cast_row(&casting, row, room))
			call_str_full(call, row);
		else if (casting.eval.fault.text != NULL)
			call_fail(call, row, casting.eval.fault.text);
	}
}

static const struct kernel kernels[2] = {
	{cast_parts, KERNEL_NULLS | KERNEL_FAULTS}, {cast_parts, KERNEL_NULLS | KERNEL_TRY}};

// ---- Resolving

// How a part becomes one of type to; returns -EINVAL when it cannot.
static int cast_of(
	struct resolve *r, struct type from, struct type to, const struct expr **cast, bool *same)
{
	*cast = NULL;
	if (from.kind == TYPE_NULL)
		return 0;
	*cast = expr_cast(
		r->arena, expr_column(r->arena, 0, from, r->pos), to, false, r->pos, NULL);
	if (*cast == NULL)
		return -EINVAL;
	*same &= (*cast)->kind == EXPR_COLUMN ||
		 ((*cast)->kind == EXPR_CALL && (*cast)->kernel == NULL);
	return 0;
}

static bool is_castable(struct type from, struct type to)
{
	if (type_is_string(to.kind))
		return true;
	return from.kind == to.kind && from.nested->n == to.nested->n;
}

// Of CHAR(n) and VARCHAR(n) the text is made first, and then cut.
static const struct expr *cast_cut(
	struct resolve *r, const struct expr *arg, struct type to, bool try_cast)
{
	const struct expr *text =
		expr_cast(r->arena, arg, type_of(TYPE_VARCHAR), try_cast, r->pos, r->err);

	return text != NULL ? expr_cast(r->arena, text, to, try_cast, r->pos, r->err) : NULL;
}

const struct expr *cast_nested(
	struct resolve *r, const struct expr *arg, struct type to, bool try_cast)
{
	struct type from = arg->type, text = type_of(TYPE_VARCHAR);
	bool same = type_is_nested(to.kind);
	struct cast_parts *parts;
	uint16_t n;

	if (!type_is_nested(from.kind) || !is_castable(from, to)) {
		call_refuse_cast(r->err, r->pos, from, to);
		return NULL;
	}
	if (type_is_string(to.kind) && !type_equal(to, text))
		return cast_cut(r, arg, to, try_cast);
	n = from.kind == TYPE_MULTISET ? 2 : from.nested->n;
	parts = arena_alloc(r->arena, sizeof(*parts) + n * sizeof(parts->casts[0]));
	*parts = (struct cast_parts){.from = from, .to = to, .n = n};
	for (uint16_t i = 0; i < n; i++) {
		bool is_count = from.kind == TYPE_MULTISET && i == 1;
		struct type part = is_count ? type_of(TYPE_INT) : type_part(from, i);
		struct type part_to = type_is_string(to.kind) ? text
				      : is_count	      ? part
							      : type_part(to, i);

		if (cast_of(r, part, part_to, &parts->casts[i], &same) != 0) {
			call_refuse_cast(r->err, r->pos, from, to);
			return NULL;
		}
	}
	if (same)
		return call_as_it_is(r, arg, to);
	return call_new(r, &kernels[try_cast], to, &arg, 1, parts);
}
