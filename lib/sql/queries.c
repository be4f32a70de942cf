#include "sql/parser.h"
#include <string.h>

// query, or SELECT * FROM (query) when its own WITH, ORDER BY or LIMIT must stay apart.
static struct ast_query *query_open(struct parser *p, struct ast_query *query)
{
	struct ast_item *star;
	struct ast_select *select;

	if (query->n_ctes == 0 && query->n_order_by == 0 && query->limit == NULL &&
		query->offset == NULL)
		return query;
	star = NEW(p, struct ast_item, NEW(p, struct ast_expr, AST_STAR, query->pos));
	select = NEW(p, struct ast_select, .items = list_of(p, star).items, .n_items = 1,
		.from = table_of(p, query->pos, query));
	return NEW(p, struct ast_query, AST_QUERY_SELECT, query->pos, .select = select);
}

struct ast_query *query_limited(
	struct parser *p, struct ast_query *query, struct list order_by, struct limits limits)
{
	query = query_open(p, query);
	query->order_by = order_by.items;
	query->n_order_by = order_by.n;
	query->limit = limits.limit;
	query->offset = limits.offset;
	return query;
}

struct ast_query *query_with(struct parser *p, struct list ctes, struct ast_query *query)
{
	if (query->n_ctes > 0)
		query = query_open(p, query);
	query->ctes = ctes.items;
	query->n_ctes = ctes.n;
	return query;
}

struct ast_query *query_set(struct parser *p, struct pos pos, enum ast_query_kind kind,
	struct ast_query *left, bool all, struct ast_query *right)
{
	return NEW(p, struct ast_query, kind, pos, .left = left, .right = right, .all = all);
}

struct ast_window *window_frame(
	struct parser *p, struct pos pos, bool rows, struct ast_bound start, struct ast_bound end)
{
	if (start.kind == AST_UNBOUNDED_FOLLOWING)
		parse_fail(p, pos, "a frame cannot begin at UNBOUNDED FOLLOWING");
	if (end.kind == AST_UNBOUNDED_PRECEDING)
		parse_fail(p, pos, "a frame cannot end at UNBOUNDED PRECEDING");
	if (start.kind > end.kind)
		parse_fail(p, pos, "a frame's start must come before its end");
	return NEW(
		p, struct ast_window, .has_frame = true, .rows = rows, .start = start, .end = end);
}

// ---- Patterns

static bool is_plain(const struct ast_pattern *pattern, enum ast_pattern_kind kind)
{
	return pattern->kind == kind && pattern->min == 1 && pattern->max == 1;
}

struct ast_pattern *pattern_group(
	struct parser *p, struct pos pos, enum ast_pattern_kind kind, struct list parts)
{
	return NEW(p, struct ast_pattern, kind, pos, .parts = parts.items, .n_parts = parts.n,
		.min = 1, .max = 1);
}

struct ast_pattern *pattern_join(struct parser *p, struct pos pos, enum ast_pattern_kind kind,
	struct ast_pattern *a, struct ast_pattern *b)
{
	struct list parts;

	if (!is_plain(a, kind))
		return pattern_group(p, pos, kind, LIST(p, a, b));
	parts = list_append(p, (struct list){a->parts, a->n_parts}, b);
	a->parts = parts.items;
	a->n_parts = parts.n;
	return a;
}

static uint32_t times_of(struct parser *p, struct pos pos, const char *text)
{
	uint32_t times = 0;

	for (; *text != '\0' && times <= SQL_PATTERN_TIMES_MAX; text++)
		times = times * 10 + (uint32_t)(*text - '0');
	if (times > SQL_PATTERN_TIMES_MAX)
		parse_fail(p, pos, "a quantifier is at most %d", SQL_PATTERN_TIMES_MAX);
	return times;
}

struct ast_pattern *pattern_times(
	struct parser *p, struct pos pos, const char *min, const char *max)
{
	uint32_t from = min != NULL ? times_of(p, pos, min) : 0;
	uint32_t to = max != NULL ? times_of(p, pos, max) : AST_PATTERN_UNBOUNDED;

	if (to == 0)
		parse_fail(p, pos, "a quantifier allows at least one row");
	if (from > to)
		parse_fail(p, pos, "a quantifier {n,m} needs n <= m, here %u > %u", from, to);
	return NEW(p, struct ast_pattern, .min = from, .max = to);
}

struct ast_pattern *pattern_repeat(
	struct parser *p, struct ast_pattern *pattern, const struct ast_pattern *quantifier)
{
	// (A+)*: a quantified pattern is one of the parts of a new one.
	if (pattern->min != 1 || pattern->max != 1)
		pattern = pattern_group(p, pattern->pos, AST_PATTERN_SEQUENCE, list_of(p, pattern));
	pattern->min = quantifier->min;
	pattern->max = quantifier->max;
	pattern->reluctant = quantifier->reluctant;
	return pattern;
}
