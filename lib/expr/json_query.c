// Asking JSON: JSON_VALUE, JSON_QUERY, JSON_EXISTS, IS JSON. As in Flink (its SqlJsonUtils): a path
// without a mode is strict; strict makes an error of what is malformed or not there, lax makes it
// empty; a document that is null is an error in both.
#include "expr/families.h"
#include "expr/json_convert.h"
#include "expr/json_path.h"
#include <assert.h>
#include <errno.h>

enum answer { ANSWER_NULL, ANSWER_ERROR, ANSWER_DEFAULT, ANSWER_EMPTY_ARRAY, ANSWER_EMPTY_OBJECT };
enum existence { EXISTS_FALSE, EXISTS_TRUE, EXISTS_UNKNOWN, EXISTS_ERROR };
enum wrapper { WRAPPER_WITHOUT, WRAPPER_CONDITIONAL, WRAPPER_UNCONDITIONAL };
enum kind { KIND_VALUE, KIND_SCALAR, KIND_ARRAY, KIND_OBJECT };

static const char *const answers[] = {"NULL", "ERROR", "DEFAULT", "EMPTY ARRAY", "EMPTY OBJECT"};
static const char *const existences[] = {"FALSE", "TRUE", "UNKNOWN", "ERROR"};
static const char *const wrappers[] = {"WITHOUT", "CONDITIONAL", "UNCONDITIONAL"};
static const char *const kinds[] = {"VALUE", "SCALAR", "ARRAY", "OBJECT"};

struct query {
	struct json_path path;
	enum answer on_empty, on_error;
	enum existence exists_on_error;
	enum wrapper wrapper;
};

enum finding { FOUND, FOUND_NOTHING, FOUND_ERROR };

// The value of a definite path; of another one, where its first * starts (none: there is nothing
// to go through).
static enum finding look(
	const struct json_path *path, const struct str *text, struct json_value *value)
{
	enum finding nothing = path->is_lax ? FOUND_NOTHING : FOUND_ERROR;

	*value = json_document(str_data(text), text->len);
	if (value->start == NULL)
		return nothing;
	if (*value->start == 'n')
		return FOUND_ERROR;
	*value = json_find(*value, path->steps, json_definite_steps(path));
	if (!path->is_definite)
		return value->start != NULL || path->is_lax ? FOUND : FOUND_ERROR;
	return value->start != NULL && *value->start != 'n' ? FOUND : nothing;
}

int json_word(const struct expr *literal, const char *const *words, int n)
{
	const struct str *text = &literal->value.str;

	assert(expr_is_literal(literal));
	for (int i = 0; i < n; i++)
		if (strlen(words[i]) == text->len &&
			memcmp(words[i], str_data(text), text->len) == 0)
			return i;
	assert(false);
	return 0;
}

// ---- JSON_VALUE

// Arguments of the kernel: the text, the default on empty, the default on error.
static void answer_value(struct call *call, uint16_t row, enum finding finding)
{
	const struct query *query = call->expr->data;
	bool on_empty = finding == FOUND_NOTHING;
	enum answer answer = on_empty ? query->on_empty : query->on_error;
	const struct column *column = &call->args[on_empty ? 1 : 2];
	uint32_t width = type_width(call->expr->type.kind);

	if (answer == ANSWER_ERROR)
		call_fail(call, row,
			on_empty ? "JSON_VALUE found nothing, which is an error ON EMPTY"
				 : "JSON_VALUE failed, which is an error ON ERROR");
	else if (answer == ANSWER_NULL || nulls_get(column->nulls, row))
		nulls_set(call->nulls, row);
	else
		memcpy((char *)call->values + row * width, (char *)column->values + row * width,
			width);
}

static void json_value_of(struct call *call)
{
	const struct query *query = call->expr->data;
	const struct json_path *path = &query->path;

	for (uint16_t i = 0; i < call->n; i++) {
		uint16_t row = call_slot(call, i);
		struct json_value value;
		enum finding finding;

		if (nulls_get(call->args[0].nulls, row)) {
			nulls_set(call->nulls, row);
			continue;
		}
		finding = look(path, str_arg(call, 0, row), &value);
		if (finding == FOUND && (!path->is_definite || json_is_container(value)))
			finding = path->is_lax ? FOUND_NOTHING : FOUND_ERROR;
		if (finding == FOUND && !json_convert(call, row, value))
			finding = FOUND_ERROR;
		if (finding != FOUND)
			answer_value(call, row, finding);
	}
}

// ---- JSON_QUERY

static void answer_query(struct call *call, uint16_t row, enum finding finding)
{
	const struct query *query = call->expr->data;
	bool on_empty = finding == FOUND_NOTHING;

	switch (on_empty ? query->on_empty : query->on_error) {
	case ANSWER_ERROR:
		call_fail(call, row,
			on_empty ? "JSON_QUERY found nothing, which is an error ON EMPTY"
				 : "JSON_QUERY failed, which is an error ON ERROR");
		break;
	case ANSWER_EMPTY_ARRAY:
		set_str(call, row, "[]", 2);
		break;
	case ANSWER_EMPTY_OBJECT:
		set_str(call, row, "{}", 2);
		break;
	default:
		nulls_set(call->nulls, row);
	}
}

// Write what was found. False when it is a scalar without a wrapper.
static bool put_found(struct json_out *out, const struct query *query, struct json_value value)
{
	const struct json_path *path = &query->path;
	bool is_array = !path->is_definite || *value.start == '[';
	bool wraps = query->wrapper == WRAPPER_UNCONDITIONAL ||
		     (query->wrapper == WRAPPER_CONDITIONAL && !is_array);
	uint16_t n_definite = json_definite_steps(path);
	uint32_t n = 0;

	if (path->is_definite && !wraps && !json_is_container(value))
		return false;
	if (wraps)
		json_put(out, "[", 1);
	if (!path->is_definite) {
		json_put(out, "[", 1);
		if (value.start != NULL)
			json_put_matches(out, value, path->steps + n_definite,
				path->n_steps - n_definite, &n);
		json_put(out, "]", 1);
	} else {
		json_put_value(out, value);
	}
	if (wraps)
		json_put(out, "]", 1);
	return true;
}

static void json_query(struct call *call)
{
	const struct query *query = call->expr->data;

	CALL_FOREACH(call, row)
	{
		struct json_out out = json_out(call);
		struct json_value value;
		enum finding finding = look(&query->path, str_arg(call, 0, row), &value);

		if (finding == FOUND && !put_found(&out, query, value))
			finding = query->path.is_lax ? FOUND_NOTHING : FOUND_ERROR;
		if (finding == FOUND)
			json_done(call, row, &out);
		else
			answer_query(call, row, finding);
	}
}

// ---- JSON_EXISTS, IS JSON

static void json_exists(struct call *call)
{
	const struct query *query = call->expr->data;

	CALL_FOREACH(call, row)
	{
		struct json_value value;
		enum finding finding = look(&query->path, str_arg(call, 0, row), &value);

		if (finding != FOUND_ERROR)
			set_bool(call, row, finding == FOUND);
		else if (query->exists_on_error == EXISTS_ERROR)
			call_fail(call, row, "JSON_EXISTS failed, which is an error ON ERROR");
		else if (query->exists_on_error == EXISTS_UNKNOWN)
			nulls_set(call->nulls, row);
		else
			set_bool(call, row, query->exists_on_error == EXISTS_TRUE);
	}
}

static bool is_kind(struct json_value value, enum kind kind)
{
	switch (kind) {
	case KIND_SCALAR:
		return !json_is_container(value);
	case KIND_ARRAY:
		return *value.start == '[';
	case KIND_OBJECT:
		return *value.start == '{';
	default:
		return true;
	}
}

// Of NULL it is FALSE.
static void is_json(struct call *call)
{
	enum kind kind = *(const enum kind *)call->expr->data;

	for (uint16_t i = 0; i < call->n; i++) {
		uint16_t row = call_slot(call, i);
		const struct str *text = str_arg(call, 0, row);
		struct json_value value = {0};

		if (!nulls_get(call->args[0].nulls, row))
			value = json_document(str_data(text), text->len);
		set_bool(call, row, value.start != NULL && is_kind(value, kind));
	}
}

// ---- Resolving

// The text and the path. The words behind them become constants, so that two calls that differ in
// them are not taken for one.
static struct query *new_query(struct resolve *r)
{
	struct query *query = arena_alloc(r->arena, sizeof(*query));
	const struct expr *path = r->args[1];
	struct type from = r->args[0]->type;
	char why[JSON_PATH_WHY_MAX];
	char *text;

	if (from.kind != TYPE_NULL && !type_is_string(from.kind)) {
		r->n_args = 2;
		resolve_refuse(r);
		return NULL;
	}
	if (!expr_is_literal(path) || path->is_null || !type_is_string(path->type.kind)) {
		err_set_at(r->err, path->pos, "a JSON path must be a string literal: '$.a'");
		return NULL;
	}
	text = arena_strndup(r->arena, str_data(&path->value.str), path->value.str.len);
	if (json_path_parse(&query->path, text, path->value.str.len, why) != 0) {
		err_set_at(r->err, path->pos, "the JSON path is wrong: %s", why);
		return NULL;
	}
	if (resolve_cast(r, 0, from.kind == TYPE_NULL ? type_of(TYPE_VARCHAR) : from) != 0)
		return NULL;
	r->data = query;
	r->type = type_of(TYPE_VARCHAR);
	r->n_constants = r->n_args - 1;
	r->constants = arena_grow(r->arena, r->args + 1, r->n_constants * sizeof(*r->args),
		r->n_constants * sizeof(*r->args));
	return query;
}

// A default in the function's type. A truth value becomes a string in lower case.
static const struct expr *default_of(struct resolve *r, const struct expr *arg, struct type type)
{
	const struct expr *cast = expr_cast(r->arena, arg, type, false, arg->pos, r->err);

	if (cast != NULL && type_is_string(type.kind) && arg->type.kind == TYPE_BOOLEAN)
		return call_by_name(r, "LOWER", &cast, 1);
	if (cast != NULL && expr_is_literal(arg) && !expr_is_literal(cast)) {
		char name[TYPE_NAME_MAX];

		err_set_at(r->err, arg->pos, "the default is no %s", type_name(type, name));
		return NULL;
	}
	return cast;
}

// JSON_VALUE(text, path, on empty, default, on error, default [, NULL of the type to return])
static int resolve_value(struct resolve *r)
{
	static const struct kernel kernel = {
		json_value_of, KERNEL_LAX | KERNEL_NULLS | KERNEL_FAULTS};
	const struct expr *on_empty = r->args[3], *on_error = r->args[5];
	struct query *query = new_query(r);
	char name[TYPE_NAME_MAX];

	if (query == NULL)
		return -EINVAL;
	query->on_empty = (enum answer)json_word(r->args[2], answers, 3);
	query->on_error = (enum answer)json_word(r->args[4], answers, 3);
	if (r->n_args > 6)
		r->type = type_is_string(r->args[6]->type.kind) ? r->type : r->args[6]->type;
	r->type.nullable = true;
	if (!json_convertible(r->type))
		return err_set_at(
			r->err, r->pos, "JSON_VALUE cannot return %s", type_name(r->type, name));
	r->args[1] = default_of(r, on_empty, r->type);
	r->args[2] = default_of(r, on_error, r->type);
	r->n_args = 3;
	r->kernel = &kernel;
	return r->args[1] != NULL && r->args[2] != NULL ? 0 : -EINVAL;
}

// JSON_QUERY(text, path, wrapper, on empty, on error [, NULL of the type to return])
static int resolve_query(struct resolve *r)
{
	static const struct kernel kernel = {json_query, KERNEL_NULLS | KERNEL_FAULTS};
	struct query *query = new_query(r);
	char name[TYPE_NAME_MAX];

	if (query == NULL)
		return -EINVAL;
	query->wrapper = (enum wrapper)json_word(r->args[2], wrappers, 3);
	query->on_empty = (enum answer)json_word(r->args[3], answers, 5);
	query->on_error = (enum answer)json_word(r->args[4], answers, 5);
	if (r->n_args > 5 && !type_is_string(r->args[5]->type.kind))
		return err_set_at(r->err, r->pos, "JSON_QUERY cannot return %s",
			type_name(r->args[5]->type, name));
	r->n_args = 1;
	r->kernel = &kernel;
	return 0;
}

// JSON_EXISTS(text, path, on error)
static int resolve_exists(struct resolve *r)
{
	static const struct kernel kernel = {json_exists, KERNEL_NULLS | KERNEL_FAULTS};
	struct query *query = new_query(r);

	if (query == NULL)
		return -EINVAL;
	query->exists_on_error = (enum existence)json_word(r->args[2], existences, 4);
	r->type = type_of(TYPE_BOOLEAN);
	r->n_args = 1;
	r->kernel = &kernel;
	return 0;
}

static int resolve_is_json(struct resolve *r)
{
	static const struct kernel kernel = {is_json, KERNEL_LAX};
	enum kind *kind = arena_alloc(r->arena, sizeof(*kind));

	*kind = (enum kind)json_word(r->args[1], kinds, 4);
	r->n_args = 1;
	if (r->args[0]->type.kind == TYPE_NULL && resolve_cast(r, 0, type_of(TYPE_VARCHAR)) != 0)
		return -EINVAL;
	if (!type_is_string(r->args[0]->type.kind))
		return resolve_refuse(r);
	r->data = kind;
	r->type = type_of(TYPE_BOOLEAN);
	r->type.nullable = false;
	r->constants = r->args + 1;
	r->n_constants = 1;
	r->kernel = &kernel;
	return 0;
}

static const struct function functions[] = {
	RESOLVED("JSON_VALUE", "", 6, 7, resolve_value,
		"JSON_VALUE(s, path [RETURNING type] [{NULL | ERROR | DEFAULT x} ON EMPTY] [{NULL "
		"| "
		"ERROR | DEFAULT x} ON ERROR])",
		"the scalar at the path, as a string, BOOLEAN or number"),
	RESOLVED("JSON_QUERY", "", 5, 6, resolve_query,
		"JSON_QUERY(s, path [{WITHOUT | WITH [CONDITIONAL | UNCONDITIONAL]} [ARRAY] "
		"WRAPPER] "
		"[{NULL | EMPTY ARRAY | EMPTY OBJECT | ERROR} ON EMPTY] [… ON ERROR])",
		"the object or array at the path, as JSON with its keys sorted"),
	RESOLVED("JSON_EXISTS", "", 3, 3, resolve_exists,
		"JSON_EXISTS(s, path [{TRUE | FALSE | UNKNOWN | ERROR} ON ERROR])",
		"whether there is something at the path"),
	RESOLVED("IS JSON", "", 2, 2, resolve_is_json,
		"s IS [NOT] JSON [VALUE | SCALAR | ARRAY | OBJECT]",
		"whether s is JSON of that kind; NULL is none"),
};

const struct function_family family_json_query = {
	"JSON: asking", functions, sizeof(functions) / sizeof(*functions)};
