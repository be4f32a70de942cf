// Types by name, with Flink's bounds for their parameters.
#include "sql/parser.h"
#include "base/nearest.h"
#include <string.h>
#include <strings.h>

static const struct type_name {
	const char *name;
	enum type_kind kind;
	int n_params; // at most
	uint32_t min, max; // of the first
} types[] = {
	{"BOOLEAN", TYPE_BOOLEAN, 0, 0, 0},
	{"TINYINT", TYPE_TINYINT, 0, 0, 0},
	{"SMALLINT", TYPE_SMALLINT, 0, 0, 0},
	{"INT", TYPE_INT, 0, 0, 0},
	{"INTEGER", TYPE_INT, 0, 0, 0},
	{"BIGINT", TYPE_BIGINT, 0, 0, 0},
	{"FLOAT", TYPE_FLOAT, 0, 0, 0},
	{"DOUBLE", TYPE_DOUBLE, 0, 0, 0},
	{"DECIMAL", TYPE_DECIMAL, 2, 1, DECIMAL_PRECISION_MAX},
	{"DEC", TYPE_DECIMAL, 2, 1, DECIMAL_PRECISION_MAX},
	{"NUMERIC", TYPE_DECIMAL, 2, 1, DECIMAL_PRECISION_MAX},
	{"CHAR", TYPE_CHAR, 1, 1, TYPE_LENGTH_MAX},
	{"CHARACTER", TYPE_CHAR, 1, 1, TYPE_LENGTH_MAX},
	{"VARCHAR", TYPE_VARCHAR, 1, 1, TYPE_LENGTH_MAX},
	{"STRING", TYPE_VARCHAR, 0, 0, 0},
	{"BINARY", TYPE_BINARY, 1, 1, TYPE_LENGTH_MAX},
	{"VARBINARY", TYPE_VARBINARY, 1, 1, TYPE_LENGTH_MAX},
	{"BYTES", TYPE_VARBINARY, 0, 0, 0},
	{"DATE", TYPE_DATE, 0, 0, 0},
	{"TIME", TYPE_TIME, 1, 0, 9},
	{"TIMESTAMP", TYPE_TIMESTAMP, 1, 0, 9},
	{"TIMESTAMP_LTZ", TYPE_TIMESTAMP_LTZ, 1, 0, 9},
};

enum { N_TYPES = sizeof(types) / sizeof(*types) };

// A parameter as a number between min and max; it is the what of such a type.
static int32_t number(struct parser *p, struct type_params params, const char *text,
	const char *what, const char *of, uint32_t min, uint32_t max)
{
	uint64_t value = 0;

	for (const char *c = text; *c != '\0' && value <= max; c++)
		value = value * 10 + (uint64_t)(*c - '0');
	if (value < min || value > max)
		parse_fail(p, params.pos, "the %s of %s goes from %u to %u, not to %s", what, of,
			min, max, parse_excerpt(p, text));
	return (int32_t)value;
}

static struct ast_type *build(
	struct parser *p, struct pos pos, const struct type_name *name, struct type_params params)
{
	struct type type = type_of(name->kind);

	// A length or precision that is not written: STRING and BYTES have no bound, CHAR and so
	// on 1.
	if (name->n_params == 1 && name->max == TYPE_LENGTH_MAX)
		type.precision = 1;
	if (name->n_params == 0 && params.first != NULL)
		parse_fail(p, params.pos, "%s has no parameters", name->name);
	else if (name->n_params < 2 && params.second != NULL)
		parse_fail(p, params.pos, "%s has one parameter", name->name);
	else if (params.first != NULL)
		type.precision = number(p, params, params.first,
			type_is_view(type.kind) ? "length" : "precision", name->name, name->min,
			name->max);
	if (type.kind == TYPE_DECIMAL && params.second != NULL)
		type.scale = number(p, params, params.second, "scale", "this DECIMAL", 0,
			(uint32_t)type.precision);
	return NEW(p, struct ast_type, AST_TYPE_SCALAR, pos, true, type);
}

struct ast_type *type_named(struct parser *p, struct ast_name *name, struct type_params params)
{
	const char *names[N_TYPES];
	const char *nearest;

	for (size_t i = 0; i < N_TYPES; i++) {
		if (strcasecmp(types[i].name, name->text) == 0)
			return build(p, name->pos, &types[i], params);
		names[i] = types[i].name;
	}
	nearest = nearest_name(name->text, names, N_TYPES);
	if (nearest != NULL)
		parse_fail(p, name->pos, "there is no type '%s': did you mean %s?",
			parse_excerpt(p, name->text), nearest);
	else
		parse_fail(p, name->pos,
			"there is no type '%s': INT, STRING, TIMESTAMP(3) are types",
			parse_excerpt(p, name->text));
	return type_scalar(p, name->pos, TYPE_NULL, NO_PARAMS);
}

struct ast_type *type_varying(struct parser *p, struct ast_name *name, struct type_params params)
{
	struct ast_type *type = type_named(p, name, params);

	if (type->scalar.kind != TYPE_CHAR && type->scalar.kind != TYPE_BINARY)
		parse_fail(p, name->pos, "there is no %s VARYING: write VARCHAR or VARBINARY",
			parse_excerpt(p, name->text));
	type->scalar.kind = type->scalar.kind == TYPE_CHAR ? TYPE_VARCHAR : TYPE_VARBINARY;
	return type;
}

struct ast_type *type_scalar(
	struct parser *p, struct pos pos, enum type_kind kind, struct type_params params)
{
	for (size_t i = 0; i < N_TYPES; i++)
		if (types[i].kind == kind)
			return build(p, pos, &types[i], params);
	return NEW(p, struct ast_type, AST_TYPE_SCALAR, pos, true, type_of(kind));
}

struct ast_type *type_nested(struct parser *p, struct pos pos, enum ast_type_kind kind,
	struct ast_type *key, struct ast_type *element)
{
	return NEW(p, struct ast_type, kind, pos, true, .key = key, .element = element);
}

struct ast_type *type_fields(struct parser *p, struct pos pos, struct list fields)
{
	return NEW(p, struct ast_type, AST_TYPE_ROW, pos, true, .fields = fields.items,
		.n_fields = fields.n);
}

struct ast_type *type_nullable(struct ast_type *type, bool nullable)
{
	type->nullable = nullable;
	type->scalar.nullable = nullable;
	return type;
}
