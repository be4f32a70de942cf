// Queries and tables as text.
#include "sql/print.h"

static void pattern(struct out *out, const struct ast_pattern *of)
{
	static const char *const kinds[] = {
		[AST_PATTERN_SEQUENCE] = "(seq",
		[AST_PATTERN_CHOICE] = "(or",
		[AST_PATTERN_PERMUTE] = "(permute",
		[AST_PATTERN_EXCLUDE] = "(exclude",
	};

	put_plain(out, of->kind == AST_PATTERN_VARIABLE ? of->variable->text : kinds[of->kind]);
	for (uint32_t i = 0; i < of->n_parts; i++) {
		put_plain(out, " ");
		pattern(out, of->parts[i]);
	}
	put_plain(out, of->kind == AST_PATTERN_VARIABLE ? "" : ")");
	if (of->min == 1 && of->max == 1)
		return;
	put_plain(out, "{");
	put_count(out, of->min);
	put_plain(out, ",");
	if (of->max != AST_PATTERN_UNBOUNDED)
		put_count(out, of->max);
	put_plain(out, of->reluctant ? "}?" : "}");
}

static void put_skip(struct out *out, const struct ast_match *match)
{
	static const char *const kinds[] = {
		[AST_SKIP_PAST_LAST_ROW] = "past-last-row",
		[AST_SKIP_TO_NEXT_ROW] = "to-next-row",
		[AST_SKIP_TO_FIRST] = "to-first ",
		[AST_SKIP_TO_LAST] = "to-last ",
	};

	if (match->skip == AST_SKIP_UNSAID)
		return;
	put_clause(out, "skip ");
	put_plain(out, kinds[match->skip]);
	put_plain(out, match->skip_to != NULL ? match->skip_to->text : "");
	put_plain(out, ")");
}

static void put_match(struct out *out, const struct ast_match *match)
{
	put_plain(out, "(match ");
	put_table(out, match->input);
	put_exprs(out, "partition-by", match->partition_by, match->n_partition_by);
	put_orders(out, match->order_by, match->n_order_by);
	if (match->n_measures > 0) {
		put_clause(out, "measures");
		put_items(out, match->measures, match->n_measures);
		put_plain(out, ")");
	}
	put_plain(out, match->all_rows ? " all-rows" : "");
	put_skip(out, match);
	put_clause(out, match->from_start ? "pattern ^ " : "pattern ");
	pattern(out, match->pattern);
	put_plain(out, match->to_end ? " $)" : ")");
	put_expr_clause(out, "within", match->within);
	for (uint32_t i = 0; i < match->n_subsets; i++) {
		const struct ast_subset *subset = match->subsets[i];

		put_clause(out, "subset ");
		put_plain(out, subset->name->text);
		put_names(out, "of", subset->members, subset->n_members);
		put_plain(out, ")");
	}
	put_clause(out, "define");
	put_items(out, match->defines, match->n_defines);
	put_plain(out, "))");
}

static void put_join(struct out *out, const struct ast_join *join)
{
	static const char *const kinds[] = {
		[AST_JOIN_COMMA] = "comma",
		[AST_JOIN_CROSS] = "cross",
		[AST_JOIN_INNER] = "inner",
		[AST_JOIN_LEFT] = "left",
		[AST_JOIN_RIGHT] = "right",
		[AST_JOIN_FULL] = "full",
	};

	put_plain(out, join->natural ? "(natural-" : "(");
	put_plain(out, kinds[join->kind]);
	put_plain(out, "-join ");
	put_table(out, join->left);
	put_plain(out, " ");
	put_table(out, join->right);
	put_expr_clause(out, "on", join->on);
	put_names(out, "using", join->using, join->n_using);
	put_plain(out, ")");
}

static void put_source(struct out *out, const struct ast_table *table)
{
	put_plain(out, table->lateral ? "lateral " : "");
	switch (table->kind) {
	case AST_TABLE_NAME:
		put_path(out, table->parts, table->n_parts);
		put_expr_clause(out, "as-of", table->as_of);
		break;
	case AST_TABLE_QUERY:
		put_query(out, table->query);
		break;
	case AST_TABLE_JOIN:
		put_join(out, table->join);
		break;
	case AST_TABLE_FUNCTION:
	case AST_TABLE_UNNEST:
		put_expr(out, table->call);
		put_plain(out, table->ordinality ? " with-ordinality" : "");
		break;
	case AST_TABLE_MATCH:
		put_match(out, table->match);
		break;
	}
}

void put_table(struct out *out, const struct ast_table *table)
{
	if (table->alias == NULL) {
		put_source(out, table);
		return;
	}
	put_plain(out, "(as ");
	put_source(out, table);
	put_plain(out, " ");
	put_plain(out, table->alias->text);
	put_names(out, "columns", table->columns, table->n_columns);
	put_plain(out, ")");
}

static void put_select(struct out *out, const struct ast_select *select)
{
	put_plain(out, select->distinct ? "(select-distinct" : "(select");
	put_items(out, select->items, select->n_items);
	if (select->from != NULL) {
		put_plain(out, " (from ");
		put_table(out, select->from);
		put_plain(out, ")");
	}
	put_expr_clause(out, "where", select->where);
	put_exprs(out, "group-by", select->group_by, select->n_group_by);
	put_expr_clause(out, "having", select->having);
	for (uint32_t i = 0; i < select->n_windows; i++)
		put_window(out, "window", select->windows[i]);
}

static void put_body(struct out *out, const struct ast_query *query)
{
	static const char *const kinds[] = {
		[AST_QUERY_UNION] = "(union",
		[AST_QUERY_INTERSECT] = "(intersect",
		[AST_QUERY_EXCEPT] = "(except",
	};

	if (query->kind == AST_QUERY_SELECT) {
		put_select(out, query->select);
		return;
	}
	if (query->kind == AST_QUERY_VALUES) {
		put_plain(out, "(values");
		for (uint32_t i = 0; i < query->n_rows; i++) {
			put_plain(out, " ");
			put_expr(out, query->rows[i]);
		}
		return;
	}
	put_plain(out, kinds[query->kind]);
	put_plain(out, query->all ? "-all " : " ");
	put_query(out, query->left);
	put_plain(out, " ");
	put_query(out, query->right);
}

void put_query(struct out *out, const struct ast_query *query)
{
	for (uint32_t i = 0; i < query->n_ctes; i++) {
		put_plain(out, "(with ");
		put_plain(out, query->ctes[i]->name->text);
		put_names(out, "columns", query->ctes[i]->columns, query->ctes[i]->n_columns);
		put_plain(out, " ");
		put_query(out, query->ctes[i]->query);
		put_plain(out, " ");
	}
	put_body(out, query);
	put_orders(out, query->order_by, query->n_order_by);
	put_expr_clause(out, "limit", query->limit);
	put_expr_clause(out, "offset", query->offset);
	put_plain(out, ")");
	for (uint32_t i = 0; i < query->n_ctes; i++)
		put_plain(out, ")");
}
