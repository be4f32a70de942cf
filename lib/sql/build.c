#include "sql/parser.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { LIST_CAPACITY_MIN = 4 };

struct list list_append(struct parser *p, struct list list, void *item)
{
	// Full at 4, 8, 16 …
	bool is_full = list.n >= LIST_CAPACITY_MIN && (list.n & (list.n - 1)) == 0;

	if (list.n == 0 || is_full) {
		size_t capacity = list.n == 0 ? LIST_CAPACITY_MIN : 2 * (size_t)list.n;

		list.items = arena_grow(
			p->arena, list.items, list.n * sizeof(void *), capacity * sizeof(void *));
	}
	((void **)list.items)[list.n++] = item;
	return list;
}

struct list list_from(struct parser *p, void *const *items, size_t n)
{
	struct list list = NO_LIST;

	for (size_t i = 0; i < n; i++)
		list = list_append(p, list, items[i]);
	return list;
}

struct list list_of(struct parser *p, void *item)
{
	return list_from(p, &item, 1);
}

struct list list_join(struct parser *p, struct list a, struct list b)
{
	for (uint32_t i = 0; i < b.n; i++)
		a = list_append(p, a, ((void **)b.items)[i]);
	return a;
}

void *node_new(struct parser *p, const void *value, size_t size)
{
	return memcpy(arena_alloc(p->arena, size), value, size);
}

void parse_fail(struct parser *p, struct pos pos, const char *format, ...)
{
	char text[ERR_TEXT_MAX];
	va_list args;

	if (p->failed)
		return;
	p->failed = true;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	err_set_at(p->err, pos, "%s", text);
}

const char *parse_excerpt(struct parser *p, const char *text)
{
	size_t whole = strlen(text), len = whole < EXCERPT_MAX ? whole : EXCERPT_MAX;
	char *copy;

	while (len < whole && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	copy = arena_printf(p->arena, "%.*s%s", (int)len, text, len < whole ? "…" : "");
	for (char *c = copy; *c != '\0'; c++)
		if (iscntrl((unsigned char)*c))
			*c = ' ';
	return copy;
}

// ---- Expressions

struct ast_expr *build_call(struct parser *p, struct pos pos, const char *name, struct list args)
{
	struct ast_call *call =
		NEW(p, struct ast_call, .name = name, .args = args.items, .n_args = args.n);

	return NEW(p, struct ast_expr, AST_CALL, pos, .call = call);
}

struct ast_expr *build_unary(struct parser *p, struct pos pos, const char *name, struct ast_expr *a)
{
	return build_call(p, pos, name, LIST(p, a));
}

struct ast_expr *build_binary(
	struct parser *p, struct pos pos, const char *name, struct ast_expr *a, struct ast_expr *b)
{
	return build_call(p, pos, name, LIST(p, a, b));
}

struct ast_expr *build_like(struct parser *p, struct pos pos, const char *name, struct ast_expr *a,
	struct ast_expr *pattern, struct ast_expr *escape)
{
	struct list args = LIST(p, a, pattern);

	return build_call(p, pos, name, escape != NULL ? list_append(p, args, escape) : args);
}

struct ast_expr *build_not(struct parser *p, struct pos pos, bool negated, struct ast_expr *a)
{
	return negated ? build_unary(p, pos, "NOT", a) : a;
}

struct ast_expr *build_negate(struct parser *p, struct pos pos, struct ast_expr *a)
{
	struct ast_literal *literal = a->kind == AST_LITERAL ? a->literal : NULL;

	// The least BIGINT is written as the negative of what is no BIGINT.
	if (literal != NULL && literal->type.kind == TYPE_DECIMAL && literal->type.scale == 0 &&
		literal->decimal == -(decimal)INT64_MIN) {
		literal->type.kind = TYPE_BIGINT;
		literal->type.precision = 0;
		literal->integer = INT64_MIN;
		a->pos = pos;
		return a;
	}
	return build_unary(p, pos, "-", a);
}

struct ast_expr *build_symbol(struct parser *p, struct pos pos, const char *symbol)
{
	return NEW(p, struct ast_expr, AST_SYMBOL, pos, .symbol = symbol);
}

struct ast_expr *build_query(struct parser *p, struct pos pos, struct ast_query *query)
{
	return NEW(p, struct ast_expr, AST_SUBQUERY, pos, .query = query);
}

struct ast_expr *build_chain(
	struct parser *p, struct pos pos, const char *name, struct ast_expr *a, struct ast_expr *b)
{
	struct list args;

	if (a->kind != AST_CALL || strcmp(a->call->name, name) != 0)
		return build_binary(p, pos, name, a, b);
	args = list_append(p, (struct list){a->call->args, a->call->n_args}, b);
	a->call->args = args.items;
	a->call->n_args = args.n;
	return a;
}

struct ast_expr *build_name(struct parser *p, struct ast_name *name)
{
	struct list parts = list_of(p, name);

	return NEW(
		p, struct ast_expr, AST_NAME, name->pos, .parts = parts.items, .n_parts = parts.n);
}

struct ast_expr *build_word(struct parser *p, struct ast_name *name)
{
	static const char *const functions[] = {
		"CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP"};

	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++)
		if (strcasecmp(name->text, functions[i]) == 0)
			return build_call(p, name->pos, functions[i], NO_LIST);
	return build_name(p, name);
}

struct list path_append(struct parser *p, struct list path, struct ast_name *name)
{
	if (path.n == SQL_PARTS_MAX)
		parse_fail(p, name->pos, "a name has at most %d parts", SQL_PARTS_MAX);
	return list_append(p, path, name);
}

struct ast_expr *build_field(struct parser *p, struct ast_expr *base, struct ast_name *field)
{
	struct list parts;

	if (base->kind != AST_NAME)
		return build_binary(
			p, field->pos, ".", base, build_symbol(p, field->pos, field->text));
	parts = path_append(p, (struct list){base->parts, base->n_parts}, field);
	base->parts = parts.items;
	base->n_parts = parts.n;
	return base;
}

struct ast_expr *build_star(struct parser *p, struct ast_expr *base)
{
	if (base->kind != AST_NAME)
		parse_fail(p, base->pos, "only a table has a '*': write *, or table.*");
	base->kind = AST_STAR;
	return base;
}

struct ast_expr *build_row(struct parser *p, struct ast_expr *expr)
{
	if (expr->kind == AST_CALL && strcmp(expr->call->name, "ROW") == 0)
		return expr;
	return build_unary(p, expr->pos, "ROW", expr);
}

struct ast_expr *build_case(struct parser *p, struct pos pos, struct ast_expr *operand,
	struct list whens, struct ast_expr *otherwise)
{
	struct list args = operand != NULL ? list_of(p, operand) : NO_LIST;

	args = list_join(p, args, whens);
	args = list_append(
		p, args, otherwise != NULL ? otherwise : literal_null(p, pos, TYPE_NULL));
	return build_call(p, pos, operand != NULL ? "SIMPLE CASE" : "CASE", args);
}

struct ast_expr *build_map(struct parser *p, struct pos pos, struct list args)
{
	if (args.n % 2 != 0)
		parse_fail(p, pos, "MAP[...] needs a value for each key: MAP['a', 1, 'b', 2]");
	return build_call(p, pos, "MAP", args);
}
