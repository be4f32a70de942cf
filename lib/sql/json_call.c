// Calls of JSON functions: clauses, which may come in any order or be left out, go to places of
// their own (ast.h), so that the function behind need not tell them from arguments.
#include "sql/parser.h"
#include <string.h>

#define BIT(kind) (1u << (kind))
enum { ANSWER_WORDS_MAX = 6 };

// What a function takes.
static const struct form {
	const char *name, *right;
	uint32_t clauses; // of kinds
	bool pairs;
	int n_args; // −1: any number
	const char *answers[ANSWER_WORDS_MAX]; // of ON EMPTY and ON ERROR
} forms[] = {
	{"JSON_VALUE", "JSON_VALUE(json, path …)",
		BIT(JSON_RETURNING) | BIT(JSON_ON_EMPTY) | BIT(JSON_ON_ERROR), false, 2,
		{"NULL", "ERROR", "DEFAULT"}},
	{"JSON_QUERY", "JSON_QUERY(json, path …)",
		BIT(JSON_RETURNING) | BIT(JSON_WRAPPER) | BIT(JSON_ON_EMPTY) | BIT(JSON_ON_ERROR),
		false, 2, {"NULL", "ERROR", "EMPTY ARRAY", "EMPTY OBJECT"}},
	{"JSON_EXISTS", "JSON_EXISTS(json, path …)", BIT(JSON_ON_ERROR), false, 2,
		{"TRUE", "FALSE", "UNKNOWN", "ERROR"}},
	{"JSON_OBJECT", "JSON_OBJECT(KEY 'a' VALUE b, …)", BIT(JSON_ON_NULL), true, -1, {0}},
	{"JSON_OBJECTAGG", "JSON_OBJECTAGG(KEY a VALUE b)", BIT(JSON_ON_NULL), true, 2, {0}},
	{"JSON_ARRAY", "JSON_ARRAY(a, b, …)", BIT(JSON_ON_NULL), false, -1, {0}},
	{"JSON_ARRAYAGG", "JSON_ARRAYAGG(a)", BIT(JSON_ON_NULL), false, 1, {0}},
};

static const struct form *find_form(const char *name)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (strcmp(forms[i].name, name) == 0)
			return &forms[i];
	return NULL;
}

bool json_is_function(const char *name)
{
	return find_form(name) != NULL;
}

static void check_answer(
	struct parser *p, const struct form *form, const struct json_clause *clause)
{
	if (clause->kind != JSON_ON_EMPTY && clause->kind != JSON_ON_ERROR)
		return;
	for (int i = 0; i < ANSWER_WORDS_MAX && form->answers[i] != NULL; i++)
		if (strcmp(form->answers[i], clause->word) == 0)
			return;
	parse_fail(p, clause->pos, "%s knows no %s ON %s", form->name, clause->word,
		clause->kind == JSON_ON_EMPTY ? "EMPTY" : "ERROR");
}

// The clauses by kind; NULL where one is not written.
static void sort_clauses(struct parser *p, const struct form *form, struct list list,
	const struct json_clause *clauses[JSON_CLAUSES])
{
	static const char *const names[] = {
		[JSON_RETURNING] = "RETURNING",
		[JSON_WRAPPER] = "WRAPPER",
		[JSON_ON_EMPTY] = "ON EMPTY",
		[JSON_ON_ERROR] = "ON ERROR",
		[JSON_ON_NULL] = "ON NULL",
	};

	for (uint32_t i = 0; i < list.n; i++) {
		const struct json_clause *clause = ((struct json_clause **)list.items)[i];

		if (!(form->clauses & BIT(clause->kind)))
			parse_fail(
				p, clause->pos, "%s takes no %s", form->name, names[clause->kind]);
		else if (clauses[clause->kind] != NULL)
			parse_fail(p, clause->pos, "%s is written twice", names[clause->kind]);
		else
			check_answer(p, form, clause);
		clauses[clause->kind] = clause;
	}
}

static struct list add_word(struct parser *p, struct list args, struct pos pos,
	const struct json_clause *clause, const char *otherwise)
{
	return list_append(p, args,
		build_symbol(p, clause != NULL ? clause->pos : pos,
			clause != NULL ? clause->word : otherwise));
}

static struct list add_default(
	struct parser *p, struct list args, struct pos pos, const struct json_clause *clause)
{
	bool has_value = clause != NULL && clause->value != NULL;

	return list_append(p, args, has_value ? clause->value : literal_null(p, pos, TYPE_NULL));
}

// The arguments with the clauses in their places.
static struct list place(struct parser *p, struct pos pos, const char *name, struct list args,
	const struct json_clause *clauses[JSON_CLAUSES])
{
	const struct json_clause *on_null = clauses[JSON_ON_NULL];

	if (strcmp(name, "JSON_VALUE") == 0) {
		args = add_word(p, args, pos, clauses[JSON_ON_EMPTY], "NULL");
		args = add_default(p, args, pos, clauses[JSON_ON_EMPTY]);
		args = add_word(p, args, pos, clauses[JSON_ON_ERROR], "NULL");
		return add_default(p, args, pos, clauses[JSON_ON_ERROR]);
	}
	if (strcmp(name, "JSON_QUERY") == 0) {
		args = add_word(p, args, pos, clauses[JSON_WRAPPER], "WITHOUT");
		args = add_word(p, args, pos, clauses[JSON_ON_EMPTY], "NULL");
		return add_word(p, args, pos, clauses[JSON_ON_ERROR], "NULL");
	}
	if (strcmp(name, "JSON_EXISTS") == 0)
		return add_word(p, args, pos, clauses[JSON_ON_ERROR], "FALSE");
	if (strcmp(name, "JSON_OBJECT") == 0)
		return list_join(p, add_word(p, NO_LIST, pos, on_null, "NULL"), args);
	if (strcmp(name, "JSON_ARRAY") == 0)
		return list_join(p, add_word(p, NO_LIST, pos, on_null, "ABSENT"), args);
	return on_null == NULL ? args : add_word(p, args, pos, on_null, NULL); // aggregates
}

struct ast_expr *build_json(
	struct parser *p, struct pos pos, const char *name, struct call_args args)
{
	const struct json_clause *clauses[JSON_CLAUSES] = {0};
	const struct form *form = find_form(name);
	bool is_right =
		args.form == CALL_COMMAS || args.form == CALL_JSON || args.form == CALL_PAIRS;
	struct ast_expr *call;

	if (args.args.n > 0 && form->pairs != (args.form == CALL_PAIRS))
		is_right = false;
	if (!is_right || (form->n_args >= 0 && args.args.n != (uint32_t)form->n_args))
		parse_fail(p, pos, "write it as %s", form->right);
	sort_clauses(p, form, args.clauses, clauses);
	call = build_call(p, pos, name, place(p, pos, name, args.args, clauses));
	call->call->distinct = args.distinct;
	call->call->to = clauses[JSON_RETURNING] != NULL ? clauses[JSON_RETURNING]->type : NULL;
	return call;
}
