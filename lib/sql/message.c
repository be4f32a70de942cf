// Syntax errors in a person's words: "expected a table name after FROM, found ';'".
//
// From the set of tokens that would have been right, the kind of thing that was expected is told by
// the tokens that only it can begin with: an expression by CASE, a type by MULTISET, a name by a
// quoted one. What is left is a short list of tokens, the most telling first.
#include "sql/parser.h"
#include "sql/grammar.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { NAME_SIZE = 64, LISTED_MAX = 3, LIST_SIZE = (LISTED_MAX + 1) * NAME_SIZE };

struct expected {
	const int *tokens;
	int n;
	const char *(*name)(int token);
};

static bool has(const struct expected *expected, int token)
{
	for (int i = 0; i < expected->n; i++)
		if (expected->tokens[i] == token)
			return true;
	return false;
}

// ---- What was expected

// The one kind of thing that was expected, or NULL.
static const char *kind_expected(const struct expected *expected, int after)
{
	bool query = has(expected, TOK_SELECT);

	if (query && has(expected, TOK_CREATE))
		return "a statement such as SELECT, INSERT INTO or CREATE TABLE";
	if (has(expected, TOK_CASE))
		return query ? "an expression or a query" : "an expression";
	if (has(expected, TOK_MULTISET) && has(expected, TOK_DOUBLE))
		return has(expected, TOK_AS) ? "a type, or AS and an expression" : "a type";
	if (has(expected, TOK_WATERMARK))
		return "a column, WATERMARK or PRIMARY KEY";
	if (query)
		return "a query (SELECT or VALUES)";
	if (has(expected, TOK_WORD) && !has(expected, TOK_QUOTED))
		return "a unit of time such as SECOND";
	if (has(expected, TOK_RAW))
		return after == TOK_EQUAL ? "a value" : "a key such as 'parallelism.default'";
	return NULL;
}

// A name is the only thing that can stand there, not one of several that can go on.
static bool needs_name(const struct expected *expected)
{
	static const int others[] = {
		TOK_COMMA, TOK_CLOSE, TOK_SEMICOLON, TOK_AS, TOK_ON, TOK_USING};

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (has(expected, others[i]))
			return false;
	return has(expected, TOK_QUOTED);
}

// What a name behind this token names.
static const char *named_after(int token)
{
	switch (token) {
	case TOK_FROM:
	case TOK_JOIN:
	case TOK_INTO:
		return "a table name";
	case TOK_TABLE:
		return "the table's name";
	case TOK_VIEW:
		return "the view's name";
	default:
		return "a name";
	}
}

// ---- Lists of tokens

// Operators can follow every expression: they are summed up. The AND of a BETWEEN is none.
static bool is_operator(const struct expected *expected, int token)
{
	static const int words[] = {TOK_OR, TOK_IS, TOK_NOT, TOK_IN, TOK_LIKE, TOK_BETWEEN,
		TOK_SIMILAR, TOK_OVER, TOK_FILTER, TOK_WITHIN, TOK_IGNORE, TOK_RESPECT, TOK_ESCAPE,
		TOK_OPEN, TOK_OPEN_INDEX};

	if (!has(expected, TOK_CONCAT))
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (token == words[i])
			return true;
	return (token == TOK_AND && has(expected, TOK_OR)) ||
	       (token >= TOK_EQUAL && token <= TOK_CONCAT);
}

// The most telling come first, the rest in the order of the grammar's list.
static int rank(int token)
{
	static const int first[] = {TOK_FROM, TOK_THEN, TOK_WHEN, TOK_END, TOK_ON, TOK_USING,
		TOK_TABLE, TOK_VIEW, TOK_TEMPORARY, TOK_DEFINE, TOK_AND, TOK_CLOSE, TOK_GREATER,
		TOK_COMMA, TOK_CLOSE_INDEX, TOK_AS, TOK_NULL, TOK_NOT, TOK_ENFORCED, TOK_WHERE,
		TOK_GROUP, TOK_ORDER};
	const int n = sizeof(first) / sizeof(*first);

	for (int i = 0; i < n; i++)
		if (token == first[i])
			return i;
	return n + token;
}

static const char *shown(const struct expected *expected, int token, char buffer[NAME_SIZE])
{
	const char *name = expected->name(token);
	bool is_word = name[0] >= 'A';

	if (token == TOK_GROUP || token == TOK_ORDER || token == TOK_PARTITION)
		snprintf(buffer, NAME_SIZE, "%s BY", name);
	else
		snprintf(buffer, NAME_SIZE, is_word ? "%s" : "'%s'", name);
	return buffer;
}

static bool is_listed(const struct expected *expected, int token)
{
	bool is_name = token == TOK_WORD || token == TOK_QUOTED || token > TOK_WITHIN;

	if (token == TOK_END_OF_SCRIPT || token == TOK_SEMICOLON || token == TOK_DOT)
		return false;
	if (is_name && has(expected, TOK_QUOTED))
		return false;
	return !is_operator(expected, token);
}

// The listed token of the least rank above the last one, or 0.
static int next_listed(const struct expected *expected, int last_rank)
{
	int best = 0;

	for (int i = 0; i < expected->n; i++) {
		int token = expected->tokens[i];

		if (is_listed(expected, token) && rank(token) > last_rank &&
			(best == 0 || rank(token) < rank(best)))
			best = token;
	}
	return best;
}

// "','", "FROM, WHERE or ';'": at most LISTED_MAX of them.
static void list_tokens(const struct expected *expected, char *text)
{
	char items[LISTED_MAX + 1][NAME_SIZE];
	int n = 0, token, last_rank = -1;
	size_t len = 0;

	if (has(expected, TOK_CONCAT))
		snprintf(items[n++], NAME_SIZE, "an operator");
	while (n < LISTED_MAX && (token = next_listed(expected, last_rank)) != 0) {
		shown(expected, token, items[n++]);
		last_rank = rank(token);
	}
	if (has(expected, TOK_SEMICOLON) || n == 0)
		snprintf(items[n++], NAME_SIZE, "';'");
	for (int i = 0; i < n; i++)
		len += (size_t)snprintf(text + len, LIST_SIZE - len, "%s%s",
			i == 0	     ? ""
			: i == n - 1 ? " or "
				     : ", ",
			items[i]);
}

// ---- The token that was found

// A token as a message calls it: keywords in upper case, other text in quotes.
static const char *described(struct parser *p, const struct token *token, bool found)
{
	char *text;

	if (token->kind == TOK_END_OF_SCRIPT)
		return "the end of the script";
	if (token->kind == TOK_STRING)
		return arena_printf(p->arena, "the string %s", parse_excerpt(p, token->text));
	if (token->kind < TOK_ALL || found)
		return arena_printf(p->arena, "'%s'", parse_excerpt(p, token->text));
	text = arena_strdup(p->arena, token->text);
	for (char *c = text; *c != '\0'; c++)
		*c = (char)toupper((unsigned char)*c);
	return text;
}

// " after FROM", or nothing at the start of a statement.
static const char *place_of(struct parser *p)
{
	if (p->before.kind == 0 || p->before.kind == TOK_SEMICOLON)
		return "";
	return arena_printf(p->arena, " after %s", described(p, &p->before, false));
}

void parse_fail_unexpected(struct parser *p, struct pos pos, int found, const int *expected,
	int n_expected, const char *(*name)(int token))
{
	const struct expected set = {expected, n_expected, name};
	const char *kind = kind_expected(&set, p->before.kind);
	const char *place = place_of(p);
	const char *text = described(p, &p->last, true);
	char list[LIST_SIZE];
	bool is_reserved = found >= TOK_ALL && found <= TOK_WITHIN;

	if (kind == NULL && needs_name(&set) && is_reserved)
		parse_fail(p, pos,
			"expected %s%s, found the keyword %s: as a name, write it in backticks",
			named_after(p->before.kind), place, text);
	else if (kind != NULL || needs_name(&set))
		parse_fail(p, pos, "expected %s%s, found %s",
			kind != NULL ? kind : named_after(p->before.kind), place, text);
	else {
		list_tokens(&set, list);
		parse_fail(p, pos, "expected %s%s, found %s", list, place, text);
	}
}
