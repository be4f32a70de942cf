// Short names for making expressions in tests, and for running one over one row.
#pragma once
#include "expr/expr.h"
#include "expr/program.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>

enum { CALL_ARGS_MAX = 16 };

static struct arena *arena;
static struct err err;

static inline const struct expr *lit_int(int32_t value)
{
	return expr_literal(
		arena, type_of(TYPE_INT), (union scalar){.i32 = value}, (struct pos){0});
}

static inline const struct expr *lit_big(int64_t value)
{
	return expr_literal(
		arena, type_of(TYPE_BIGINT), (union scalar){.i64 = value}, (struct pos){0});
}

static inline const struct expr *lit_double(double value)
{
	return expr_literal(
		arena, type_of(TYPE_DOUBLE), (union scalar){.f64 = value}, (struct pos){0});
}

static inline const struct expr *lit_bool(bool value)
{
	return expr_literal(
		arena, type_of(TYPE_BOOLEAN), (union scalar){.boolean = value}, (struct pos){0});
}

static inline const struct expr *lit_null(enum type_kind kind)
{
	return expr_null(arena, type_of(kind), (struct pos){0});
}

static inline const struct expr *lit_str(const char *text)
{
	struct type type = type_of(TYPE_CHAR);

	type.precision = (int32_t)strlen(text);
	return expr_literal(arena, type,
		(union scalar){.str = str_view(text, (uint32_t)strlen(text))}, (struct pos){0});
}

static inline const struct expr *try_call(const char *name, int n, ...)
{
	const struct expr *args[CALL_ARGS_MAX];
	va_list list;

	va_start(list, n);
	for (int i = 0; i < n; i++)
		args[i] = va_arg(list, const struct expr *);
	va_end(list);
	err = (struct err){0};
	return expr_call(arena, name, args, (uint16_t)n, (struct pos){1, 1}, &err);
}

#define COUNT_(a, b, c, d, e, f, g, h, n, ...) n
#define COUNT(...) COUNT_(__VA_ARGS__, 8, 7, 6, 5, 4, 3, 2, 1)
#define CALL(name, ...) must(try_call(name, COUNT(__VA_ARGS__), __VA_ARGS__))

static inline const struct expr *must(const struct expr *expr)
{
	if (expr == NULL)
		fail_msg("%s", err.text);
	return expr;
}

static inline const struct expr *cast(const struct expr *arg, struct type to)
{
	err = (struct err){0};
	return must(expr_cast(arena, arg, to, false, (struct pos){0}, &err));
}

static inline const struct expr *try_cast(const struct expr *arg, struct type to)
{
	err = (struct err){0};
	return must(expr_cast(arena, arg, to, true, (struct pos){0}, &err));
}

// The value of a constant expression as text: "NULL", or what CAST AS STRING gives. Faults as
// "fault: …".
static inline const char *value_of(const struct expr *expr)
{
	const struct expr *text =
		type_is_string(expr->type.kind) || (expr_is_literal(expr) && expr->is_null)
			? expr
			: cast(expr, type_of(TYPE_VARCHAR));
	struct program *program = program_new(&mem_libc, &text, 1, NULL);
	struct block block = {.n_rows = 1, .n_slots = 1};
	struct eval eval = {.now.wall_ns = 1577934245123456789}; // 2020-01-02 03:04:05.123456789
	struct column column;
	const char *result;

	assert_non_null(program);
	program_run(program, &block, &eval, &column);
	if (eval.fault.text != NULL) {
		result = arena_printf(arena, "fault: %s", eval.fault.text);
	} else if (nulls_get(column.nulls, 0)) {
		result = "NULL";
	} else {
		const struct str *str = column.values;

		result = arena_strndup(arena, str_data(str), str->len);
	}
	program_free(program);
	return result;
}

static inline const char *type_text(const struct expr *expr)
{
	return type_name(expr->type, arena_alloc(arena, TYPE_NAME_MAX));
}

#define assert_value(expr, text) assert_string_equal(value_of(expr), text)
#define assert_type(expr, text) assert_string_equal(type_text(expr), text)

static inline int arena_setup(void **)
{
	arena = arena_new();
	return 0;
}

static inline int arena_teardown(void **)
{
	arena_free(arena);
	return 0;
}
