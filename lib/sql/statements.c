// Scripts, settings and CREATE TABLE.
#include "sql/parser.h"
#include <string.h>

void script_add(struct parser *p, struct ast_statement *statement)
{
	struct list list = {p->script->statements, p->script->n_statements};

	list = list_append(p, list, statement);
	p->script->statements = list.items;
	p->script->n_statements = list.n;
}

const char *words_join(struct parser *p, struct list words)
{
	char *const *items = words.items;
	size_t len = 0;
	char *text, *end;

	for (uint32_t i = 0; i < words.n; i++)
		len += strlen(items[i]) + 1;
	end = text = arena_alloc(p->arena, len);
	for (uint32_t i = 0; i < words.n; i++) {
		end = stpcpy(end, items[i]);
		if (i + 1 < words.n)
			*end++ = ' ';
	}
	return text;
}

// ---- CREATE TABLE: its columns are gathered in p->table

static struct ast_create_table *table_open(struct parser *p)
{
	if (p->table == NULL)
		p->table = arena_alloc(p->arena, sizeof(*p->table));
	return p->table;
}

struct ast_create_table *table_take(struct parser *p)
{
	struct ast_create_table *table = table_open(p);

	p->table = NULL;
	return table;
}

void table_add(struct parser *p, struct ast_column *column)
{
	struct ast_create_table *table = table_open(p);
	struct list list = {table->columns, table->n_columns};

	list = list_append(p, list, column);
	table->columns = list.items;
	table->n_columns = list.n;
}

void table_column(struct parser *p, struct ast_name *name, struct ast_type *type,
	struct column_options options)
{
	table_add(
		p, NEW(p, struct ast_column,
			   options.metadata ? AST_COLUMN_METADATA : AST_COLUMN_PHYSICAL, name, type,
			   NULL, options.metadata_key, options.is_virtual, options.comment));
	if (options.key)
		table_key(p, options.key_pos, list_of(p, name), options.not_enforced);
}

void table_watermark(struct parser *p, struct ast_watermark *watermark)
{
	struct ast_create_table *table = table_open(p);

	if (table->watermark != NULL)
		parse_fail(p, watermark->pos, "a table has one WATERMARK: this is its second");
	table->watermark = watermark;
}

void table_key(struct parser *p, struct pos pos, struct list columns, bool not_enforced)
{
	struct ast_create_table *table = table_open(p);

	if (!not_enforced)
		parse_fail(p, pos, "a PRIMARY KEY is never checked: write NOT ENFORCED behind it");
	if (table->n_primary_key > 0)
		parse_fail(p, pos, "a table has one PRIMARY KEY: this is its second");
	table->primary_key = columns.items;
	table->n_primary_key = columns.n;
}
