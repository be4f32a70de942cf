// Expressions and types as text: calls as (name arg …).
#include "sql/print.h"
#include "row/datetime.h"
#include "row/decimal.h"
#include "row/number.h"

void put_exprs(struct out *out, const char *word, struct ast_expr *const *list, uint32_t n)
{
	if (n == 0)
		return;
	put_clause(out, word);
	for (uint32_t i = 0; i < n; i++) {
		put_plain(out, " ");
		put_expr(out, list[i]);
	}
	put_plain(out, ")");
}

void put_expr_clause(struct out *out, const char *word, const struct ast_expr *of)
{
	if (of == NULL)
		return;
	put_clause(out, word);
	put_plain(out, " ");
	put_expr(out, of);
	put_plain(out, ")");
}

void put_orders(struct out *out, struct ast_order *const *list, uint32_t n)
{
	if (n == 0)
		return;
	put_clause(out, "order-by");
	for (uint32_t i = 0; i < n; i++) {
		put_plain(out, list[i]->descending ? " (desc " : " (asc ");
		put_expr(out, list[i]->expr);
		put_plain(out, list[i]->nulls_first ? " nulls-first)" : " nulls-last)");
	}
	put_plain(out, ")");
}

void put_items(struct out *out, struct ast_item *const *list, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		put_plain(out, list[i]->alias != NULL ? " (as " : " ");
		put_expr(out, list[i]->expr);
		if (list[i]->alias != NULL) {
			put_plain(out, " ");
			put_plain(out, list[i]->alias->text);
			put_plain(out, ")");
		}
	}
}

// ---- Types and expressions

void put_type(struct out *out, const struct ast_type *of)
{
	static const char *const kinds[] = {
		[AST_TYPE_ARRAY] = "ARRAY<",
		[AST_TYPE_MULTISET] = "MULTISET<",
		[AST_TYPE_MAP] = "MAP<",
		[AST_TYPE_ROW] = "ROW<",
	};
	char name[TYPE_NAME_MAX];

	if (of->kind == AST_TYPE_SCALAR) {
		put_plain(out, type_name(of->scalar, name));
		return;
	}
	put_plain(out, kinds[of->kind]);
	if (of->key != NULL) {
		put_type(out, of->key);
		put_plain(out, ", ");
	}
	if (of->element != NULL)
		put_type(out, of->element);
	for (uint32_t i = 0; i < of->n_fields; i++) {
		put_plain(out, i > 0 ? ", " : "");
		put_plain(out, of->fields[i]->name->text);
		put_plain(out, " ");
		put_type(out, of->fields[i]->type);
		put_comment(out, of->fields[i]->comment);
	}
	put_plain(out, of->nullable ? ">" : "> NOT NULL");
}

static void temporal(struct out *out, const struct ast_literal *literal)
{
	char text[DATETIME_TEXT_MAX];
	uint32_t len;

	if (literal->type.kind == TYPE_DATE)
		len = datetime_format_date((int32_t)literal->integer, text);
	else if (literal->type.kind == TYPE_TIME)
		len = datetime_format_time(
			(int32_t)literal->integer, literal->type.precision, DATETIME_SQL, text);
	else
		len = datetime_format_cast(literal->integer, literal->type, text);
	put_string(out, text, len);
}

static void put_hex(struct out *out, uint8_t byte)
{
	static const char digits[] = "0123456789abcdef";

	put_bytes(out, &digits[byte >> 4], 1);
	put_bytes(out, &digits[byte & 15], 1);
}

static void value(struct out *out, const struct ast_literal *literal)
{
	char text[DECIMAL_TEXT_MAX];

	switch (literal->type.kind) {
	case TYPE_BOOLEAN:
		put_plain(out, literal->boolean ? "TRUE" : "FALSE");
		break;
	case TYPE_CHAR:
		put_string(out, str_data(&literal->string), literal->string.len);
		break;
	case TYPE_BINARY:
		for (uint32_t i = 0; i < literal->string.len; i++)
			put_hex(out, (uint8_t)str_data(&literal->string)[i]);
		break;
	case TYPE_DATE:
	case TYPE_TIME:
	case TYPE_TIMESTAMP:
		temporal(out, literal);
		break;
	case TYPE_DECIMAL:
		put_bytes(out, text, decimal_format(literal->decimal, literal->type.scale, text));
		break;
	case TYPE_DOUBLE:
		put_bytes(out, text, number_format_double(literal->approximate, text));
		break;
	default: // integers and intervals
		put_bytes(out, text, number_format_int(literal->integer, text));
		break;
	}
}

// INT, BOOLEAN and strings are plain; other literals are (type value).
static void put_literal(struct out *out, const struct ast_literal *literal)
{
	enum type_kind kind = literal->type.kind;
	struct type nullable = literal->type;
	char name[TYPE_NAME_MAX];

	nullable.nullable = true;
	if (literal->is_null) {
		put_plain(out, kind == TYPE_BOOLEAN ? "UNKNOWN" : "NULL");
	} else if (kind == TYPE_INT || kind == TYPE_BOOLEAN || kind == TYPE_CHAR) {
		value(out, literal);
	} else {
		put_plain(out, "(");
		put_plain(out, type_name(nullable, name));
		put_plain(out, " ");
		value(out, literal);
		put_plain(out, ")");
	}
}

static void bound(struct out *out, const struct ast_bound *bound)
{
	static const char *const kinds[] = {
		[AST_UNBOUNDED_PRECEDING] = "unbounded-preceding",
		[AST_PRECEDING] = "preceding",
		[AST_CURRENT_ROW] = "current-row",
		[AST_FOLLOWING] = "following",
		[AST_UNBOUNDED_FOLLOWING] = "unbounded-following",
	};

	if (bound->offset != NULL) {
		put_expr_clause(out, kinds[bound->kind], bound->offset);
	} else {
		put_plain(out, " ");
		put_plain(out, kinds[bound->kind]);
	}
}

void put_window(struct out *out, const char *word, const struct ast_window *of)
{
	put_clause(out, word);
	if (of->name != NULL) {
		put_plain(out, " ");
		put_plain(out, of->name->text);
	}
	if (of->base != NULL) {
		put_plain(out, " (like ");
		put_plain(out, of->base->text);
		put_plain(out, ")");
	}
	put_exprs(out, "partition-by", of->partition_by, of->n_partition_by);
	put_orders(out, of->order_by, of->n_order_by);
	if (of->has_frame) {
		put_clause(out, of->rows ? "rows" : "range");
		bound(out, &of->start);
		bound(out, &of->end);
		put_plain(out, ")");
	}
	put_plain(out, ")");
}

static void put_call(struct out *out, const struct ast_call *call)
{
	put_plain(out, "(");
	put_plain(out, call->name);
	put_plain(out, call->distinct ? " distinct" : "");
	for (uint32_t i = 0; i < call->n_args; i++) {
		put_plain(out, " ");
		put_expr(out, call->args[i]);
	}
	if (call->to != NULL) {
		put_plain(out, " ");
		put_type(out, call->to);
	}
	if (call->nulls != AST_NULLS_UNSAID)
		put_plain(
			out, call->nulls == AST_NULLS_IGNORE ? " ignore-nulls" : " respect-nulls");
	if (call->n_within_group > 0) {
		put_clause(out, "within-group");
		put_orders(out, call->within_group, call->n_within_group);
		put_plain(out, ")");
	}
	put_expr_clause(out, "filter", call->filter);
	if (call->over != NULL)
		put_window(out, "over", call->over);
	put_plain(out, ")");
}

void put_expr(struct out *out, const struct ast_expr *of)
{
	switch (of->kind) {
	case AST_LITERAL:
		put_literal(out, of->literal);
		break;
	case AST_NAME:
		put_path(out, of->parts, of->n_parts);
		break;
	case AST_STAR:
		put_path(out, of->parts, of->n_parts);
		put_plain(out, of->n_parts > 0 ? ".*" : "*");
		break;
	case AST_CALL:
		put_call(out, of->call);
		break;
	case AST_SUBQUERY:
		put_query(out, of->query);
		break;
	case AST_SYMBOL:
		put_plain(out, ":");
		put_plain(out, of->symbol);
		break;
	case AST_TABLE:
		put_plain(out, "(table ");
		put_table(out, of->table->table);
		put_exprs(out, "partition-by", of->table->partition_by, of->table->n_partition_by);
		put_orders(out, of->table->order_by, of->table->n_order_by);
		put_plain(out, ")");
		break;
	}
}
