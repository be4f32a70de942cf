#include <errno.h>
#include <strings.h>
#include "operator/aggregate/kernels.h"

enum name { COUNT, SUM, MIN, MAX, AVG, NAMES };

static const char *const names[NAMES] = {
	[COUNT] = "COUNT",
	[SUM] = "SUM",
	[MIN] = "MIN",
	[MAX] = "MAX",
	[AVG] = "AVG",
};

enum { AVG_SCALE_MIN = 6 };

static enum name find_name(const char *text)
{
	enum name name = 0;

	while (name < NAMES && strcasecmp(text, names[name]) != 0)
		name++;
	return name;
}

bool aggregate_is_name(const char *name)
{
	return find_name(name) < NAMES;
}

static const struct aggregate *function_for(enum name name, enum type_kind kind)
{
	switch (name) {
	case SUM:
		return sum_for(kind);
	case AVG:
		return avg_for(kind);
	case MIN:
	case MAX:
		return extreme_for(kind, name == MAX);
	default:
		return &aggregate_count;
	}
}

// A result is NULL when no row of the group had a value, so it may be NULL whatever the argument.
static struct type result_of(enum name name, struct type argument)
{
	int32_t scale = argument.scale;
	struct type type = argument;

	type.nullable = true;
	if (name == COUNT) {
		type = type_of(TYPE_BIGINT);
		type.nullable = false;
	} else if (argument.kind == TYPE_DECIMAL && name == SUM) {
		type = type_decimal(DECIMAL_PRECISION_MAX, scale);
	} else if (argument.kind == TYPE_DECIMAL && name == AVG) {
		type = type_decimal(
			DECIMAL_PRECISION_MAX, scale > AVG_SCALE_MIN ? scale : AVG_SCALE_MIN);
	}
	return type;
}

int aggregate_resolve(const char *name, const struct aggregate_arg *args, uint16_t n_args,
	bool distinct, bool, struct arena *, struct pos pos, struct aggregate_call *call,
	struct err *err)
{
	enum name which = find_name(name);
	const struct aggregate *function;
	char type_text[TYPE_NAME_MAX];

	if (which == NAMES)
		return err_set_at(err, pos,
			"there is no aggregate function %s; there are COUNT, SUM, MIN, MAX and AVG",
			name);
	if (distinct)
		return err_set_at(err, pos, "%s(DISTINCT …) is not supported yet", names[which]);
	if (n_args > 1)
		return err_set_at(err, pos, "%s has one argument, as in %s(amount)", names[which],
			names[which]);
	if (n_args == 0 && which != COUNT)
		return err_set_at(err, pos, "%s takes a value; only COUNT takes *", names[which]);
	call->distinct = distinct;
	call->data = NULL;
	call->n_arguments = n_args;
	call->arguments[0] = 0;
	if (n_args == 0) {
		call->function = &aggregate_count;
		call->result_type = result_of(COUNT, type_of(TYPE_NULL));
		return 0;
	}
	function = function_for(which, args[0].type.kind);
	if (function == NULL)
		return err_set_at(err, pos, "%s does not take %s", names[which],
			type_name(args[0].type, type_text));
	call->function = function;
	call->argument_types[0] = args[0].type;
	call->result_type = result_of(which, args[0].type);
	return 0;
}
