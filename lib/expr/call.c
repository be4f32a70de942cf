#include "expr/call.h"
#include "expr/session.h"
#include "expr/types.h"
#include <errno.h>
#include <string.h>

static bool all_literals(const struct expr *expr)
{
	for (uint16_t i = 0; i < expr->n_args; i++)
		if (!expr_is_literal(expr->args[i]))
			return false;
	return true;
}

static struct expr *node_new(struct resolve *r, enum expr_kind kind, struct type type,
	const struct expr *const *args, uint16_t n_args)
{
	struct expr *expr = arena_alloc(r->arena, sizeof(*expr));

	expr->kind = kind;
	expr->type = type;
	expr->pos = r->pos;
	expr->function = r->function;
	expr->zone = session_zone(r->arena);
	expr->n_args = n_args;
	expr->n_constants = r->n_constants;
	expr->args =
		arena_alloc(r->arena, (n_args + (size_t)r->n_constants + 1) * sizeof(*expr->args));
	expr->n_nodes = 1;
	for (uint16_t i = 0; i < n_args; i++) {
		expr->args[i] = args[i];
		expr->n_nodes += args[i]->n_nodes + 1;
	}
	for (uint16_t i = 0; i < r->n_constants; i++)
		expr->args[n_args + i] = r->constants[i];
	return expr;
}

const struct expr *call_new(struct resolve *r, const struct kernel *kernel, struct type type,
	const struct expr *const *args, uint16_t n_args, const void *data)
{
	struct expr *expr = node_new(r, EXPR_CALL, type, args, n_args);
	const struct expr *folded;

	expr->kernel = kernel;
	expr->data = data;
	if (!(kernel->flags & KERNEL_LAX)) {
		expr->type.nullable = (kernel->flags & KERNEL_NULLS) != 0;
		for (uint16_t i = 0; i < n_args; i++)
			expr->type.nullable |= args[i]->type.nullable;
	}
	if ((r->function != NULL && r->function->varies) || !all_literals(expr))
		return expr;
	folded = fold(r->arena, expr);
	return folded != NULL ? folded : expr;
}

static bool is_boolean_literal(const struct expr *expr, bool value)
{
	return expr_is_literal(expr) && !expr->is_null && expr->value.boolean == value;
}

// A condition that is never true, or always.
static bool is_never(const struct expr *condition)
{
	return expr_is_literal(condition) && (condition->is_null || !condition->value.boolean);
}

const struct expr *call_case(
	struct resolve *r, const struct expr *const *args, uint16_t n_args, struct type type)
{
	const struct expr **kept = arena_alloc(r->arena, n_args * sizeof(*kept));
	const struct expr *last = args[n_args - 1];
	uint16_t n = 0;

	type.nullable = false;
	for (uint16_t i = 0; i + 1 < n_args; i += 2) {
		if (is_never(args[i]))
			continue;
		if (is_boolean_literal(args[i], true)) {
			last = args[i + 1];
			break;
		}
		kept[n++] = args[i];
		kept[n++] = args[i + 1];
		type.nullable |= args[i + 1]->type.nullable;
	}
	if (n == 0)
		return last;
	kept[n++] = last;
	type.nullable |= last->type.nullable;
	return node_new(r, EXPR_CASE, type, kept, n);
}

const struct expr *call_logic(
	struct resolve *r, enum expr_kind kind, const struct expr *const *args, uint16_t n_args)
{
	const struct expr **kept = arena_alloc(r->arena, n_args * sizeof(*kept));
	struct type type = {.kind = TYPE_BOOLEAN};
	bool decides = kind == EXPR_OR; // the value that decides the whole
	uint16_t n = 0;

	for (uint16_t i = 0; i < n_args; i++) {
		if (is_boolean_literal(args[i], decides))
			return args[i];
		if (is_boolean_literal(args[i], !decides))
			continue;
		kept[n++] = args[i];
		type.nullable |= args[i]->type.nullable;
	}
	if (n == 0) // none but the neutral value
		return args[0];
	return n == 1 ? kept[0] : node_new(r, kind, type, kept, n);
}

static int check_count(const struct resolve *r)
{
	const struct function *f = r->function;

	if (r->n_args >= f->n_min && r->n_args <= f->n_max)
		return 0;
	if (f->n_min == f->n_max)
		return err_set_at(r->err, r->pos, "'%s' takes %u argument%s, not %u: %s", f->name,
			f->n_min, f->n_min == 1 ? "" : "s", r->n_args, f->usage);
	if (f->n_max == FUNCTION_ARGS_ANY)
		return err_set_at(r->err, r->pos, "'%s' takes at least %u argument%s, not %u: %s",
			f->name, f->n_min, f->n_min == 1 ? "" : "s", r->n_args, f->usage);
	return err_set_at(r->err, r->pos, "'%s' takes %u to %u arguments, not %u: %s", f->name,
		f->n_min, f->n_max, r->n_args, f->usage);
}

static int resolve_plain(struct resolve *r)
{
	if (resolve_letters(r) != 0)
		return -EINVAL;
	r->kernel = &r->function->kernel;
	r->type = type_of(r->function->result);
	// What reads NULLs itself says so in its resolver when the result is never NULL.
	r->type.nullable = true;
	return 0;
}

static const struct expr *resolve_call(struct resolve *r, const struct expr *const *args)
{
	int (*resolve)(struct resolve *) = r->function->resolve;

	uint64_t n_nodes = 0;

	if (check_count(r) != 0)
		return NULL;
	for (uint16_t i = 0; i < r->n_args; i++)
		n_nodes += args[i]->n_nodes + 1;
	if (n_nodes > EXPR_NODES_MAX) {
		err_set_at(r->err, r->pos, "the expression is too large");
		return NULL;
	}
	r->args = arena_alloc(r->arena, (r->n_args + 1u) * sizeof(*r->args));
	for (uint16_t i = 0; i < r->n_args; i++)
		r->args[i] = args[i];
	if ((resolve != NULL ? resolve(r) : resolve_plain(r)) != 0)
		return NULL;
	if (r->expr != NULL)
		return r->expr;
	return call_new(r, r->kernel, r->type, r->args, r->n_args, r->data);
}

static const struct expr *make(struct arena *arena, const char *name,
	const struct expr *const *args, uint16_t n_args, struct pos pos, struct err *err)
{
	struct resolve r = {.arena = arena, .pos = pos, .err = err, .n_args = n_args};
	const char *nearest;

	r.function = function_find(name);
	if (r.function != NULL)
		return resolve_call(&r, args);
	nearest = function_nearest(name);
	if (nearest != NULL)
		err_set_at(err, pos, "unknown function '%s'; did you mean '%s'?", name, nearest);
	else
		err_set_at(err, pos, "unknown function '%s'", name);
	return NULL;
}

// A copy of expr with another position or nullability; the arguments are shared.
static struct expr *copy_of(struct arena *arena, const struct expr *expr)
{
	struct expr *copy = NULL;

	if (expr != NULL) {
		copy = arena_alloc(arena, sizeof(*copy));
		*copy = *expr;
	}
	return copy;
}

struct expr *expr_call(struct arena *arena, const char *name, const struct expr *const *args,
	uint16_t n_args, struct pos pos, struct err *err)
{
	return copy_of(arena, make(arena, name, args, n_args, pos, err));
}

const struct expr *call_by_name(
	struct resolve *r, const char *name, const struct expr *const *args, uint16_t n_args)
{
	return make(r->arena, name, args, n_args, r->pos, r->err);
}

const struct expr *call_not_null(struct resolve *r, const struct expr *expr)
{
	struct expr *copy = copy_of(r->arena, expr);

	copy->type.nullable = copy->is_null;
	return copy;
}

int call_refuse_cast(struct err *err, struct pos pos, struct type from, struct type to)
{
	char from_name[TYPE_NAME_MAX], to_name[TYPE_NAME_MAX];

	from.nullable = to.nullable = true;
	return err_set_at(err, pos, "cannot cast %s to %s", type_name(from, from_name),
		type_name(to, to_name));
}

struct expr *call_as_it_is(struct resolve *r, const struct expr *arg, struct type to)
{
	struct expr *expr =
		expr_is_literal(arg) ? copy_of(r->arena, arg) : node_new(r, EXPR_CALL, to, &arg, 1);

	expr->type = to;
	expr->type.nullable = arg->type.nullable;
	return expr;
}

struct expr *expr_cast(struct arena *arena, const struct expr *arg, struct type to, bool try_cast,
	struct pos pos, struct err *err)
{
	struct resolve r = {.arena = arena, .pos = pos, .err = err};
	const struct kernel *kernel;
	bool found;

	if (type_equal(arg->type, to))
		return copy_of(arena, arg);
	if (expr_is_literal(arg) && arg->is_null)
		return expr_null(arena, to, pos);
	if (type_is_nested(arg->type.kind) || type_is_nested(to.kind))
		return copy_of(arena, cast_nested(&r, arg, to, try_cast));
	kernel = cast_kernel(arg->type, to, try_cast, &found);
	if (!found) {
		call_refuse_cast(err, pos, arg->type, to);
		return NULL;
	}
	if (kernel != NULL)
		return copy_of(arena, call_new(&r, kernel, to, &arg, 1, NULL));
	return call_as_it_is(&r, arg, to);
}

struct expr *expr_assign(struct arena *arena, const struct expr *arg, struct type to,
	const char *column_name, struct err *err)
{
	char from_name[TYPE_NAME_MAX], to_name[TYPE_NAME_MAX];
	struct type from = arg->type;

	if (types_implicit(from, to))
		return expr_cast(arena, arg, to, false, arg->pos, err);
	from.nullable = to.nullable = true;
	err_set_at(err, arg->pos, "column '%s' is %s, the value is %s: use CAST", column_name,
		type_name(to, to_name), type_name(from, from_name));
	return NULL;
}
