#include "expr/call.h"
#include <assert.h>
#include <stdlib.h>

enum { FOLD_ARGS_MAX = 64, FOLD_HEAP_BYTES = PROGRAM_HEAP_BYTES };

static struct expr *fold_result(struct arena *arena, const struct expr *expr, union scalar value)
{
	if (type_is_view(expr->type.kind) && !str_is_inline(&value.str)) {
		uint32_t len = value.str.len;

		value.str = str_view(arena_strndup(arena, value.str.ptr, len), len);
	}
	return expr_literal(arena, expr->type, value, expr->pos);
}

// Run the kernel on one row. The arguments' values are read where the literals hold them.
const struct expr *fold(struct arena *arena, const struct expr *expr)
{
	uint64_t arg_nulls[FOLD_ARGS_MAX], nulls[BLOCK_NULL_WORDS] = {0};
	struct heap heap = {.size = FOLD_HEAP_BYTES};
	struct column args[FOLD_ARGS_MAX];
	struct eval eval = {0};
	union scalar value = {.dec = 0};
	struct call call = {.expr = expr,
		.args = args,
		.values = &value,
		.nulls = nulls,
		.n = 1,
		.heap = &heap,
		.eval = &eval};
	bool any_null = false;
	const struct expr *result;

	if (expr->n_args > FOLD_ARGS_MAX)
		return NULL;
	for (uint16_t i = 0; i < expr->n_args; i++) {
		assert(expr_is_literal(expr->args[i]));
		any_null |= expr->args[i]->is_null;
		arg_nulls[i] = expr->args[i]->is_null;
		args[i] = (struct column){(void *)&expr->args[i]->value, &arg_nulls[i]};
	}
	if (any_null && !(expr->kernel->flags & KERNEL_LAX))
		return expr_null(arena, expr->type, expr->pos);
	if (expr->kernel->flags & KERNEL_STATE && (call.state = expr->function->open(expr)) == NULL)
		return NULL;
	heap.bytes = malloc(FOLD_HEAP_BYTES);
	if (heap.bytes != NULL)
		expr->kernel->run(&call);
	if (call.state != NULL)
		expr->function->close(call.state);
	if (heap.bytes == NULL)
		return NULL;
	if (eval.fault.text != NULL || eval.n_overflow > 0)
		result = NULL;
	else if (nulls_get(nulls, 0))
		result = expr_null(arena, expr->type, expr->pos);
	else
		result = fold_result(arena, expr, value);
	free(heap.bytes);
	return result;
}
