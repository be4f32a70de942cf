// Functions with arguments that must be literals.
#include <errno.h>
#include <math.h>
#include "expr/expr.h"
#include "operator/aggregate/registry.h"
#include "row/decimal.h"
#include "row/nested.h"

// The literal that argument i must be, or NULL with err filled.
static const struct expr *literal(struct resolving *r, uint16_t i, const char *what)
{
	const struct expr *expr = r->args[i].literal;

	if (expr != NULL && !expr->is_null)
		return expr;
	err_set_at(r->err, r->pos, "%s needs a literal for its %s", r->entry->doc.name, what);
	return NULL;
}

// Of an integer literal.
static bool integer(const struct expr *literal, int64_t *value)
{
	if (!type_is_integer(literal->type.kind))
		return false;
	switch (literal->type.kind) {
	case TYPE_TINYINT:
		*value = literal->value.i8;
		break;
	case TYPE_SMALLINT:
		*value = literal->value.i16;
		break;
	case TYPE_INT:
		*value = literal->value.i32;
		break;
	default:
		*value = literal->value.i64;
	}
	return true;
}

// Of any number; NaN when it is none.
static double number(const struct expr *literal)
{
	int64_t value;

	if (integer(literal, &value))
		return (double)value;
	switch (literal->type.kind) {
	case TYPE_DECIMAL:
		return decimal_to_double(literal->value.dec, literal->type.scale);
	case TYPE_FLOAT:
		return (double)literal->value.f32;
	case TYPE_DOUBLE:
		return literal->value.f64;
	default:
		return NAN;
	}
}

// The offset is data, the default a column, of x's type.
int resolve_lag(struct resolving *r)
{
	enum { OFFSET_MAX = 1 << 20 };
	struct lag_data *data = arena_alloc(r->arena, sizeof(*data));
	struct aggregate_call *call = r->call;
	const struct expr *offset;
	int64_t n = 1;

	if (r->use == AGGREGATE_GROUPED)
		return err_set_at(r->err, r->pos,
			"LAG needs a window of rows: LAG(x) OVER (PARTITION BY … ORDER BY ts)");
	if (r->distinct)
		return err_set_at(r->err, r->pos, "LAG has no DISTINCT");
	if (r->n_args > 1) {
		offset = literal(r, 1, "offset");
		if (offset == NULL)
			return -EINVAL;
		if (!integer(offset, &n) || n < 0 || n > OFFSET_MAX)
			return err_set_at(r->err, offset->pos,
				"LAG's offset is a whole number from 0 to %d", OFFSET_MAX);
	}
	data->offset = (uint32_t)n;
	call->function = &aggregate_lag;
	call->data = data;
	call->n_arguments = r->n_args == 3 ? 2 : 1;
	call->arguments[1] = 2;
	call->argument_types[1] = resolve_nullable(r->args[0].type);
	call->result_type = resolve_nullable(r->args[0].type);
	return 0;
}

int resolve_listagg(struct resolving *r)
{
	struct listagg_data *data = arena_alloc(r->arena, sizeof(*data));
	const struct expr *separator = NULL;

	if (r->args[0].type.kind == TYPE_NULL || type_is_binary(r->args[0].type.kind))
		return resolve_refuse_type(r, 0);
	if (r->n_args > 1) {
		separator = literal(r, 1, "separator");
		if (separator == NULL)
			return -EINVAL;
		if (!type_is_string(separator->type.kind))
			return err_set_at(r->err, separator->pos,
				"LISTAGG's separator is a string, as in LISTAGG(name, ', ')");
	}
	if (r->distinct && r->use == AGGREGATE_SLIDING)
		return err_set_at(r->err, r->pos,
			"LISTAGG(DISTINCT …) over a bounded frame is not supported");
	data->separator = separator != NULL ? separator->value.str : str_view(",", 1);
	r->call->function = &aggregate_listagg;
	r->call->data = data;
	r->call->n_arguments = 1;
	if (!type_is_string(r->args[0].type.kind))
		r->call->argument_types[0] = type_of(TYPE_VARCHAR);
	r->call->result_type = type_of(TYPE_VARCHAR);
	if (r->distinct)
		distinct_wrap(r->call, r->arena);
	return 0;
}

static int bad_percentage(struct resolving *r, struct pos pos)
{
	return err_set_at(r->err, pos,
		"PERCENTILE's percentage is a number from 0 to 1, as in PERCENTILE(x, 0.5), or an "
		"ARRAY of at most %d",
		PERCENTAGES_MAX);
}

static int take_percentages(
	struct resolving *r, const struct expr *array, struct percentile_data *data)
{
	struct type element = type_part(array->type, PART_ELEMENT);
	struct nested_items items = nested_array(&array->value.str, element);

	if (items.n == 0 || items.n > PERCENTAGES_MAX)
		return bad_percentage(r, array->pos);
	for (uint32_t i = 0; i < items.n; i++) {
		struct expr item = {.kind = EXPR_LITERAL, .type = element};

		if (!nested_get(&items, i, &item.value))
			return bad_percentage(r, array->pos);
		data->p[i] = number(&item);
	}
	data->n = (uint16_t)items.n;
	return 0;
}

int resolve_percentile(struct resolving *r)
{
	struct percentile_data *data = arena_alloc(r->arena, sizeof(*data));
	struct aggregate_call *call = r->call;
	const struct expr *p;

	if (!type_is_numeric(r->args[0].type.kind))
		return resolve_refuse_type(r, 0);
	if (r->n_args == 3 && !type_is_integer(r->args[2].type.kind))
		return resolve_refuse_type(r, 2);
	if (r->distinct)
		return err_set_at(r->err, r->pos, "PERCENTILE has no DISTINCT");
	p = literal(r, 1, "percentage");
	if (p == NULL)
		return -EINVAL;
	data->p[0] = p->type.kind != TYPE_ARRAY ? number(p) : 0;
	if (p->type.kind == TYPE_ARRAY && take_percentages(r, p, data) < 0)
		return -EINVAL;
	for (uint16_t i = 0; i == 0 || i < data->n; i++)
		if (!(data->p[i] >= 0 && data->p[i] <= 1))
			return bad_percentage(r, p->pos);
	call->function = &aggregate_percentile;
	call->data = data;
	call->n_arguments = r->n_args == 3 ? 2 : 1;
	call->arguments[1] = 2;
	call->argument_types[0] = type_of(TYPE_DOUBLE);
	call->argument_types[1] = type_of(TYPE_BIGINT);
	call->result_type = type_of(TYPE_DOUBLE);
	if (data->n > 0)
		call->result_type = type_array(r->arena, call->result_type);
	return 0;
}

// ---- JSON: the binder has made JSON of the arguments; a word behind them says what a NULL is

static int take_json(struct resolving *r, uint16_t n_arguments, bool absent_on_null)
{
	struct json_data *data = arena_alloc(r->arena, sizeof(*data));
	struct aggregate_call *call = r->call;

	if (r->n_args > n_arguments) {
		const struct expr *word = literal(r, n_arguments, "{NULL | ABSENT} ON NULL");

		if (word == NULL)
			return -EINVAL;
		absent_on_null = type_is_string(word->type.kind) && word->value.str.len == 6;
	}
	data->absent_on_null = absent_on_null;
	call->data = data;
	call->n_arguments = n_arguments;
	call->result_type = type_of(TYPE_VARCHAR);
	call->result_type.nullable = false;
	return 0;
}

int resolve_json_array(struct resolving *r)
{
	if (take_json(r, 1, true) < 0)
		return -EINVAL;
	r->call->function = ((const struct json_data *)r->call->data)->absent_on_null
				    ? &aggregate_json_array
				    : &aggregate_json_array_nulls;
	if (r->distinct && r->use == AGGREGATE_SLIDING)
		return err_set_at(r->err, r->pos,
			"JSON_ARRAYAGG(DISTINCT …) over a bounded frame is not supported");
	if (r->distinct)
		distinct_wrap(r->call, r->arena);
	return 0;
}

int resolve_json_object(struct resolving *r)
{
	if (r->distinct)
		return err_set_at(r->err, r->pos, "JSON_OBJECTAGG has no DISTINCT");
	if (take_json(r, 2, false) < 0)
		return -EINVAL;
	r->call->function = &aggregate_json_object;
	return 0;
}
