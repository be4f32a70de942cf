// CASE, COALESCE, NULLIF, IF, IFNULL, IN: made of comparisons, CASE and OR.
#include "expr/call.h"
#include "expr/families.h"
#include "expr/types.h"
#include <errno.h>
#include <string.h>

// From how many values on a list is sorted; fewer are compared one by one.
enum { LIST_MIN = 4 };

// Make all of values[:n] (every step-th argument from first, and the last) one type.
static int common_values(struct resolve *r, uint16_t first, uint16_t step, struct type *common)
{
	uint16_t last = r->n_args - 1;
	struct type type = r->args[last]->type;

	for (uint16_t i = first; i < last; i += step)
		if (!expr_common_type(r->arena, type, r->args[i]->type, &type))
			return resolve_refuse(r);
	for (uint16_t i = first; i < last; i += step)
		if (resolve_cast(r, i, type) != 0)
			return -EINVAL;
	*common = type;
	return resolve_cast(r, last, type);
}

static int resolve_case(struct resolve *r)
{
	struct type type;

	if (r->n_args % 2 == 0)
		return err_set_at(r->err, r->pos, "CASE needs an ELSE argument (NULL if none)");
	for (uint16_t i = 0; i + 1 < r->n_args; i += 2) {
		enum type_kind kind = r->args[i]->type.kind;

		if (kind != TYPE_BOOLEAN && kind != TYPE_NULL)
			return err_set_at(
				r->err, r->args[i]->pos, "a condition of CASE must be BOOLEAN");
		if (resolve_cast(r, i, type_of(TYPE_BOOLEAN)) != 0)
			return -EINVAL;
	}
	if (common_values(r, 1, 2, &type) != 0)
		return -EINVAL;
	r->expr = call_case(r, r->args, r->n_args, type);
	return 0;
}

// CASE WHEN a IS NOT NULL THEN a WHEN b IS NOT NULL THEN b … ELSE the last.
static int resolve_coalesce(struct resolve *r)
{
	const struct expr **args;
	struct type type;
	uint16_t n = 0;

	if (r->n_args > UINT16_MAX / 2)
		return err_set_at(r->err, r->pos, "'%s' has too many arguments", r->function->name);
	if (common_values(r, 0, 1, &type) != 0)
		return -EINVAL;
	args = arena_alloc(r->arena, 2u * r->n_args * sizeof(*args));
	for (uint16_t i = 0; i + 1 < r->n_args; i++) {
		args[n++] = call_by_name(r, "IS NOT NULL", &r->args[i], 1);
		args[n++] = call_not_null(r, r->args[i]); // where it is taken
	}
	args[n++] = r->args[r->n_args - 1];
	r->expr = call_case(r, args, n, type);
	return 0;
}

static int resolve_nullif(struct resolve *r)
{
	const struct expr *args[] = {call_by_name(r, "=", r->args, 2),
		expr_null(r->arena, r->args[0]->type, r->pos), r->args[0]};

	if (args[0] == NULL)
		return -EINVAL;
	r->expr = call_case(r, args, 3, r->args[0]->type);
	return 0;
}

static int resolve_in(struct resolve *r)
{
	const struct expr **equals = arena_alloc(r->arena, r->n_args * sizeof(*equals));

	if (r->n_args > LIST_MIN)
		r->expr = in_list_try(r);
	if (r->expr != NULL)
		return 0;
	for (uint16_t i = 1; i < r->n_args; i++) {
		const struct expr *pair[] = {r->args[0], r->args[i]};

		equals[i - 1] = call_by_name(r, "=", pair, 2);
		if (equals[i - 1] == NULL)
			return -EINVAL;
	}
	r->expr = call_logic(r, EXPR_OR, equals, r->n_args - 1);
	return 0;
}

static int resolve_typeof(struct resolve *r)
{
	char name[TYPE_NAME_MAX];
	const char *text = arena_strdup(r->arena, type_name(r->args[0]->type, name));
	uint32_t len = (uint32_t)strlen(text);

	r->expr = expr_literal(r->arena, type_of(TYPE_VARCHAR),
		(union scalar){.str = str_view(text, len)}, r->pos);
	return 0;
}

static const struct function functions[] = {
	{.name = "TYPEOF",
		.n_min = 1,
		.n_max = 1,
		.resolve = resolve_typeof,
		.usage = "TYPEOF(x)",
		.doc = "the name of x's type, such as 'INT NOT NULL'"},
	{.name = "CASE",
		.n_min = 3,
		.n_max = FUNCTION_ARGS_ANY,
		.resolve = resolve_case,
		.usage = "CASE WHEN a THEN b … ELSE c END",
		.doc = "the value behind the first condition that is TRUE"},
	{.name = "COALESCE",
		.n_min = 1,
		.n_max = FUNCTION_ARGS_ANY,
		.resolve = resolve_coalesce,
		.usage = "COALESCE(a, b, …)",
		.doc = "the first that is not NULL"},
	{.name = "IFNULL",
		.n_min = 2,
		.n_max = 2,
		.resolve = resolve_coalesce,
		.usage = "IFNULL(a, b)",
		.doc = "b where a is NULL"},
	{.name = "NULLIF",
		.n_min = 2,
		.n_max = 2,
		.resolve = resolve_nullif,
		.usage = "NULLIF(a, b)",
		.doc = "NULL where a = b, else a"},
	{.name = "IF",
		.n_min = 3,
		.n_max = 3,
		.resolve = resolve_case,
		.usage = "IF(condition, a, b)",
		.doc = "a where the condition is TRUE, else b"},
	{.name = "IN",
		.n_min = 2,
		.n_max = FUNCTION_ARGS_ANY,
		.resolve = resolve_in,
		.usage = "a IN (b, c, …)",
		.doc = "a = b OR a = c …"},
};

const struct function_family family_condition = {
	"Conditions", functions, sizeof(functions) / sizeof(*functions)};
