#include <errno.h>
#include "expr/expr.h"
#include "operator/aggregate/registry.h"

enum { AVG_SCALE_MIN = 6 };

int resolve_refuse_type(struct resolving *r, uint16_t i)
{
	char type_text[TYPE_NAME_MAX];

	return err_set_at(r->err, r->pos, "%s does not take %s", r->entry->doc.name,
		type_name(r->args[i].type, type_text));
}

struct type resolve_nullable(struct type type)
{
	type.nullable = true;
	return type;
}

static struct type bigint_not_null(void)
{
	struct type type = type_of(TYPE_BIGINT);

	type.nullable = false;
	return type;
}

// DISTINCT changes what is counted or summed; what a frame's rows leave of it must be invertible.
static void wrap_distinct(struct resolving *r)
{
	if (r->distinct)
		distinct_wrap(r->call, r->arena);
}

int resolve_count(struct resolving *r)
{
	r->call->function = &aggregate_count;
	r->call->result_type = bigint_not_null();
	wrap_distinct(r);
	return 0;
}

int resolve_number(struct resolving *r)
{
	bool is_sum = r->entry->which == RESOLVE_SUM;
	struct type type = r->args[0].type;
	int32_t scale = type.scale;

	r->call->function = is_sum ? sum_for(type.kind) : avg_for(type.kind);
	if (r->call->function == NULL)
		return resolve_refuse_type(r, 0);
	if (type.kind == TYPE_DECIMAL && !is_sum)
		scale = scale > AVG_SCALE_MIN ? scale : AVG_SCALE_MIN;
	if (type.kind == TYPE_DECIMAL)
		type = type_decimal(DECIMAL_PRECISION_MAX, scale);
	r->call->result_type = resolve_nullable(type);
	wrap_distinct(r);
	return 0;
}

// DISTINCT is no matter to the least and the largest.
int resolve_extreme(struct resolving *r)
{
	bool max = r->entry->which == RESOLVE_MAX;
	enum type_kind kind = r->args[0].type.kind;

	r->call->function = r->use == AGGREGATE_SLIDING ? sliding_extreme_for(kind, max)
							: extreme_for(kind, max);
	if (r->call->function == NULL)
		return resolve_refuse_type(r, 0);
	r->call->result_type = resolve_nullable(r->args[0].type);
	return 0;
}

// The first of the different values is the first of all. The last one is not: it is the one that
// was new last.
int resolve_value(struct resolving *r)
{
	bool is_first = r->entry->which == RESOLVE_FIRST;

	if (r->args[0].type.kind == TYPE_NULL)
		return resolve_refuse_type(r, 0);
	r->call->result_type = resolve_nullable(r->args[0].type);
	if (is_first) {
		r->call->function =
			r->use == AGGREGATE_SLIDING ? &aggregate_list_first : &aggregate_first;
		return 0;
	}
	r->call->function = r->distinct ? &aggregate_list_last : &aggregate_last;
	wrap_distinct(r);
	return 0;
}

int resolve_approx_count(struct resolving *r)
{
	if (r->args[0].type.kind == TYPE_NULL)
		return resolve_refuse_type(r, 0);
	r->call->function = &aggregate_approx_count;
	r->call->result_type = bigint_not_null();
	return 0;
}

// What is asked for is compared with x: both become what they would in x = v.
static int take_asked(struct resolving *r)
{
	char x_text[TYPE_NAME_MAX], v_text[TYPE_NAME_MAX];
	struct type x = r->args[0].type, v = r->args[1].type, common;

	if (!expr_common_type(r->arena, x, v, &common))
		return err_set_at(r->err, r->pos, "COUNT_MIN cannot look for %s among %s: use CAST",
			type_name(v, v_text), type_name(x, x_text));
	r->call->argument_types[0] = r->call->argument_types[1] = resolve_nullable(common);
	return 0;
}

int resolve_count_min(struct resolving *r)
{
	if (r->args[0].type.kind == TYPE_NULL)
		return resolve_refuse_type(r, 0);
	if (r->distinct)
		return err_set_at(r->err, r->pos,
			"COUNT_MIN has no DISTINCT: every value would be there once");
	if (r->n_args > 1 && take_asked(r) < 0)
		return -EINVAL;
	r->call->function = &aggregate_count_min;
	r->call->result_type = type_of(TYPE_BIGINT);
	return 0;
}

int resolve_array(struct resolving *r)
{
	bool ignore = r->n_args > 1; // the binder puts it there

	if (r->args[0].type.kind == TYPE_NULL)
		return resolve_refuse_type(r, 0);
	if (r->distinct && r->use == AGGREGATE_SLIDING)
		return err_set_at(r->err, r->pos,
			"ARRAY_AGG(DISTINCT …) over a bounded frame is not supported");
	r->call->function = ignore ? &aggregate_array : &aggregate_array_nulls;
	r->call->n_arguments = 1;
	r->call->result_type = type_array(r->arena, r->args[0].type);
	wrap_distinct(r);
	return 0;
}

int resolve_collect(struct resolving *r)
{
	struct type element = r->args[0].type;

	if (element.kind == TYPE_NULL)
		return resolve_refuse_type(r, 0);
	element.nullable = false;
	r->call->function = &aggregate_collect;
	r->call->result_type = type_multiset(r->arena, element);
	r->call->result_type.nullable = false;
	wrap_distinct(r);
	return 0;
}
