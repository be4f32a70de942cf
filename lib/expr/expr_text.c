// Expressions as EXPLAIN prints them.
#include "expr/function.h"
#include "row/datetime.h"
#include "row/decimal.h"
#include "row/number.h"
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct out {
	struct arena *arena;
	const struct schema *schema;
	char *text;
	size_t len, size;
};

static void put(struct out *out, const char *text, size_t len)
{
	if (out->len + len + 1 > out->size) {
		size_t size = 2 * (out->len + len + 32);

		out->text = arena_grow(out->arena, out->text, out->size, size);
		out->size = size;
	}
	memcpy(out->text + out->len, text, len);
	out->len += len;
	out->text[out->len] = '\0';
}

static void puts_out(struct out *out, const char *text)
{
	put(out, text, strlen(text));
}

static void put_string(struct out *out, const struct str *str)
{
	const char *data = str_data(str);

	puts_out(out, "'");
	for (uint32_t i = 0; i < str->len; i++)
		put(out, data[i] == '\'' ? "''" : &data[i], data[i] == '\'' ? 2 : 1);
	puts_out(out, "'");
}

static void put_binary(struct out *out, const struct str *str)
{
	static const char digits[] = "0123456789abcdef";
	const char *data = str_data(str);

	puts_out(out, "X'");
	for (uint32_t i = 0; i < str->len; i++) {
		unsigned char byte = (unsigned char)data[i];

		put(out, &digits[byte >> 4], 1);
		put(out, &digits[byte & 15], 1);
	}
	puts_out(out, "'");
}

static void put_value(struct out *out, struct type type, const union scalar *value)
{
	char text[64];
	uint32_t len = 0;

	switch (type.kind) {
	case TYPE_TINYINT:
		len = number_format_int(value->i8, text);
		break;
	case TYPE_SMALLINT:
		len = number_format_int(value->i16, text);
		break;
	case TYPE_INT:
		len = number_format_int(value->i32, text);
		break;
	case TYPE_BIGINT:
		len = number_format_int(value->i64, text);
		break;
	case TYPE_FLOAT:
		len = number_format_float(value->f32, text);
		break;
	case TYPE_DOUBLE:
		len = number_format_double(value->f64, text);
		break;
	case TYPE_DECIMAL:
		len = decimal_format(value->dec, type.scale, text);
		break;
	case TYPE_DATE:
		len = datetime_format_date(value->i32, text);
		break;
	case TYPE_TIME:
		len = datetime_format_time(value->i32, type.precision, DATETIME_SQL, text);
		break;
	default:
		len = datetime_format_cast(value->i64, type, text);
	}
	put(out, text, len);
}

// As the cast to STRING has it: [1, 2], {a=1}, (1, x).
static void put_nested(struct out *out, const struct expr *expr)
{
	const struct expr *text =
		expr_cast(out->arena, expr, type_of(TYPE_VARCHAR), false, expr->pos, NULL);

	if (text != NULL && expr_is_literal(text) && !text->is_null)
		put(out, str_data(&text->value.str), text->value.str.len);
	else
		puts_out(out, "...");
}

// The largest unit that says it whole, or seconds with a fraction.
static void put_days_interval(struct out *out, int64_t ms)
{
	static const struct {
		int64_t ms;
		const char *name;
	} units[] = {{86400000, "DAY"}, {3600000, "HOUR"}, {60000, "MINUTE"}, {1000, "SECOND"}};
	size_t i = 0;
	char text[64];

	while (i < 3 && (ms == 0 || ms % units[i].ms != 0))
		i++;
	if (ms % units[i].ms == 0)
		snprintf(text, sizeof(text), "INTERVAL '%" PRId64 "' %s", ms / units[i].ms,
			units[i].name);
	else
		snprintf(text, sizeof(text), "INTERVAL '%s%" PRId64 ".%03d' SECOND",
			ms < 0 ? "-" : "", labs(ms / 1000), abs((int)(ms % 1000)));
	puts_out(out, text);
}

static void put_months_interval(struct out *out, int32_t months)
{
	bool is_years = months != 0 && months % 12 == 0;
	char text[64];

	snprintf(text, sizeof(text), "INTERVAL '%d' %s", is_years ? months / 12 : months,
		is_years ? "YEAR" : "MONTH");
	puts_out(out, text);
}

static void put_literal(struct out *out, const struct expr *expr)
{
	static const char *const before[TYPE_KINDS] = {
		[TYPE_DATE] = "DATE '",
		[TYPE_TIME] = "TIME '",
		[TYPE_TIMESTAMP] = "TIMESTAMP '",
		[TYPE_TIMESTAMP_LTZ] = "TIMESTAMP_LTZ '",
	};
	enum type_kind kind = expr->type.kind;

	if (expr->is_null) {
		puts_out(out, "NULL");
	} else if (type_is_nested(kind)) {
		put_nested(out, expr);
	} else if (kind == TYPE_BOOLEAN) {
		puts_out(out, expr->value.boolean ? "TRUE" : "FALSE");
	} else if (type_is_string(kind)) {
		put_string(out, &expr->value.str);
	} else if (type_is_binary(kind)) {
		put_binary(out, &expr->value.str);
	} else if (kind == TYPE_INTERVAL_DAY) {
		put_days_interval(out, expr->value.i64);
	} else if (kind == TYPE_INTERVAL_YEAR) {
		put_months_interval(out, expr->value.i32);
	} else {
		puts_out(out, before[kind] != NULL ? before[kind] : "");
		put_value(out, expr->type, &expr->value);
		puts_out(out, before[kind] != NULL ? "'" : "");
	}
}

static uint32_t n_operands(const struct expr *expr)
{
	return (uint32_t)expr->n_args + expr->n_constants;
}

// a[i], m[key], row.field
static bool is_access(const struct expr *expr)
{
	return expr->kind == EXPR_CALL && expr->function != NULL &&
	       (strcmp(expr->function->name, "[]") == 0 || strcmp(expr->function->name, ".") == 0);
}

// How a call is written: a sign or a word between two arguments, words behind one, or NAME(args).
static bool is_infix(const struct expr *expr)
{
	if (is_access(expr))
		return false;
	if (expr->kind == EXPR_AND || expr->kind == EXPR_OR)
		return true;
	return expr->kind == EXPR_CALL && expr->function != NULL && n_operands(expr) >= 2 &&
	       (!isalpha((unsigned char)expr->function->name[0]) ||
		       strcmp(expr->function->name, "LIKE") == 0);
}

static bool is_postfix(const struct expr *expr)
{
	return expr->kind == EXPR_CALL && expr->function != NULL &&
	       strncmp(expr->function->name, "IS ", 3) == 0;
}

static void put_expr(struct out *out, const struct expr *expr);

static void put_operand(struct out *out, const struct expr *expr)
{
	bool parentheses = is_infix(expr) || is_postfix(expr);

	puts_out(out, parentheses ? "(" : "");
	put_expr(out, expr);
	puts_out(out, parentheses ? ")" : "");
}

static void put_infix(struct out *out, const struct expr *expr)
{
	const char *sign = expr->kind == EXPR_AND  ? "AND"
			   : expr->kind == EXPR_OR ? "OR"
						   : expr->function->name;

	for (uint32_t i = 0; i < n_operands(expr); i++) {
		if (i > 0) {
			puts_out(out, " ");
			puts_out(out, i == 2 && expr->kind == EXPR_CALL ? "ESCAPE" : sign);
			puts_out(out, " ");
		}
		put_operand(out, expr->args[i]);
	}
}

static void put_access(struct out *out, const struct expr *expr)
{
	const struct str *field = &expr->args[1]->value.str;

	put_operand(out, expr->args[0]);
	if (expr->function->name[0] == '.') {
		puts_out(out, ".");
		put(out, str_data(field), field->len);
		return;
	}
	puts_out(out, "[");
	put_expr(out, expr->args[1]);
	puts_out(out, "]");
}

static void put_case(struct out *out, const struct expr *expr)
{
	puts_out(out, "CASE");
	for (uint16_t i = 0; i + 1 < expr->n_args; i += 2) {
		puts_out(out, " WHEN ");
		put_expr(out, expr->args[i]);
		puts_out(out, " THEN ");
		put_expr(out, expr->args[i + 1]);
	}
	puts_out(out, " ELSE ");
	put_expr(out, expr->args[expr->n_args - 1]);
	puts_out(out, " END");
}

static void put_cast(struct out *out, const struct expr *expr)
{
	bool is_try = expr->kernel != NULL && expr->kernel->flags & KERNEL_TRY;
	struct type to = expr->type;
	char name[TYPE_NAME_MAX];

	to.nullable = true;
	puts_out(out, is_try ? "TRY_CAST(" : "CAST(");
	put_expr(out, expr->args[0]);
	puts_out(out, " AS ");
	puts_out(out, type_name(to, name));
	puts_out(out, ")");
}

static void put_call(struct out *out, const struct expr *expr)
{
	const char *name = expr->function->name;
	bool is_word = isalpha((unsigned char)name[0]);

	puts_out(out, name);
	if (!is_word || strcmp(name, "NOT") == 0) {
		puts_out(out, is_word ? " " : "");
		put_operand(out, expr->args[0]);
		return;
	}
	puts_out(out, "(");
	for (uint32_t i = 0; i < n_operands(expr); i++) {
		puts_out(out, i > 0 ? ", " : "");
		put_expr(out, expr->args[i]);
	}
	puts_out(out, ")");
}

static void put_expr(struct out *out, const struct expr *expr)
{
	if (expr->kind == EXPR_COLUMN) {
		puts_out(out, out->schema->fields[expr->column].name);
	} else if (expr->kind == EXPR_LITERAL) {
		put_literal(out, expr);
	} else if (expr->kind == EXPR_CASE) {
		put_case(out, expr);
	} else if (is_access(expr)) {
		put_access(out, expr);
	} else if (is_infix(expr)) {
		put_infix(out, expr);
	} else if (expr->function == NULL) {
		put_cast(out, expr);
	} else if (is_postfix(expr)) {
		put_operand(out, expr->args[0]);
		puts_out(out, " ");
		puts_out(out, expr->function->name);
	} else {
		put_call(out, expr);
	}
}

const char *expr_text(struct arena *arena, const struct expr *expr, const struct schema *schema)
{
	struct out out = {.arena = arena, .schema = schema};

	put_expr(&out, expr);
	return out.text;
}
