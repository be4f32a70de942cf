// Functions with arguments that must be literals.
#include <errno.h>
#include <math.h>
#include "expr/expr.h"
#include "operator/aggregate/heavy.h"
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
		"%s's percentage is a number from 0 to 1, as in %s(x, 0.5), or an ARRAY of at "
		"most %d",
		r->entry->doc.name, r->entry->doc.name, PERCENTAGES_MAX);
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

static int take_percentage(struct resolving *r, struct percentile_data *data)
{
	const struct expr *p = literal(r, 1, "percentage");

	if (p == NULL)
		return -EINVAL;
	data->p[0] = p->type.kind != TYPE_ARRAY ? number(p) : 0;
	if (p->type.kind == TYPE_ARRAY && take_percentages(r, p, data) < 0)
		return -EINVAL;
	for (uint16_t i = 0; i == 0 || i < data->n; i++)
		if (!(data->p[i] >= 0 && data->p[i] <= 1))
			return bad_percentage(r, p->pos);
	return 0;
}

// Interpolated: of DOUBLEs.
static int resolve_exact(struct resolving *r)
{
	struct aggregate_call *call = r->call;

	if (!type_is_numeric(r->args[0].type.kind))
		return resolve_refuse_type(r, 0);
	if (r->n_args == 3 && !type_is_integer(r->args[2].type.kind))
		return resolve_refuse_type(r, 2);
	call->function = &aggregate_percentile;
	call->n_arguments = r->n_args == 3 ? 2 : 1;
	call->arguments[1] = 2;
	call->argument_types[0] = type_of(TYPE_DOUBLE);
	call->argument_types[1] = type_of(TYPE_BIGINT);
	call->result_type = type_of(TYPE_DOUBLE);
	return 0;
}

static bool has_order(enum type_kind kind)
{
	return type_is_numeric(kind) || type_is_timestamp(kind) || kind == TYPE_DATE ||
	       kind == TYPE_TIME || kind == TYPE_INTERVAL_DAY || kind == TYPE_INTERVAL_YEAR;
}

// One of the values, in 64 bits: DECIMALs that need more are taken as DOUBLEs.
static int resolve_sketched(struct resolving *r)
{
	enum { DIGITS_MAX = 18 };
	struct aggregate_call *call = r->call;
	struct type type = resolve_nullable(r->args[0].type);

	if (!has_order(type.kind))
		return resolve_refuse_type(r, 0);
	if (type.kind == TYPE_DECIMAL && type.precision > DIGITS_MAX)
		type = type_of(TYPE_DOUBLE);
	call->function = &aggregate_percentile_approx;
	call->n_arguments = 1;
	call->argument_types[0] = type;
	call->result_type = type;
	return 0;
}

int resolve_percentile(struct resolving *r)
{
	struct percentile_data *data = arena_alloc(r->arena, sizeof(*data));
	bool is_exact = r->entry->which == RESOLVE_EXACT;

	data->n = 0;
	if ((is_exact ? resolve_exact(r) : resolve_sketched(r)) < 0)
		return -EINVAL;
	if (r->distinct)
		return err_set_at(r->err, r->pos, "%s has no DISTINCT", r->entry->doc.name);
	if (take_percentage(r, data) < 0)
		return -EINVAL;
	r->call->data = data;
	if (data->n > 0)
		r->call->result_type = type_array(r->arena, r->call->result_type);
	return 0;
}

// ---- TOPK_APPROX

// ROW<item, estimate, error>: of the names that say what they are, those that no keyword is.
static struct type topk_row(struct arena *arena, struct type item)
{
	struct type bigint = type_of(TYPE_BIGINT), row;
	struct field *fields;

	row = type_row(arena, 3, &fields);
	item.nullable = bigint.nullable = row.nullable = false;
	fields[0] = (struct field){"item", item};
	fields[1] = (struct field){"estimate", bigint};
	fields[2] = (struct field){"error", bigint};
	return row;
}

static int take_number(struct resolving *r, uint16_t i, const char *what, int64_t least,
	int64_t most, uint16_t *number)
{
	const struct expr *expr = literal(r, i, what);
	int64_t n;

	if (expr == NULL)
		return -EINVAL;
	if (!integer(expr, &n) || n < least || n > most)
		return err_set_at(r->err, expr->pos,
			"TOPK_APPROX's %s is a whole number from %ld to %ld", what, (long)least,
			(long)most);
	*number = (uint16_t)n;
	return 0;
}

int resolve_topk(struct resolving *r)
{
	enum { TRACKED_MIN = 256, TRACKED_PER_RESULT = 10 };
	struct topk_data *data = arena_alloc(r->arena, sizeof(*data));

	if (r->args[0].type.kind == TYPE_NULL)
		return resolve_refuse_type(r, 0);
	if (r->distinct)
		return err_set_at(r->err, r->pos,
			"TOPK_APPROX has no DISTINCT: every value would be there once");
	if (take_number(r, 1, "k", 1, TOPK_MAX, &data->k) < 0)
		return -EINVAL;
	data->n_tracked = (uint16_t)(data->k * TRACKED_PER_RESULT);
	data->n_tracked = data->n_tracked > TRACKED_MIN ? data->n_tracked : TRACKED_MIN;
	if (r->n_args == 3 &&
		take_number(r, 2, "number of counters", data->k, HEAVY_MAX, &data->n_tracked) < 0)
		return -EINVAL;
	r->call->function = &aggregate_topk;
	r->call->data = data;
	r->call->n_arguments = 1;
	r->call->result_type = type_array(r->arena, topk_row(r->arena, r->args[0].type));
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
