// Functions that make arrays of the elements of others, and arrays of texts and back.
#include "expr/families.h"
#include "expr/nested.h"
#include "expr/text.h"
#include <errno.h>

static void reverse(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		struct nested_items items = nested_arg_items(call, 0, row);
		struct nested_writer w;

		nested_begin_array(call, items.n, &w);
		for (uint32_t i = items.n; i-- > 0;)
			nested_put_item(&w, &items, i);
		nested_done(call, row, &w);
	}
}

static void concat(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		struct nested_writer w;
		uint32_t n = 0;

		for (uint16_t a = 0; a < call->expr->n_args; a++)
			n += nested_arg_items(call, a, row).n;
		nested_begin_array(call, n, &w);
		for (uint16_t a = 0; a < call->expr->n_args; a++) {
			struct nested_items items = nested_arg_items(call, a, row);

			for (uint32_t i = 0; i < items.n; i++)
				nested_put_item(&w, &items, i);
		}
		nested_done(call, row, &w);
	}
}

// The array with x before or behind its elements; x may be NULL.
static inline void extend(struct call *call, bool in_front)
{
	for (uint16_t at = 0; at < call->n; at++) {
		uint16_t row = call_slot(call, at);
		struct nested_items items;
		struct nested_writer w;

		if (nulls_get(call->args[0].nulls, row)) {
			nulls_set(call->nulls, row);
			continue;
		}
		items = nested_arg_items(call, 0, row);
		nested_begin_array(call, items.n + 1, &w);
		if (in_front)
			nested_put(&w, nested_any(call, 1, row));
		for (uint32_t i = 0; i < items.n; i++)
			nested_put_item(&w, &items, i);
		if (!in_front)
			nested_put(&w, nested_any(call, 1, row));
		nested_done(call, row, &w);
	}
}

static void append(struct call *call)
{
	extend(call, false);
}

static void prepend(struct call *call)
{
	extend(call, true);
}

static bool is_item(const struct nested_items *items, uint32_t i, const void *value)
{
	union nested_value item, wanted;

	if (!nested_get(items, i, &item) || value == NULL)
		return value == NULL && !nested_get(items, i, &item);
	memcpy(&wanted, value, items->width);
	return nested_order_values(items->kind, &item, &wanted) == 0;
}

static void remove_items(struct call *call)
{
	for (uint16_t at = 0; at < call->n; at++) {
		uint16_t row = call_slot(call, at);
		const void *value = nested_any(call, 1, row);
		struct nested_items items;
		struct nested_writer w;
		uint32_t n = 0;

		if (nulls_get(call->args[0].nulls, row)) {
			nulls_set(call->nulls, row);
			continue;
		}
		items = nested_arg_items(call, 0, row);
		for (uint32_t i = 0; i < items.n; i++)
			n += !is_item(&items, i, value);
		nested_begin_array(call, n, &w);
		for (uint32_t i = 0; i < items.n; i++)
			if (!is_item(&items, i, value))
				nested_put_item(&w, &items, i);
		nested_done(call, row, &w);
	}
}

// Flink's ArraySliceFunction: from 1, 0 is 1 too, below 0 from the end; the last one is in it.
static void slice(struct call *call)
{
	const int32_t *starts = call->args[1].values;

	CALL_FOREACH(call, row)
	{
		struct nested_items items = nested_arg_items(call, 0, row);
		int64_t n = items.n, start = starts[row], end = n;
		struct nested_writer w;

		if (call->expr->n_args == 3)
			end = ((const int32_t *)call->args[2].values)[row];
		start += start < 0 ? n + 1 : 0;
		end += end < 0 ? n + 1 : 0;
		start = start < 1 ? 1 : start;
		end = end == 0 ? 1 : end < n ? end : n;
		n = n == 0 || end < start ? 0 : end - start + 1;
		nested_begin_array(call, (uint32_t)n, &w);
		for (int64_t i = 0; i < n; i++)
			nested_put_item(&w, &items, (uint32_t)(start - 1 + i));
		nested_done(call, row, &w);
	}
}

// ---- Texts

// Elements that are NULL are left out, or written as the third argument.
static void join(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		const struct str *separator = nested_arg(call, 1, row);
		const struct str *null = call->expr->n_args == 3 ? nested_arg(call, 2, row) : NULL;
		struct nested_items items = nested_arg_items(call, 0, row);
		uint64_t size, len = 0;
		char *room = nested_heap(call, &size);
		uint32_t n = 0;

		for (uint32_t i = 0; i < items.n && len <= size; i++) {
			union nested_value value;
			const struct str *parts[] = {separator, &value.str};

			if (!nested_get(&items, i, &value)) {
				if (null == NULL)
					continue;
				value.str = *null;
			}
			for (int part = n++ == 0; part < 2; part++) {
				if (parts[part]->len <= size - len)
					memcpy(room + len, str_data(parts[part]), parts[part]->len);
				len = parts[part]->len <= size - len ? len + parts[part]->len
								     : size + 1;
				if (len > size)
					break;
			}
		}
		if (len > size)
			call_str_full(call, row);
		else
			call_str_done(call, row, room, (uint32_t)len);
	}
}

static int resolve_join(struct resolve *r)
{
	struct type text = type_of(TYPE_VARCHAR);

	if (nested_need(r, 0, TYPE_ARRAY) != 0)
		return -EINVAL;
	if (!type_is_string(type_part(r->args[0]->type, PART_ELEMENT).kind))
		return nested_refuse(r, 0, "an ARRAY of strings");
	for (uint16_t i = 1; i < r->n_args; i++)
		if (!type_is_string(r->args[i]->type.kind) || resolve_cast(r, i, text) != 0)
			return resolve_refuse(r);
	r->type = text;
	r->kernel = &r->function->kernel;
	return 0;
}

// The part of text that starts at *at; *at moves behind its separator, or to UINT32_MAX at the end.
// Without a separator every character is a part.
static struct str next_part(const struct str *text, const struct str *separator, uint32_t *at)
{
	const char *data = str_data(text), *start = data + *at;
	uint32_t left = text->len - *at, len;
	const char *found;

	if (separator->len == 0) {
		len = left > 0 ? text_next(start, left, 0) : 0;
		*at = left > len ? *at + len : UINT32_MAX;
		return str_view(start, len);
	}
	found = memmem(start, left, str_data(separator), separator->len);
	len = found != NULL ? (uint32_t)(found - start) : left;
	*at = found != NULL ? *at + len + separator->len : UINT32_MAX;
	return str_view(start, len);
}

static void split(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		const struct str *text = nested_arg(call, 0, row);
		const struct str *separator = nested_arg(call, 1, row);
		struct nested_writer w;
		uint32_t n = 0;

		for (uint32_t at = 0; at != UINT32_MAX; n++)
			next_part(text, separator, &at);
		nested_begin_array(call, n, &w);
		for (uint32_t at = 0; at != UINT32_MAX && !w.is_full;) {
			struct str part = next_part(text, separator, &at);

			nested_put(&w, &part);
		}
		nested_done(call, row, &w);
	}
}

static int resolve_split(struct resolve *r)
{
	struct type element = type_of(TYPE_VARCHAR);

	if (resolve_letters(r) != 0)
		return -EINVAL;
	r->type = type_array(r->arena, element);
	r->kernel = &r->function->kernel;
	return 0;
}

// ---- Resolving

static int resolve_same(struct resolve *r)
{
	if (nested_need(r, 0, TYPE_ARRAY) != 0)
		return -EINVAL;
	r->type = r->args[0]->type;
	r->kernel = &r->function->kernel;
	return 0;
}

static int resolve_concat(struct resolve *r)
{
	r->kernel = &r->function->kernel;
	return nested_unify_all(r, TYPE_ARRAY, &r->type);
}

// The result is NULL when the array is.
static int resolve_with(struct resolve *r)
{
	if (nested_unify(r, 0, 1) != 0)
		return -EINVAL;
	r->kernel = &r->function->kernel;
	return 0;
}

static int resolve_slice(struct resolve *r)
{
	for (uint16_t i = 1; i < r->n_args; i++) {
		enum type_kind kind = r->args[i]->type.kind;

		if ((!type_is_integer(kind) && kind != TYPE_NULL) ||
			resolve_cast(r, i, type_of(TYPE_INT)) != 0)
			return resolve_refuse(r);
	}
	return resolve_same(r);
}

#define F(sql, letters, min, max, resolver, run, flags, use, text)                             \
	{                                                                                      \
		.name = sql, .args = letters, .n_min = min, .n_max = max, .resolve = resolver, \
		.kernel = {run, flags}, .usage = use, .doc = text                              \
	}

static const struct function functions[] = {
	F("ARRAY_REVERSE", NULL, 1, 1, resolve_same, reverse, KERNEL_NULLS, "ARRAY_REVERSE(array)",
		"its elements from the last to the first"),
	F("ARRAY_CONCAT", NULL, 1, FUNCTION_ARGS_ANY, resolve_concat, concat, KERNEL_NULLS,
		"ARRAY_CONCAT(a, b, …)", "the elements of all; NULL when any is NULL"),
	F("ARRAY_APPEND", NULL, 2, 2, resolve_with, append, KERNEL_LAX | KERNEL_NULLS,
		"ARRAY_APPEND(array, x)", "x behind its elements"),
	F("ARRAY_PREPEND", NULL, 2, 2, resolve_with, prepend, KERNEL_LAX | KERNEL_NULLS,
		"ARRAY_PREPEND(array, x)", "x before its elements"),
	F("ARRAY_REMOVE", NULL, 2, 2, resolve_with, remove_items, KERNEL_LAX | KERNEL_NULLS,
		"ARRAY_REMOVE(array, x)", "without the elements that are x, which may be NULL"),
	F("ARRAY_SLICE", NULL, 2, 3, resolve_slice, slice, KERNEL_NULLS,
		"ARRAY_SLICE(array, start [, end])",
		"from start to end, both counted from 1, or below 0 from the end"),
	F("ARRAY_JOIN", NULL, 2, 3, resolve_join, join, KERNEL_NULLS,
		"ARRAY_JOIN(array, separator [, null])",
		"its strings joined; NULLs are left out, or written as null"),
	F("SPLIT", "s", 2, 2, resolve_split, split, KERNEL_NULLS, "SPLIT(s, separator)",
		"the parts between separators; its characters when the separator is empty"),
};

const struct function_family family_array_build = {
	"Making arrays", functions, sizeof(functions) / sizeof(*functions)};
