// Calls of functions by name, some of which have a syntax of their own between the parentheses.
#include "sql/parser.h"
#include "sql/grammar.h"
#include <ctype.h>
#include <string.h>

// Which functions take which form; all take commas, but EXTRACT and the casts.
static const struct {
	const char *name;
	enum call_form form;
} forms[] = {
	{"CAST", CALL_AS},
	{"TRY_CAST", CALL_AS},
	{"FLOOR", CALL_TO},
	{"CEIL", CALL_TO},
	{"EXTRACT", CALL_FROM},
	{"SUBSTRING", CALL_FROM},
	{"TRIM", CALL_FROM},
	{"TRIM", CALL_TRIM},
	{"OVERLAY", CALL_PLACING},
};

// For the message when another form was written.
static const struct {
	const char *name, *right;
} commas_refused[] = {
	{"CAST", "CAST(x AS type)"},
	{"TRY_CAST", "TRY_CAST(x AS type)"},
	{"EXTRACT", "EXTRACT(unit FROM x)"},
	{"OVERLAY", "OVERLAY(x PLACING y FROM start FOR length)"},
};

static const char *form_text(enum call_form form)
{
	static const char *const texts[] = {
		[CALL_COMMAS] = "','",
		[CALL_STAR] = "'*'",
		[CALL_AS] = "AS",
		[CALL_TO] = "TO",
		[CALL_FROM] = "FROM",
		[CALL_PLACING] = "PLACING",
		[CALL_TRIM] = "BOTH, LEADING or TRAILING",
		[CALL_JSON] = "clause of JSON functions",
		[CALL_PAIRS] = "VALUE",
	};

	return texts[form];
}

static bool form_fits(const char *name, enum call_form form)
{
	if (form == CALL_COMMAS || form == CALL_STAR)
		return true;
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (strcmp(forms[i].name, name) == 0 && forms[i].form == form)
			return true;
	return false;
}

static void check_form(struct parser *p, struct pos pos, const char *name, enum call_form form)
{
	if (!form_fits(name, form))
		parse_fail(p, pos, "%s takes no %s between its arguments: separate them with ','",
			parse_excerpt(p, name), form_text(form));
	if (form == CALL_STAR && strcmp(name, "COUNT") != 0)
		parse_fail(p, pos, "only COUNT takes '*' as its argument, %s takes a value",
			parse_excerpt(p, name));
	for (size_t i = 0; i < sizeof(commas_refused) / sizeof(*commas_refused); i++)
		if (form == CALL_COMMAS && strcmp(commas_refused[i].name, name) == 0)
			parse_fail(p, pos, "write it as %s", commas_refused[i].right);
}

// Upper case, and of two names the first: CEILING is CEIL.
static const char *canonical(struct parser *p, struct ast_name *name)
{
	char *text = arena_strdup(p->arena, name->text);
	bool is_plain = text[0] == '_' || isalpha((unsigned char)text[0]);
	int keyword;

	for (char *c = text; *c != '\0'; c++) {
		is_plain &= *c == '_' || *c == '$' || isalnum((unsigned char)*c);
		*c = (char)toupper((unsigned char)*c);
	}
	keyword = keyword_token(text, strlen(text));
	// Operators are calls, too, and named by reserved words: `IN`(x) must not become one.
	if (!is_plain || (keyword >= TOK_ALL && keyword <= TOK_WITHIN))
		parse_fail(p, name->pos, "'%s' is not the name of a function",
			parse_excerpt(p, name->text));
	return strcmp(text, "CEILING") == 0 ? "CEIL" : text;
}

static struct ast_expr *build_trim(struct parser *p, struct pos pos, struct list args)
{
	struct ast_expr *both = build_symbol(p, pos, "BOTH");
	struct list rest =
		args.n == 1 ? LIST(p, both, literal_string(p, pos, " ")) : list_of(p, both);

	return build_call(p, pos, "TRIM", list_join(p, rest, args));
}

struct ast_expr *build_function(struct parser *p, struct ast_name *name, struct call_args args)
{
	const char *function = canonical(p, name);
	struct ast_expr **items = args.args.items;
	struct ast_expr *call;

	if (json_is_function(function))
		return build_json(p, name->pos, function, args);
	check_form(p, name->pos, function, args.form);
	if (strcmp(function, "TRIM") == 0 && args.form != CALL_TRIM)
		return build_trim(p, name->pos, args.args);
	if (args.form == CALL_TO)
		items[1] = build_unit(p, items[1]);
	if (args.form == CALL_FROM && strcmp(function, "EXTRACT") == 0)
		items[0] = build_unit(p, items[0]);
	if (args.args.n > 0 &&
		(strcmp(function, "TIMESTAMPADD") == 0 || strcmp(function, "TIMESTAMPDIFF") == 0))
		items[0] = build_unit(p, items[0]);
	call = build_call(p, name->pos, function, args.args);
	call->call->distinct = args.distinct;
	call->call->to = args.to;
	return call;
}
