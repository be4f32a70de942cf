// From SIMILAR TO's patterns to RE2's: % is any text, _ any character (neither a line's end, as in
// Flink, which makes them .* and .), [ … ] a class with [:ALPHA:] and the like; | * + ? { } ( ) are
// as usual. All of the text must match.
#include "expr/regex.h"
#include <stdio.h>
#include <string.h>

struct similar {
	const char *pattern;
	uint32_t len, at;
	int escape;
	char *out;
	uint32_t used;
};

#define ANY "[^\\n\\r\\x{85}\\x{2028}\\x{2029}]"

static void put(struct similar *s, const char *text)
{
	memcpy(s->out + s->used, text, strlen(text));
	s->used += (uint32_t)strlen(text);
}

static void put_literal(struct similar *s, char c)
{
	if (strchr("\\.+*?()|[]{}^$-", c) != NULL && c != '\0')
		s->out[s->used++] = '\\';
	s->out[s->used++] = c;
}

// The character behind the escape. False when it needs none.
static bool escaped(struct similar *s)
{
	char c = s->at + 1 < s->len ? s->pattern[s->at + 1] : '\0';

	if (c == '\0' || (strchr("[]()|^-+*_%?{}", c) == NULL && (unsigned char)c != s->escape))
		return false;
	put_literal(s, c);
	s->at += 2;
	return true;
}

// [:ALPHA:] at s->at, inside a class. False when it is none.
static bool named_class(struct similar *s)
{
	static const struct {
		const char *name, *text;
	} names[] = {
		{"[:ALPHA:]", "[:alpha:]"},
		{"[:UPPER:]", "[:upper:]"},
		{"[:LOWER:]", "[:lower:]"},
		{"[:DIGIT:]", "[:digit:]"},
		{"[:ALNUM:]", "[:alnum:]"},
		{"[:SPACE:]", " "},
		{"[:WHITESPACE:]", "\\t\\n\\x0b\\f\\r "},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		size_t len = strlen(names[i].name);

		if (len <= s->len - s->at &&
			strncasecmp(s->pattern + s->at, names[i].name, len) == 0) {
			put(s, names[i].text);
			s->at += (uint32_t)len;
			return true;
		}
	}
	return false;
}

// Returns what is wrong, or NULL.
static const char *character_class(struct similar *s)
{
	put(s, "[");
	s->at++;
	if (s->at < s->len && s->pattern[s->at] == '^') {
		put(s, "^");
		s->at++;
	}
	while (s->at < s->len && s->pattern[s->at] != ']') {
		char c = s->pattern[s->at];

		if ((unsigned char)c == s->escape) {
			if (!escaped(s))
				return "an escape before a character that needs none";
		} else if (c == '[') {
			if (!named_class(s))
				return "a class within a class that is none like [:ALPHA:]";
		} else {
			if (c == '\\')
				put(s, "\\");
			s->out[s->used++] = c;
			s->at++;
		}
	}
	if (s->at == s->len)
		return "a '[' without ']'";
	put(s, "]");
	s->at++;
	return NULL;
}

static const char *element(struct similar *s)
{
	char c = s->pattern[s->at];

	if ((unsigned char)c == s->escape)
		return escaped(s) ? NULL : "an escape before a character that needs none";
	if (c == '[')
		return character_class(s);
	if (c == ']')
		return "a ']' without '['";
	if (c == '_' || c == '.')
		put(s, ANY);
	else if (c == '%')
		put(s, ANY "*");
	else if (c == '\\' || c == '$')
		put_literal(s, c);
	else
		s->out[s->used++] = c;
	s->at++;
	return NULL;
}

int32_t regex_from_similar(const char *pattern, uint32_t len, int escape, char out[REGEX_TEXT_MAX],
	char why[REGEX_WHY_MAX])
{
	// An element becomes at most 31 times as long.
	struct similar s = {.pattern = pattern, .len = len, .escape = escape, .out = out};

	if (len > REGEX_PATTERN_MAX) {
		snprintf(why, REGEX_WHY_MAX, "longer than %d bytes", REGEX_PATTERN_MAX);
		return -1;
	}
	while (s.at < len) {
		uint32_t at = s.at;
		const char *wrong = element(&s);

		if (wrong != NULL) {
			snprintf(why, REGEX_WHY_MAX, "%s at byte %u of the pattern", wrong, at + 1);
			return -1;
		}
	}
	return (int32_t)s.used;
}
