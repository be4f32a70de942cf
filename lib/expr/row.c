// ROW(…), fields of ROWs, and = of nested values; what resolvers of nested values share.
#include "expr/families.h"
#include "expr/nested.h"
#include <errno.h>
#include <string.h>
#include "base/nearest.h"

int nested_refuse(struct resolve *r, uint16_t i, const char *what)
{
	char name[TYPE_NAME_MAX];
	struct type type = r->args[i]->type;

	type.nullable = true;
	return err_set_at(r->err, r->args[i]->pos, "%s needs %s, not %s: %s", r->function->name,
		what, type_name(type, name), r->function->usage);
}

int nested_need(struct resolve *r, uint16_t i, enum type_kind kind)
{
	const char *what = kind == TYPE_ARRAY ? "an ARRAY" : kind == TYPE_MAP ? "a MAP" : "a ROW";

	return r->args[i]->type.kind == kind ? 0 : nested_refuse(r, i, what);
}

int nested_unify(struct resolve *r, uint16_t i, uint16_t j)
{
	struct type element, array;

	if (nested_need(r, i, TYPE_ARRAY) != 0)
		return -EINVAL;
	if (!expr_common_type(r->arena, type_part(r->args[i]->type, PART_ELEMENT), r->args[j]->type,
		    &element))
		return resolve_refuse(r);
	array = type_array(r->arena, element);
	r->type = array;
	return resolve_cast(r, i, array) != 0 || resolve_cast(r, j, element) != 0 ? -EINVAL : 0;
}

int nested_unify_all(struct resolve *r, enum type_kind kind, struct type *common)
{
	for (uint16_t i = 0; i < r->n_args; i++)
		if (nested_need(r, i, kind) != 0)
			return -EINVAL;
	return resolve_common(r, 0, common);
}

// ---- ROW(…)

static void make_row(struct call *call)
{
	for (uint16_t at = 0; at < call->n; at++) {
		uint16_t row = call_slot(call, at);
		struct nested_writer w;
		uint64_t size;
		char *room = nested_heap(call, &size);

		nested_row_begin(&w, call->expr->type, room, size);
		for (uint16_t i = 0; i < call->expr->n_args; i++)
			nested_put(&w, nested_any(call, i, row));
		nested_done(call, row, &w);
	}
}

static int resolve_row(struct resolve *r)
{
	struct field *fields;

	if (r->n_args > SCHEMA_COLUMNS_MAX)
		return err_set_at(
			r->err, r->pos, "a ROW has at most %d fields", SCHEMA_COLUMNS_MAX);
	r->type = type_row(r->arena, r->n_args, &fields);
	r->type.nullable = false;
	for (uint16_t i = 0; i < r->n_args; i++)
		fields[i] = (struct field){arena_printf(r->arena, "EXPR$%u", i), r->args[i]->type};
	r->kernel = &r->function->kernel;
	return 0;
}

// ---- row.field

static void get_field(struct call *call)
{
	const struct nested_field *field = call->expr->data;
	char *values = call->values;

	CALL_FOREACH(call, row)
	{
		if (!nested_get_field(
			    nested_arg(call, 0, row), field, values + (size_t)row * field->width))
			nulls_set(call->nulls, row);
	}
}

static int find_field(struct resolve *r, const struct str *name, uint16_t *index)
{
	const struct nested_type *nested = r->args[0]->type.nested;
	const char *names[SCHEMA_COLUMNS_MAX], *nearest;
	const char *text = arena_strndup(r->arena, str_data(name), name->len);

	for (uint16_t i = 0; i < nested->n; i++) {
		names[i] = nested->parts[i].name;
		if (strcmp(names[i], text) != 0)
			continue;
		*index = i;
		return 0;
	}
	nearest = nearest_name(text, names, nested->n);
	if (nearest != NULL)
		return err_set_at(r->err, r->pos, "the ROW has no field '%s'; did you mean '%s'?",
			text, nearest);
	return err_set_at(r->err, r->pos, "the ROW has no field '%s'", text);
}

static int resolve_field(struct resolve *r)
{
	struct nested_field *field = arena_alloc(r->arena, sizeof(*field));
	struct type row = r->args[0]->type;
	char name[TYPE_NAME_MAX];
	uint16_t index;

	row.nullable = true;
	if (row.kind != TYPE_ROW)
		return err_set_at(r->err, r->pos, "only a ROW has fields, and this is %s",
			type_name(row, name));
	if (find_field(r, &r->args[1]->value.str, &index) != 0)
		return -EINVAL;
	*field = nested_field(r->args[0]->type, index);
	r->data = field;
	r->constants = r->args + 1; // the name
	r->n_constants = 1;
	r->n_args = 1;
	r->type = type_part(r->args[0]->type, index);
	r->kernel = &r->function->kernel;
	return 0;
}

// ---- Comparing

static void equal(struct call *call)
{
	struct type type = call->expr->args[0]->type;
	uint8_t *values = call->values;

	CALL_FOREACH(call, row)
	values[row] = nested_equal(type, nested_arg(call, 0, row), nested_arg(call, 1, row));
}

static void unequal(struct call *call)
{
	struct type type = call->expr->args[0]->type;
	uint8_t *values = call->values;

	CALL_FOREACH(call, row)
	values[row] = !nested_equal(type, nested_arg(call, 0, row), nested_arg(call, 1, row));
}

int resolve_compare_nested(struct resolve *r, struct type common, bool is_equal, bool is_unequal)
{
	static const struct kernel kernels[2] = {{unequal, 0}, {equal, 0}};

	if (!is_equal && !is_unequal)
		return resolve_refuse(r);
	if (resolve_cast(r, 0, common) != 0 || resolve_cast(r, 1, common) != 0)
		return -EINVAL;
	r->type = type_of(TYPE_BOOLEAN);
	r->kernel = &kernels[is_equal];
	return 0;
}

static const struct function functions[] = {
	{.name = "ROW",
		.n_min = 1,
		.n_max = FUNCTION_ARGS_ANY,
		.resolve = resolve_row,
		.kernel = {make_row, KERNEL_LAX | KERNEL_NULLS},
		.usage = "ROW(a, b, …)",
		.doc = "a ROW of these values; (a, b) is the same"},
	{.name = ".",
		.n_min = 2,
		.n_max = 2,
		.resolve = resolve_field,
		.kernel = {get_field, KERNEL_NULLS},
		.usage = "row.field",
		.doc = "a field of a ROW; NULL when the ROW is"},
};

const struct function_family family_row = {
	"Rows", functions, sizeof(functions) / sizeof(*functions)};
