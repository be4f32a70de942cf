// What resolvers share: errors, implicit casts.
#include "expr/call.h"
#include "expr/types.h"
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { REFUSE_TEXT_MAX = 384 };

int resolve_refuse(struct resolve *r)
{
	char text[REFUSE_TEXT_MAX] = "", name[TYPE_NAME_MAX];
	size_t len = 0;

	for (uint16_t i = 0; i < r->n_args && len < sizeof(text) - TYPE_NAME_MAX; i++) {
		struct type type = r->args[i]->type;
		const char *mark = i == 0 ? "" : i + 1 == r->n_args ? " and " : ", ";

		type.nullable = true; // NOT NULL is not what is wrong
		len += (size_t)snprintf(
			text + len, sizeof(text) - len, "%s%s", mark, type_name(type, name));
	}
	return err_set_at(r->err, r->pos, "cannot apply '%s' to argument%s of type %s",
		r->function->name, r->n_args == 1 ? "" : "s", text);
}

int resolve_cast(struct resolve *r, uint16_t i, struct type type)
{
	struct expr *cast;

	type.nullable = r->args[i]->type.nullable;
	cast = expr_cast(r->arena, r->args[i], type, false, r->args[i]->pos, NULL);
	if (cast == NULL)
		return resolve_refuse(r);
	r->args[i] = cast;
	return 0;
}

int resolve_common(struct resolve *r, uint16_t first, struct type *common)
{
	struct type type = r->args[first]->type;

	for (uint16_t i = first + 1; i < r->n_args; i++)
		if (!expr_common_type(r->arena, type, r->args[i]->type, &type))
			return resolve_refuse(r);
	for (uint16_t i = first; i < r->n_args; i++)
		if (resolve_cast(r, i, type) != 0)
			return -EINVAL;
	*common = type;
	return 0;
}

bool resolve_any_nullable(const struct resolve *r)
{
	for (uint16_t i = 0; i < r->n_args; i++)
		if (r->args[i]->type.nullable)
			return true;
	return false;
}

// The type that a letter of function->args asks for, given what stands there.
// Returns false when that does not become it implicitly.
static bool letter_type(char letter, struct type from, struct type *to)
{
	bool is_null = from.kind == TYPE_NULL;

	switch (letter) {
	case 's':
		*to = type_is_string(from.kind) ? from : type_of(TYPE_VARCHAR);
		return is_null || type_is_string(from.kind);
	case 'i':
		*to = type_of(TYPE_INT);
		return is_null || (type_is_integer(from.kind) && from.kind <= TYPE_INT);
	case 'l':
		*to = type_of(TYPE_BIGINT);
		return is_null || type_is_integer(from.kind);
	case 'd':
		*to = type_of(TYPE_DOUBLE);
		return is_null || type_is_numeric(from.kind);
	case 'b':
		*to = type_of(TYPE_BOOLEAN);
		return is_null || from.kind == TYPE_BOOLEAN;
	case 'D':
		*to = type_of(TYPE_DATE);
		return is_null || from.kind == TYPE_DATE;
	case 't':
		*to = from.kind == TYPE_DATE || is_null ? type_timestamp(TYPE_TIMESTAMP, 3) : from;
		return is_null || from.kind == TYPE_DATE || type_is_timestamp(from.kind);
	default:
		assert(letter == '.');
		*to = from;
		return true;
	}
}

int resolve_letters(struct resolve *r)
{
	size_t n_letters = strlen(r->function->args);

	for (uint16_t i = 0; i < r->n_args; i++) {
		char letter = r->function->args[i < n_letters ? i : n_letters - 1];
		struct type to;

		if (!letter_type(letter, r->args[i]->type, &to))
			return resolve_refuse(r);
		if (resolve_cast(r, i, to) != 0)
			return -EINVAL;
	}
	return 0;
}
