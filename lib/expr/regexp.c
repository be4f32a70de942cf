// Functions of regular expressions. Each program has its own compiled ones: a constant pattern is
// compiled when the program is made, those from a column as they come, the last few kept. A pattern
// from a column that is wrong gives NULL (REGEXP: FALSE), as in Flink.
//
// Matches follow one another as in java.util.regex: the next is looked for where the last one
// ended, and after an empty one a character further.
#include "expr/call.h"
#include "expr/families.h"
#include "expr/nested.h"
#include "expr/regex.h"
#include "expr/string_call.h"
#include "expr/text.h"
#include <errno.h>
#include <stdlib.h>

enum { KEPT_MAX = 8 };

struct kept {
	char *pattern; // [:len]; NULL: nothing is kept here
	uint32_t len;
	struct regex *regex; // NULL: it is wrong
};

struct patterns {
	bool is_constant; // then regex is it
	bool is_similar;
	int escape;
	struct regex *regex;
	struct kept kept[KEPT_MAX];
	uint32_t next; // of kept, to give up
};

static struct regex *compile(
	const struct patterns *patterns, const struct str *pattern, char why[REGEX_WHY_MAX])
{
	char text[REGEX_TEXT_MAX];
	int32_t len = patterns->is_similar
			      ? regex_from_similar(str_data(pattern), pattern->len,
					patterns->escape, text, why)
			      : regex_from_java(str_data(pattern), pattern->len, text, why);

	return len >= 0 ? regex_new(text, (uint32_t)len, patterns->is_similar, why) : NULL;
}

// One byte of a literal; −1 when there is none, −2 when it is something else.
static int escape_of(const struct expr *const *args, uint16_t n_args)
{
	const struct str *text = n_args > 2 ? &args[2]->value.str : NULL;

	if (n_args < 3)
		return -1;
	if (!expr_is_literal(args[2]) || args[2]->is_null)
		return -2;
	return text->len == 1 && text->prefix[0] > 0 ? text->prefix[0] : -2;
}

static void *patterns_new(const struct expr *expr)
{
	struct patterns *patterns = calloc(1, sizeof(*patterns));
	char why[REGEX_WHY_MAX];

	if (patterns == NULL)
		return NULL;
	patterns->is_similar = strcmp(expr->function->name, "SIMILAR TO") == 0;
	patterns->escape = patterns->is_similar ? escape_of(expr->args, expr->n_args) : -1;
	patterns->is_constant = expr_is_literal(expr->args[1]);
	if (patterns->is_constant && !expr->args[1]->is_null)
		patterns->regex = compile(patterns, &expr->args[1]->value.str, why);
	return patterns;
}

static void patterns_free(void *state)
{
	struct patterns *patterns = state;

	for (int i = 0; i < KEPT_MAX; i++) {
		regex_free(patterns->kept[i].regex);
		free(patterns->kept[i].pattern);
	}
	regex_free(patterns->regex);
	free(patterns);
}

static struct regex *keep(struct patterns *patterns, const struct str *pattern)
{
	struct kept *kept = &patterns->kept[patterns->next++ % KEPT_MAX];
	char why[REGEX_WHY_MAX];

	regex_free(kept->regex);
	free(kept->pattern);
	kept->regex = NULL;
	kept->len = pattern->len;
	kept->pattern = malloc(pattern->len + 1u);
	if (kept->pattern == NULL)
		return NULL;
	memcpy(kept->pattern, str_data(pattern), pattern->len);
	kept->regex = compile(patterns, pattern, why);
	return kept->regex;
}

// The row's expression, or NULL when it is wrong.
static struct regex *regex_of(struct call *call, uint16_t row)
{
	struct patterns *patterns = call->state;
	const struct str *pattern = str_arg(call, 1, row);

	if (patterns->is_constant)
		return patterns->regex;
	for (int i = 0; i < KEPT_MAX; i++) {
		const struct kept *kept = &patterns->kept[i];

		if (kept->pattern != NULL && kept->len == pattern->len &&
			memcmp(kept->pattern, str_data(pattern), pattern->len) == 0)
			return kept->regex;
	}
	return keep(patterns, pattern);
}

static void regexp(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		const struct str *text = str_arg(call, 0, row);
		bool is_empty = str_arg(call, 1, row)->len == 0; // matches nothing, says Flink
		const struct regex *regex = is_empty ? NULL : regex_of(call, row);

		set_bool(call, row,
			regex != NULL && regex_find(regex, str_data(text), text->len, 0, NULL, 0));
	}
}

static void similar(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		const struct str *text = str_arg(call, 0, row);
		const struct regex *regex = regex_of(call, row);

		if (regex == NULL)
			call_fail(call, row, "a SIMILAR TO pattern is wrong");
		else
			set_bool(call, row,
				regex_find(regex, str_data(text), text->len, 0, NULL, 0));
	}
}

static void extract(struct call *call)
{
	bool has_group = call->expr->n_args > 2;

	CALL_FOREACH(call, row)
	{
		const struct str *text = str_arg(call, 0, row);
		const struct regex *regex = regex_of(call, row);
		int32_t group = has_group ? (int32_t)big_arg(call, 2, row) : 0;
		struct regex_span spans[REGEX_GROUPS_MAX + 1];

		if (regex == NULL || group < 0 || (uint32_t)group > regex_groups(regex) ||
			!regex_find(
				regex, str_data(text), text->len, 0, spans, (uint32_t)group + 1) ||
			spans[group].start < 0)
			nulls_set(call->nulls, row);
		else
			set_str(call, row, str_data(text) + spans[group].start,
				(uint32_t)(spans[group].end - spans[group].start));
	}
}

// The next match behind *at, which moves on. spans[0] is its place.
static bool next_match(
	const struct regex *regex, const struct str *text, int64_t *at, struct regex_span *span)
{
	if (*at > text->len ||
		!regex_find(regex, str_data(text), text->len, (uint32_t)*at, span, 1))
		return false;
	*at = span->end;
	if (span->end == span->start)
		*at = span->end < (int64_t)text->len
			      ? text_next(str_data(text), text->len, (uint32_t)span->end)
			      : (int64_t)text->len + 1;
	return true;
}

static void count(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		const struct regex *regex = regex_of(call, row);
		struct regex_span span;
		int32_t n = 0;
		int64_t at = 0;

		if (regex == NULL) {
			nulls_set(call->nulls, row);
			continue;
		}
		while (next_match(regex, str_arg(call, 0, row), &at, &span))
			n++;
		set_int(call, row, n);
	}
}

static void instr(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		const struct str *text = str_arg(call, 0, row);
		const struct regex *regex = regex_of(call, row);
		struct regex_span span;

		if (regex == NULL)
			nulls_set(call->nulls, row);
		else if (!regex_find(regex, str_data(text), text->len, 0, &span, 1))
			set_int(call, row, 0);
		else
			set_int(call, row,
				(int32_t)text_count(str_data(text), (uint32_t)span.start) + 1);
	}
}

// Like next_match(), with groups. False as well when there is no such group.
static bool next_groups(const struct regex *regex, const struct str *text, uint32_t group,
	int64_t *at, struct regex_span spans[REGEX_GROUPS_MAX + 1])
{
	int64_t from = *at;

	return next_match(regex, text, at, spans) &&
	       (group == 0 || regex_find(regex, str_data(text), text->len, (uint32_t)from, spans,
				      group + 1));
}

// The group of every match, NULL where it took no part.
static void put_all(struct call *call, uint16_t row, const struct regex *regex, uint32_t group)
{
	const struct str *text = str_arg(call, 0, row);
	struct regex_span spans[REGEX_GROUPS_MAX + 1];
	struct nested_writer w;
	uint32_t n = 0;
	int64_t at = 0;

	while (next_match(regex, text, &at, spans))
		n++;
	nested_begin_array(call, n, &w);
	for (at = 0; next_groups(regex, text, group, &at, spans);) {
		struct regex_span span = spans[group];
		struct str part;

		if (span.start >= 0)
			part = str_view(
				str_data(text) + span.start, (uint32_t)(span.end - span.start));
		nested_put(&w, span.start >= 0 ? &part : NULL);
	}
	nested_done(call, row, &w);
}

static void extract_all(struct call *call)
{
	bool has_group = call->expr->n_args > 2;

	CALL_FOREACH(call, row)
	{
		const struct regex *regex = regex_of(call, row);
		int32_t group = has_group ? int_arg(call, 2, row) : 1;

		if (regex == NULL || group < 0 || (uint32_t)group > regex_groups(regex))
			nulls_set(call->nulls, row);
		else
			put_all(call, row, regex, (uint32_t)group);
	}
}

// text with every match replaced, in room[:max]. Returns the length, or UINT64_MAX when there is
// not enough room.
static uint64_t replace_matches(const struct regex *regex, const struct str *text,
	const struct str *with, char *room, uint64_t max)
{
	const char *data = str_data(text);
	struct regex_span span;
	uint32_t kept = 0; // up to here text is written
	uint64_t len = 0;
	int64_t at = 0;

	while (next_match(regex, text, &at, &span)) {
		uint32_t n = (uint32_t)span.start - kept;

		if (len + n + with->len > max)
			return UINT64_MAX;
		memcpy(room + len, data + kept, n);
		append_str(room + len + n, with);
		len += n + (uint64_t)with->len;
		kept = (uint32_t)span.end;
	}
	if (len + text->len - kept > max)
		return UINT64_MAX;
	memcpy(room + len, data + kept, text->len - kept);
	return len + text->len - kept;
}

static void replace(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		char *room = call->heap->bytes + call->heap->used;
		const struct regex *regex = regex_of(call, row);
		uint64_t len;

		if (regex == NULL) {
			nulls_set(call->nulls, row);
			continue;
		}
		len = replace_matches(regex, str_arg(call, 0, row), str_arg(call, 2, row), room,
			call->heap->size - call->heap->used);
		if (len != UINT64_MAX)
			call_str_done(call, row, room, (uint32_t)len);
		else
			call_str_full(call, row);
	}
}

// The letters say the types; a constant pattern is tried.
static int resolve_pattern(struct resolve *r)
{
	struct patterns patterns = {.escape = -1};
	char why[REGEX_WHY_MAX];
	struct regex *regex;

	if (resolve_letters(r) != 0)
		return -EINVAL;
	patterns.is_similar = strcmp(r->function->name, "SIMILAR TO") == 0;
	if (patterns.is_similar)
		patterns.escape = escape_of(r->args, r->n_args);
	if (patterns.escape == -2)
		return err_set_at(r->err, r->args[2]->pos, "ESCAPE takes one ASCII character");
	r->kernel = &r->function->kernel;
	r->type = r->function->result == TYPE_ARRAY ? type_array(r->arena, type_of(TYPE_VARCHAR))
						    : type_of(r->function->result);
	if (!expr_is_literal(r->args[1]) || r->args[1]->is_null)
		return 0;
	regex = compile(&patterns, &r->args[1]->value.str, why);
	if (regex == NULL)
		return err_set_at(r->err, r->args[1]->pos, "%s: %s",
			patterns.is_similar ? "the pattern of SIMILAR TO is wrong"
					    : "the regular expression is wrong",
			why);
	regex_free(regex);
	return 0;
}

#define F(sql, letters, min, max, run, more, kind, use, text)                               \
	{                                                                                   \
		.name = sql, .args = letters, .n_min = min, .n_max = max,                   \
		.resolve = resolve_pattern, .kernel = {run, KERNEL_STATE | (more)},         \
		.open = patterns_new, .close = patterns_free, .result = kind, .usage = use, \
		.doc = text                                                                 \
	}

static const struct function functions[] = {
	F("REGEXP", "ss", 2, 2, regexp, 0, TYPE_BOOLEAN, "REGEXP(s, regex)",
		"whether a part of s matches; '' matches nothing"),
	F("REGEXP_EXTRACT", "ssl", 2, 3, extract, KERNEL_NULLS, TYPE_VARCHAR,
		"REGEXP_EXTRACT(s, regex [, group])",
		"the first match, or this group of it; NULL when there is none"),
	F("REGEXP_EXTRACT_ALL", "ssi", 2, 3, extract_all, KERNEL_NULLS, TYPE_ARRAY,
		"REGEXP_EXTRACT_ALL(s, regex [, group])",
		"an ARRAY of group (1 when not said, 0 is the whole) of every match"),
	F("REGEXP_REPLACE", "sss", 3, 3, replace, KERNEL_NULLS, TYPE_VARCHAR,
		"REGEXP_REPLACE(s, regex, a)",
		"every match in s replaced by a, taken as it stands"),
	F("REGEXP_COUNT", "ss", 2, 2, count, KERNEL_NULLS, TYPE_INT, "REGEXP_COUNT(s, regex)",
		"how many matches there are, one behind the other"),
	F("REGEXP_INSTR", "ss", 2, 2, instr, KERNEL_NULLS, TYPE_INT, "REGEXP_INSTR(s, regex)",
		"where the first match starts, from 1; 0 when there is none"),
	F("REGEXP_SUBSTR", "ss", 2, 2, extract, KERNEL_NULLS, TYPE_VARCHAR,
		"REGEXP_SUBSTR(s, regex)", "the first match; NULL when there is none"),
	F("SIMILAR TO", "sss", 2, 3, similar, KERNEL_FAULTS, TYPE_BOOLEAN,
		"a SIMILAR TO pattern [ESCAPE c]",
		"LIKE with | * + ? {n,m} ( ) and classes like [a-z], [^0-9], [:ALPHA:]"),
};

const struct function_family family_regexp = {
	"Regular expressions", functions, sizeof(functions) / sizeof(*functions)};
