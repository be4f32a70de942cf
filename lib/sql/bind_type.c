// Types as written become types: nested ones get their parts in the arena.
#include <errno.h>
#include <string.h>
#include "sql/bind.h"

static int bind_at_depth(
	struct binder *binder, const struct ast_type *ast, uint32_t depth, struct type *type);

static int check_field(struct binder *binder, const struct ast_type *ast, uint32_t i)
{
	const struct ast_name *name = ast->fields[i]->name;

	for (uint32_t j = 0; j < i; j++)
		if (strcmp(ast->fields[j]->name->text, name->text) == 0)
			return err_set_at(binder->err, name->pos,
				"field '%s' is there twice in this ROW", name->text);
	return 0;
}

static int bind_row(
	struct binder *binder, const struct ast_type *ast, uint32_t depth, struct type *type)
{
	struct field *fields;

	if (ast->n_fields == 0)
		return err_set_at(
			binder->err, ast->pos, "a ROW needs a field, as in ROW<a INT, b STRING>");
	if (ast->n_fields > SCHEMA_COLUMNS_MAX)
		return err_set_at(
			binder->err, ast->pos, "a ROW has at most %d fields", SCHEMA_COLUMNS_MAX);
	*type = type_row(binder->arena, (uint16_t)ast->n_fields, &fields);
	for (uint32_t i = 0; i < ast->n_fields; i++) {
		fields[i].name = ast->fields[i]->name->text;
		if (check_field(binder, ast, i) < 0 ||
			bind_at_depth(binder, ast->fields[i]->type, depth, &fields[i].type) < 0)
			return -EINVAL;
	}
	return 0;
}

static int bind_nested(
	struct binder *binder, const struct ast_type *ast, uint32_t depth, struct type *type)
{
	struct type element, key;

	if (ast->kind == AST_TYPE_ROW)
		return bind_row(binder, ast, depth, type);
	if (bind_at_depth(binder, ast->element, depth, &element) < 0)
		return -EINVAL;
	if (ast->kind == AST_TYPE_ARRAY) {
		*type = type_array(binder->arena, element);
	} else if (ast->kind == AST_TYPE_MULTISET) {
		*type = type_multiset(binder->arena, element);
	} else {
		if (bind_at_depth(binder, ast->key, depth, &key) < 0)
			return -EINVAL;
		*type = type_map(binder->arena, key, element);
	}
	return 0;
}

static int bind_at_depth(
	struct binder *binder, const struct ast_type *ast, uint32_t depth, struct type *type)
{
	if (depth == TYPE_DEPTH_MAX)
		return err_set_at(
			binder->err, ast->pos, "types are nested at most %d deep", TYPE_DEPTH_MAX);
	if (ast->kind == AST_TYPE_SCALAR)
		*type = ast->scalar;
	else if (bind_nested(binder, ast, depth + 1, type) < 0)
		return -EINVAL;
	type->nullable = ast->nullable;
	return 0;
}

int bind_type(struct binder *binder, const struct ast_type *ast, struct type *type)
{
	return bind_at_depth(binder, ast, 0, type);
}
