#include "expr/json_path.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct reader {
	const char *start, *at, *end;
	struct json_path *path;
	char *why;
};

static int refuse(const struct reader *r, const char *what)
{
	snprintf(r->why, JSON_PATH_WHY_MAX, "%s at byte %u", what,
		(unsigned int)(r->at - r->start) + 1);
	return -1;
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip_blanks(struct reader *r)
{
	while (r->at < r->end && is_blank(*r->at))
		r->at++;
}

static int add(struct reader *r, struct json_step step)
{
	if (r->path->n_steps == JSON_STEPS_MAX)
		return refuse(r, "more than 32 steps");
	r->path->steps[r->path->n_steps++] = step;
	r->path->is_definite &= step.kind != JSON_STEP_ALL;
	return 0;
}

// lax, strict and a blank; without them the path is strict.
static void read_mode(struct reader *r)
{
	static const char *const words[] = {"lax", "strict"};

	for (int i = 0; i < 2; i++) {
		size_t len = strlen(words[i]);

		if ((size_t)(r->end - r->at) > len && strncasecmp(r->at, words[i], len) == 0 &&
			is_blank(r->at[len])) {
			r->path->is_lax = i == 0;
			r->at += len;
			skip_blanks(r);
			return;
		}
	}
}

// Behind the dot: a name up to the next dot or bracket, or *.
static int read_name(struct reader *r)
{
	const char *start = r->at;

	if (r->at < r->end && *r->at == '*') {
		r->at++;
		return add(r, (struct json_step){.kind = JSON_STEP_ALL});
	}
	if (r->at < r->end && *r->at == '.')
		return refuse(r, "'..' is not supported");
	while (r->at < r->end && strchr(".[(", *r->at) == NULL && !is_blank(*r->at))
		r->at++;
	if (r->at < r->end && *r->at == '(')
		return refuse(r, "a path's functions are not supported");
	if (r->at == start)
		return refuse(r, "a name is missing");
	return add(
		r, (struct json_step){
			   .kind = JSON_STEP_KEY, .key = start, .len = (uint32_t)(r->at - start)});
}

static int read_close(struct reader *r)
{
	skip_blanks(r);
	if (r->at < r->end && *r->at == ',')
		return refuse(r, "several names or indexes are not supported");
	if (r->at < r->end && *r->at == ':')
		return refuse(r, "a range of indexes is not supported");
	if (r->at == r->end || *r->at != ']')
		return refuse(r, "']' is missing");
	r->at++;
	return 0;
}

static int read_quoted(struct reader *r)
{
	char quote = *r->at;
	const char *start = ++r->at;

	while (r->at < r->end && *r->at != quote) {
		if (*r->at == '\\')
			return refuse(r, "an escape is not supported");
		r->at++;
	}
	if (r->at == r->end)
		return refuse(r, "the name's quote is not closed");
	r->at++;
	if (add(r, (struct json_step){.kind = JSON_STEP_KEY,
			   .key = start,
			   .len = (uint32_t)(r->at - 1 - start)}) != 0)
		return -1;
	return read_close(r);
}

static int read_index(struct reader *r)
{
	bool negative = *r->at == '-';
	const char *digits;
	int64_t index = 0;

	r->at += negative;
	digits = r->at;
	for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++) {
		index = index * 10 + (*r->at - '0');
		if (index > INT32_MAX)
			return refuse(r, "the index is too large");
	}
	if (r->at == digits)
		return refuse(r, "an index, * or a quoted name is missing");
	if (add(r, (struct json_step){
			   .kind = JSON_STEP_INDEX, .index = negative ? -index : index}) != 0)
		return -1;
	return read_close(r);
}

// Behind the opening bracket.
static int read_bracket(struct reader *r)
{
	skip_blanks(r);
	if (r->at == r->end)
		return refuse(r, "']' is missing");
	if (*r->at == '\'' || *r->at == '"')
		return read_quoted(r);
	if (*r->at == '?')
		return refuse(r, "a filter is not supported");
	if (*r->at != '*')
		return read_index(r);
	r->at++;
	if (add(r, (struct json_step){.kind = JSON_STEP_ALL}) != 0)
		return -1;
	return read_close(r);
}

static int read_step(struct reader *r)
{
	char c = *r->at++;

	if (c == '.' && r->at < r->end && *r->at == '[')
		c = *r->at++;
	if (c == '.')
		return read_name(r);
	if (c == '[')
		return read_bracket(r);
	r->at--;
	return refuse(r, "'.' or '[' is missing");
}

int json_path_parse(
	struct json_path *path, const char *text, uint32_t len, char why[JSON_PATH_WHY_MAX])
{
	struct reader r = {text, text, text + len, path, why};

	*path = (struct json_path){.is_definite = true};
	skip_blanks(&r);
	while (r.end > r.at && is_blank(r.end[-1]))
		r.end--;
	read_mode(&r);
	if (r.at == r.end)
		return refuse(&r, "the path is empty: it starts with $");
	// Without the $ it is put there.
	if (*r.at == '$')
		r.at++;
	else if (*r.at != '[' && read_name(&r) != 0)
		return -1;
	while (r.at < r.end)
		if (read_step(&r) != 0)
			return -1;
	return 0;
}
