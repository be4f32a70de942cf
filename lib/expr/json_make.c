// Making JSON: JSON_STRING, JSON_OBJECT, JSON_ARRAY, JSON_QUOTE, JSON_UNQUOTE.
//
// JSON_OBJECT and JSON_ARRAY are marked as varying so that they are not folded: a call of one as a
// value of another is JSON already and is known by its function.
#include "expr/families.h"
#include "expr/json_call.h"
#include "expr/json_sql.h"
#include "format/json_scan.h"
#include "format/utf8.h"
#include <errno.h>
#include <stdio.h>

static const char *const on_nulls[] = {"NULL", "ABSENT"};

struct make {
	bool is_object, absent_on_null;
	const struct str *keys; // of an object, sorted, for each argument
	bool *is_json; // for each argument: put it as it is
};

static const char no_form[] = "JSON has no form for NaN, infinity and keys that are NULL";

static const void *value_at(const struct call *call, uint16_t i, uint16_t row)
{
	uint32_t width = type_width(call->expr->args[i]->type.kind);

	return (const char *)call->args[i].values + (size_t)row * width;
}

static void json_string(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		struct json_out out = json_out(call);

		if (json_put_sql(&out, call->expr->args[0]->type, value_at(call, 0, row)))
			json_done(call, row, &out);
		else
			call_fail(call, row, no_form);
	}
}

// One argument of JSON_OBJECT or JSON_ARRAY; *n counts those written.
static bool put_argument(
	struct json_out *out, const struct call *call, uint16_t i, uint16_t row, uint32_t *n)
{
	const struct make *make = call->expr->data;
	const struct column *column = &call->args[i];
	bool is_null = nulls_get(column->nulls, row);

	if (is_null && make->absent_on_null)
		return true;
	if ((*n)++ > 0)
		json_put(out, ",", 1);
	if (make->is_object) {
		json_put_string(out, str_data(&make->keys[i]), make->keys[i].len);
		json_put(out, ":", 1);
	}
	if (is_null)
		json_put(out, "null", 4);
	else if (make->is_json[i])
		json_put(out, str_data(str_arg(call, i, row)), str_arg(call, i, row)->len);
	else
		return json_put_sql(out, call->expr->args[i]->type, value_at(call, i, row));
	return true;
}

static void json_make(struct call *call)
{
	const struct make *make = call->expr->data;

	for (uint16_t at = 0; at < call->n; at++) {
		uint16_t row = call_slot(call, at);
		struct json_out out = json_out(call);
		bool is_good = true;
		uint32_t n = 0;

		json_put(&out, make->is_object ? "{" : "[", 1);
		for (uint16_t i = 0; i < call->expr->n_args; i++)
			is_good &= put_argument(&out, call, i, row, &n);
		json_put(&out, make->is_object ? "}" : "]", 1);
		if (is_good)
			json_done(call, row, &out);
		else
			call_fail(call, row, no_form);
	}
}

// Escapes for the character at text, one or two; its bytes in *n. Returns the length.
static uint32_t escape_point(const char *text, uint32_t len, uint32_t *n, char out[16])
{
	const uint8_t *at = (const uint8_t *)text;
	uint32_t point = 0xfffd;

	*n = utf8_length(text, len);
	if (*n == 2)
		point = (at[0] & 0x1fu) << 6 | (at[1] & 0x3fu);
	else if (*n == 3)
		point = (at[0] & 0x0fu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
	else if (*n == 4)
		point = (at[0] & 0x07u) << 18 | (at[1] & 0x3fu) << 12 | (at[2] & 0x3fu) << 6 |
			(at[3] & 0x3fu);
	else
		*n = 1;
	if (point < 0x10000)
		return (uint32_t)snprintf(out, 16, "\\u%04x", point);
	return (uint32_t)snprintf(
		out, 16, "\\u%04x\\u%04x", 0xd7c0 + (point >> 10), 0xdc00 | (point & 0x3ff));
}

// As Flink's: every character beyond ASCII is escaped, and '/'; other control characters are not.
static void json_quote(struct call *call)
{
	static const char from[] = "\"\\/\b\f\n\r\t", to[] = "\"\\/bfnrt";

	CALL_FOREACH(call, row)
	{
		const struct str *a = str_arg(call, 0, row);
		struct json_out out = json_out(call);
		char text[16];

		json_put(&out, "\"", 1);
		for (uint32_t i = 0, n; i < a->len; i += n) {
			const char *at = str_data(a) + i, *known;

			n = 1;
			known = memchr(from, *at, sizeof(from) - 1);
			if (known != NULL)
				json_put(&out, (char[]){'\\', to[known - from]}, 2);
			else if ((uint8_t)*at < 0x80)
				json_put(&out, at, 1);
			else
				json_put(&out, text, escape_point(at, a->len - i, &n, text));
		}
		json_put(&out, "\"", 1);
		json_done(call, row, &out);
	}
}

// A string of JSON without quotes and escapes; anything else as it is.
static void json_unquote(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		const struct str *a = str_arg(call, 0, row);
		const char *text = str_data(a);
		struct json_value value = json_document(text, a->len);
		struct json_out out = json_out(call);

		if (value.start == NULL || value.start != text || value.end != text + a->len ||
			*text != '"') {
			((struct str *)call->values)[row] = *a;
			continue;
		}
		json_put_scalar(&out, value);
		json_done(call, row, &out);
	}
}

// ---- Resolving

static int refuse_value(struct resolve *r, const struct expr *arg)
{
	char name[TYPE_NAME_MAX];
	struct type type = arg->type;

	type.nullable = true;
	return err_set_at(r->err, arg->pos, "%s cannot take %s: use CAST to a STRING",
		r->function->name, type_name(type, name));
}

// A bare NULL needs a type to have a column.
static int check_value(struct resolve *r, uint16_t i)
{
	if (r->args[i]->type.kind == TYPE_NULL)
		return resolve_cast(r, i, type_of(TYPE_VARCHAR));
	return json_has_form(r->args[i]->type) ? 0 : refuse_value(r, r->args[i]);
}

static bool is_made(const struct expr *expr)
{
	return expr->kind == EXPR_CALL && expr->function != NULL &&
	       (strcmp(expr->function->name, "JSON_OBJECT") == 0 ||
		       strcmp(expr->function->name, "JSON_ARRAY") == 0);
}

static int resolve_string(struct resolve *r)
{
	static const struct kernel kernel = {json_string, KERNEL_NULLS | KERNEL_FAULTS};

	r->type = type_of(TYPE_VARCHAR);
	r->kernel = &kernel;
	return check_value(r, 0);
}

static struct make *new_make(struct resolve *r, bool is_object)
{
	static const struct kernel kernel = {json_make, KERNEL_LAX | KERNEL_NULLS | KERNEL_FAULTS};
	struct make *make = arena_alloc(r->arena, sizeof(*make));

	make->is_object = is_object;
	make->absent_on_null = json_word(r->args[0], on_nulls, 2);
	make->is_json = arena_alloc(r->arena, r->n_args * sizeof(*make->is_json));
	r->data = make;
	r->kernel = &kernel;
	r->type = type_of(TYPE_VARCHAR);
	return make;
}

// JSON_ARRAY(on null, value, …)
static int resolve_array(struct resolve *r)
{
	struct make *make = new_make(r, false);

	r->args++;
	r->n_args--;
	for (uint16_t i = 0; i < r->n_args; i++) {
		make->is_json[i] = is_made(r->args[i]);
		if (check_value(r, i) != 0)
			return -EINVAL;
	}
	return 0;
}

// Put key and value where they belong among the first n; of equal keys the last one stays.
static uint16_t insert_member(struct str *keys, const struct expr **values, uint16_t n,
	struct str key, const struct expr *value)
{
	uint16_t at = n;

	while (at > 0 && str_compare(&keys[at - 1], &key) > 0)
		at--;
	if (at > 0 && str_equal(&keys[at - 1], &key)) {
		values[at - 1] = value;
		return n;
	}
	memmove(keys + at + 1, keys + at, (size_t)(n - at) * sizeof(*keys));
	memmove(values + at + 1, values + at, (size_t)(n - at) * sizeof(*values));
	keys[at] = key;
	values[at] = value;
	return n + 1;
}

// JSON_OBJECT(on null, key, value, …)
static int resolve_object(struct resolve *r)
{
	struct make *make = new_make(r, true);
	struct str *keys = arena_alloc(r->arena, r->n_args * sizeof(*keys));
	const struct expr **values = arena_alloc(r->arena, r->n_args * sizeof(*values));
	uint16_t n = 0;

	for (uint16_t i = 1; i + 1 < r->n_args; i += 2) {
		const struct expr *key = r->args[i];

		if (!expr_is_literal(key) || key->is_null || !type_is_string(key->type.kind))
			return err_set_at(
				r->err, key->pos, "a key of JSON_OBJECT must be a string literal");
		if (check_value(r, i + 1) != 0)
			return -EINVAL;
		n = insert_member(keys, values, n, key->value.str, r->args[i + 1]);
	}
	for (uint16_t i = 0; i < n; i++)
		make->is_json[i] = is_made(values[i]);
	make->keys = keys;
	r->args = values;
	r->n_args = n;
	return 0;
}

#define F(sql, min, max, resolver, use, text)                                                 \
	{                                                                                     \
		.name = sql, .n_min = min, .n_max = max, .varies = true, .resolve = resolver, \
		.usage = use, .doc = text                                                     \
	}

static const struct function functions[] = {
	F("JSON_OBJECT", 1, FUNCTION_ARGS_ANY, resolve_object,
		"JSON_OBJECT([KEY] k VALUE v, … [{NULL | ABSENT} ON NULL])",
		"an object with these members, sorted by key"),
	F("JSON_ARRAY", 1, FUNCTION_ARGS_ANY, resolve_array,
		"JSON_ARRAY(v, … [{NULL | ABSENT} ON NULL])",
		"an array of these elements; NULLs are left out when nothing is said"),
	RESOLVED("JSON_STRING", ".", 1, 1, resolve_string, "JSON_STRING(x)", "x as JSON"),
	FUNCTION("JSON_QUOTE", "s", 1, 1, json_quote, KERNEL_NULLS, TYPE_VARCHAR, "JSON_QUOTE(s)",
		"s as a string of JSON, in ASCII"),
	FUNCTION("JSON_UNQUOTE", "s", 1, 1, json_unquote, KERNEL_NULLS, TYPE_VARCHAR,
		"JSON_UNQUOTE(s)", "the text of a string of JSON; anything else as it is"),
};

const struct function_family family_json_make = {
	"JSON: making", functions, sizeof(functions) / sizeof(*functions)};
