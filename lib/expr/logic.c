// AND, OR, NOT, IS [NOT] NULL, TRUE, FALSE, UNKNOWN.
#include "expr/call.h"
#include "expr/families.h"
#include <errno.h>
#include <string.h>

KERNEL_UNARY(not, uint8_t, uint8_t, (a & 1) ^ 1)

static inline void is_kernel(struct call *call, bool of_null, bool of_true, bool of_false)
{
	const uint8_t *args = call->args[0].values;
	const uint64_t *nulls = call->args[0].nulls;
	uint8_t *values = call->values;

	for (uint16_t i = 0; i < call->n; i++) {
		uint16_t row = call_slot(call, i);
		bool value = of_true != of_false && args[row] & 1;

		values[row] = nulls_get(nulls, row) ? of_null : value ? of_true : of_false;
	}
}

static void is_null(struct call *call)
{
	is_kernel(call, true, false, false);
}

static void is_not_null(struct call *call)
{
	is_kernel(call, false, true, true);
}

static void is_true(struct call *call)
{
	is_kernel(call, false, true, false);
}

static void is_not_true(struct call *call)
{
	is_kernel(call, true, false, true);
}

static void is_false(struct call *call)
{
	is_kernel(call, false, false, true);
}

static void is_not_false(struct call *call)
{
	is_kernel(call, true, true, false);
}

static int resolve_is(struct resolve *r)
{
	if (resolve_letters(r) != 0)
		return -EINVAL;
	r->type = (struct type){.kind = TYPE_BOOLEAN};
	r->kernel = &r->function->kernel;
	return 0;
}

static int resolve_logic(struct resolve *r, enum expr_kind kind)
{
	if (resolve_letters(r) != 0)
		return -EINVAL;
	r->expr = call_logic(r, kind, r->args, r->n_args);
	return 0;
}

static int resolve_and(struct resolve *r)
{
	return resolve_logic(r, EXPR_AND);
}

static int resolve_or(struct resolve *r)
{
	return resolve_logic(r, EXPR_OR);
}

#define IS(words, letter, run, text)                                                          \
	{                                                                                     \
		.name = words, .args = letter, .n_min = 1, .n_max = 1, .resolve = resolve_is, \
		.kernel = {run, KERNEL_DENSE | KERNEL_LAX}, .usage = "a " words, .doc = text  \
	}

static const struct function functions[] = {
	{.name = "AND",
		.args = "b",
		.n_min = 2,
		.n_max = FUNCTION_ARGS_ANY,
		.resolve = resolve_and,
		.usage = "a AND b",
		.doc = "three-valued; b is not computed for rows where a is FALSE"},
	{.name = "OR",
		.args = "b",
		.n_min = 2,
		.n_max = FUNCTION_ARGS_ANY,
		.resolve = resolve_or,
		.usage = "a OR b",
		.doc = "three-valued; b is not computed for rows where a is TRUE"},
	{.name = "NOT",
		.args = "b",
		.n_min = 1,
		.n_max = 1,
		.kernel = {not, KERNEL_DENSE},
		.result = TYPE_BOOLEAN,
		.usage = "NOT a",
		.doc = "three-valued"},
	IS("IS NULL", ".", is_null, "whether a is NULL"),
	IS("IS NOT NULL", ".", is_not_null, "whether a is not NULL"),
	IS("IS TRUE", "b", is_true, "FALSE for NULL"),
	IS("IS NOT TRUE", "b", is_not_true, "TRUE for NULL"),
	IS("IS FALSE", "b", is_false, "FALSE for NULL"),
	IS("IS NOT FALSE", "b", is_not_false, "TRUE for NULL"),
	IS("IS UNKNOWN", "b", is_null, "whether a is NULL"),
	IS("IS NOT UNKNOWN", "b", is_not_null, "whether a is not NULL"),
};

const struct function_family family_logic = {
	"Logic", functions, sizeof(functions) / sizeof(*functions)};
