// The tree as text: nested lists, names as they are, one line a statement.
#include "sql/print.h"
#include <stdio.h>
#include <string.h>

void put_bytes(struct out *out, const char *bytes, size_t len)
{
	if (out->len + len + 1 > out->size) {
		size_t size = 2 * (out->len + len + 1);

		out->text = arena_grow(out->arena, out->text, out->len, size);
		out->size = size;
	}
	memcpy(out->text + out->len, bytes, len);
	out->len += len;
	out->text[out->len] = '\0';
}

void put_plain(struct out *out, const char *text)
{
	put_bytes(out, text, strlen(text));
}

void put_count(struct out *out, uint32_t count)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", count);
	put_plain(out, text);
}

// 'text', quotes doubled.
void put_string(struct out *out, const char *text, size_t len)
{
	put_plain(out, "'");
	for (size_t i = 0; i < len; i++) {
		put_bytes(out, text + i, 1);
		if (text[i] == '\'')
			put_plain(out, "'");
	}
	put_plain(out, "'");
}

void put_text(struct out *out, const char *text)
{
	put_string(out, text, strlen(text));
}

void put_clause(struct out *out, const char *word)
{
	put_plain(out, " (");
	put_plain(out, word);
}

// ---- Names and lists

void put_path(struct out *out, struct ast_name *const *parts, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		put_plain(out, i > 0 ? "." : "");
		put_plain(out, parts[i]->text);
	}
}

void put_names(struct out *out, const char *word, struct ast_name *const *list, uint32_t n)
{
	if (n == 0)
		return;
	put_clause(out, word);
	for (uint32_t i = 0; i < n; i++) {
		put_plain(out, " ");
		put_plain(out, list[i]->text);
	}
	put_plain(out, ")");
}

void put_comment(struct out *out, const char *text)
{
	if (text == NULL)
		return;
	put_plain(out, " (comment ");
	put_text(out, text);
	put_plain(out, ")");
}

// ---- Statements

static void option(struct out *out, const struct ast_option *option)
{
	put_plain(out, " (");
	put_text(out, option->key);
	put_plain(out, " ");
	put_text(out, option->value);
	put_plain(out, ")");
}

static void column(struct out *out, const struct ast_column *column)
{
	put_plain(out, " (");
	put_plain(out, column->name->text);
	if (column->type != NULL) {
		put_plain(out, " ");
		put_type(out, column->type);
	}
	put_expr_clause(out, "as", column->expr);
	if (column->kind == AST_COLUMN_METADATA) {
		put_plain(out, " (metadata ");
		put_plain(out,
			column->metadata_key != NULL ? column->metadata_key : column->name->text);
		put_plain(out, column->is_virtual ? " virtual)" : ")");
	}
	put_comment(out, column->comment);
	put_plain(out, ")");
}

static void create_table(struct out *out, const struct ast_create_table *table)
{
	put_plain(out, table->temporary ? "(create-temporary-table " : "(create-table ");
	put_plain(out, table->if_not_exists ? "if-not-exists " : "");
	put_path(out, table->name, table->n_name);
	for (uint32_t i = 0; i < table->n_columns; i++)
		column(out, table->columns[i]);
	if (table->watermark != NULL) {
		put_plain(out, " (watermark ");
		put_path(out, table->watermark->column, table->watermark->n_column);
		put_plain(out, " ");
		put_expr(out, table->watermark->expr);
		put_plain(out, ")");
	}
	put_names(out, "primary-key", table->primary_key, table->n_primary_key);
	put_comment(out, table->comment);
	put_names(out, "partitioned-by", table->partitioned_by, table->n_partitioned_by);
	if (table->n_options > 0) {
		put_plain(out, " (with");
		for (uint32_t i = 0; i < table->n_options; i++)
			option(out, table->options[i]);
		put_plain(out, ")");
	}
	put_plain(out, ")");
}

static void create_view(struct out *out, const struct ast_create_view *view)
{
	put_plain(out, view->or_replace ? "(create-or-replace-" : "(create-");
	put_plain(out, view->temporary ? "temporary-view " : "view ");
	put_plain(out, view->if_not_exists ? "if-not-exists " : "");
	put_path(out, view->name, view->n_name);
	put_names(out, "columns", view->columns, view->n_columns);
	put_comment(out, view->comment);
	put_plain(out, " ");
	put_query(out, view->query);
	put_plain(out, ")");
}

static void drop(struct out *out, const char *what, const struct ast_drop *drop)
{
	put_plain(out, drop->temporary ? "(drop-temporary-" : "(drop-");
	put_plain(out, what);
	put_plain(out, drop->if_exists ? " if-exists " : " ");
	put_path(out, drop->name, drop->n_name);
	put_plain(out, ")");
}

static void insert(struct out *out, const struct ast_insert *insert)
{
	put_plain(out, "(insert ");
	put_path(out, insert->name, insert->n_name);
	put_names(out, "columns", insert->columns, insert->n_columns);
	put_plain(out, " ");
	put_query(out, insert->query);
	put_plain(out, ")");
}

static void set(struct out *out, const struct ast_option *setting)
{
	put_plain(out, setting->value != NULL ? "(set" : "(reset");
	if (setting->value != NULL) {
		option(out, setting);
	} else if (setting->key != NULL) {
		put_plain(out, " ");
		put_text(out, setting->key);
	}
	put_plain(out, ")");
}

static void statement(struct out *out, const struct ast_statement *of)
{
	switch (of->kind) {
	case AST_SET:
		set(out, of->option);
		break;
	case AST_CREATE_TABLE:
		create_table(out, of->create_table);
		break;
	case AST_CREATE_VIEW:
		create_view(out, of->create_view);
		break;
	case AST_DROP_TABLE:
		drop(out, "table", of->drop);
		break;
	case AST_DROP_VIEW:
		drop(out, "view", of->drop);
		break;
	case AST_INSERT:
		insert(out, of->insert);
		break;
	case AST_STATEMENT_SET:
		put_plain(out, "(statement-set");
		for (uint32_t i = 0; i < of->n_inserts; i++) {
			put_plain(out, " ");
			statement(out, of->inserts[i]);
		}
		put_plain(out, ")");
		break;
	case AST_EXPLAIN:
		put_plain(out, "(explain ");
		statement(out, of->explained);
		put_plain(out, ")");
		break;
	case AST_QUERY:
		put_query(out, of->query);
		break;
	}
}

const char *ast_print(struct arena *arena, const struct ast_script *script)
{
	struct out out = {.arena = arena};

	put_plain(&out, "");
	for (uint32_t i = 0; i < script->n_statements; i++) {
		statement(&out, script->statements[i]);
		put_plain(&out, "\n");
	}
	return out.text;
}

const char *ast_print_expr(struct arena *arena, const struct ast_expr *expr)
{
	struct out out = {.arena = arena};

	put_expr(&out, expr);
	return out.text;
}

const char *ast_print_type(struct arena *arena, const struct ast_type *type)
{
	struct out out = {.arena = arena};

	put_type(&out, type);
	return out.text;
}
