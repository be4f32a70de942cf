// From java.util.regex's syntax to RE2's. Most of it is the same; what differs:
//
//   Java                         RE2
//   .                            [^\n\r\x{85}\x{2028}\x{2029}]  unless (?s) is on
//   \s \S                        classes that hold \x0b, too
//   \uhhhh  \0ooo  \e            \x{hhhh}
//   \p{Alpha} \p{IsGreek}        [[:alpha:]] \p{Greek}
//   (?<name>…)                   (?P<name>…)
//
// Refused, with the place: look-around, atomic groups, back references, possessive quantifiers,
// classes within classes, && and the rarer escapes and flags.
#include "expr/regex.h"
#include <stdio.h>
#include <string.h>

enum { DEPTH_MAX = 200 };

struct java {
	const char *pattern;
	uint32_t len, at;
	char *out;
	uint32_t used;
	char *why;
	bool failed;
	bool dot_all; // (?s) is on
	uint32_t depth;
	bool outer[DEPTH_MAX]; // dot_all outside each open group
};

static void refuse(struct java *j, uint32_t at, const char *what)
{
	if (!j->failed)
		snprintf(j->why, REGEX_WHY_MAX, "%s at byte %u of the pattern", what, at + 1);
	j->failed = true;
}

static void put_n(struct java *j, const char *text, uint32_t len)
{
	if (j->used + len > REGEX_TEXT_MAX) {
		refuse(j, j->at, "it becomes too long");
		return;
	}
	memcpy(j->out + j->used, text, len);
	j->used += len;
}

static void put(struct java *j, const char *text)
{
	put_n(j, text, (uint32_t)strlen(text));
}

// The byte at offset from here; 0 behind the end.
static char peek(const struct java *j, uint32_t offset)
{
	return j->at + offset < j->len ? j->pattern[j->at + offset] : '\0';
}

static bool starts(const struct java *j, const char *text)
{
	size_t len = strlen(text);

	return len <= j->len - j->at && memcmp(j->pattern + j->at, text, len) == 0;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void put_code(struct java *j, uint32_t code)
{
	char text[16];

	snprintf(text, sizeof(text), "\\x{%x}", code);
	put(j, text);
}

// \uhhhh, \0o, \0oo, \0ooo: at the backslash.
static void code_escape(struct java *j)
{
	uint32_t start = j->at, code = 0;

	if (peek(j, 1) == 'u') {
		for (uint32_t i = 2; i < 6; i++) {
			if (hex(peek(j, i)) < 0) {
				refuse(j, start, "\\u without four hexadecimal digits");
				return;
			}
			code = code << 4 | (uint32_t)hex(peek(j, i));
		}
		j->at += 6;
		put_code(j, code);
		return;
	}
	j->at += 2;
	for (int i = 0; i < 3 && peek(j, 0) >= '0' && peek(j, 0) <= '7' && code < 32; i++)
		code = code << 3 | (uint32_t)(j->pattern[j->at++] - '0');
	if (j->at == start + 2)
		refuse(j, start, "\\0 without octal digits");
	else
		put_code(j, code);
}

// \p{Alpha}, \P{IsGreek}, \pL: at the backslash.
static void property(struct java *j, bool in_class)
{
	static const char *const posix[] = {"Lower", "Upper", "ASCII", "Alpha", "Digit", "Alnum",
		"Punct", "Graph", "Print", "Blank", "Cntrl", "XDigit", "Space"};
	static const char *const named[] = {"lower", "upper", "ascii", "alpha", "digit", "alnum",
		"punct", "graph", "print", "blank", "cntrl", "xdigit", "space"};
	bool negated = peek(j, 1) == 'P';
	const char *name = j->pattern + j->at + 3, *end;
	char text[32];

	if (peek(j, 2) != '{') {
		put_n(j, j->pattern + j->at, j->at + 3 <= j->len ? 3 : 2);
		j->at += j->at + 3 <= j->len ? 3 : 2;
		return;
	}
	end = memchr(name, '}', j->len - j->at - 3);
	if (end == NULL) {
		refuse(j, j->at, "\\p{ without }");
		return;
	}
	for (size_t i = 0; i < sizeof(posix) / sizeof(*posix); i++)
		if ((size_t)(end - name) == strlen(posix[i]) &&
			memcmp(name, posix[i], strlen(posix[i])) == 0) {
			snprintf(text, sizeof(text), in_class ? "[:%s%s:]" : "[[:%s%s:]]",
				negated ? "^" : "", named[i]);
			put(j, text);
			j->at = (uint32_t)(end + 1 - j->pattern);
			return;
		}
	put(j, negated ? "\\P{" : "\\p{");
	if (end - name > 2 && memcmp(name, "Is", 2) == 0)
		name += 2;
	put_n(j, name, (uint32_t)(end + 1 - name));
	j->at = (uint32_t)(end + 1 - j->pattern);
}

// \Q … \E
static void quotation(struct java *j)
{
	for (j->at += 2; j->at < j->len && !starts(j, "\\E"); j->at++) {
		char c = j->pattern[j->at];

		if (strchr("\\.+*?()|[]{}^$", c) != NULL && c != '\0')
			put(j, "\\");
		put_n(j, &c, 1);
	}
	j->at += j->at < j->len ? 2 : 0;
}

static void escape(struct java *j, bool in_class)
{
	char c = peek(j, 1);

	if (j->at + 1 >= j->len) {
		refuse(j, j->at, "\\ with nothing behind it");
	} else if (c == 'u' || c == '0') {
		code_escape(j);
	} else if (c == 'p' || c == 'P') {
		property(j, in_class);
	} else if (c == 'Q' && !in_class) {
		quotation(j);
	} else if (c == 's' || c == 'S' || c == 'e') {
		if (c == 'e')
			put(j, "\\x1b");
		else if (in_class)
			put(j, c == 's' ? "\\t\\n\\x0b\\f\\r " : "\\S");
		else
			put(j, c == 's' ? "[\\t\\n\\x0b\\f\\r ]" : "[^\\t\\n\\x0b\\f\\r ]");
		j->at += 2;
	} else if ((c >= '1' && c <= '9') || c == 'k') {
		refuse(j, j->at, "a back reference, which takes more than linear time,");
	} else if (strchr("hHvVRXNGZcCQE", c) != NULL) {
		refuse(j, j->at, "an escape that is not supported");
	} else {
		// A backslash before what is no letter of ASCII makes it a literal.
		put_n(j, (unsigned char)c >= 0x80 ? &c : j->pattern + j->at,
			(unsigned char)c >= 0x80 ? 1 : 2);
		j->at += 2;
	}
}

// [ … ]
static void character_class(struct java *j)
{
	uint32_t start = j->at;

	put(j, "[");
	j->at++;
	if (peek(j, 0) == '^') {
		put(j, "^");
		j->at++;
	}
	if (peek(j, 0) == ']')
		refuse(j, start, "an empty class");
	while (!j->failed && j->at < j->len && j->pattern[j->at] != ']') {
		if (j->pattern[j->at] == '\\')
			escape(j, true);
		else if (j->pattern[j->at] == '[')
			refuse(j, j->at, "a class within a class (or a '[' without \\)");
		else if (starts(j, "&&"))
			refuse(j, j->at, "an intersection of classes (or a '&&' without \\)");
		else
			put_n(j, j->pattern + j->at++, 1);
	}
	if (j->at >= j->len)
		refuse(j, start, "a '[' without ']'");
	put(j, "]");
	j->at++;
}

// (?flags), (?flags: …
static void flags(struct java *j)
{
	bool on = true, dot_all = j->dot_all;
	uint32_t start = j->at;

	for (j->at += 2; j->at < j->len && j->pattern[j->at] != ')' && j->pattern[j->at] != ':';
		j->at++) {
		char c = j->pattern[j->at];

		if (c == '-')
			on = false;
		else if (c == 's')
			dot_all = on;
		else if (c != 'i' && c != 'm') {
			refuse(j, start,
				"a group or flag that is not supported (flags are i, m, s)");
			return;
		}
	}
	put_n(j, j->pattern + start, j->at - start);
	if (peek(j, 0) == ':')
		j->outer[j->depth++] = j->dot_all;
	put_n(j, j->pattern + j->at, j->at < j->len);
	j->at++;
	j->dot_all = dot_all;
}

static void open_group(struct java *j)
{
	if (j->depth == DEPTH_MAX) {
		refuse(j, j->at, "groups nested too deeply");
	} else if (starts(j, "(?=") || starts(j, "(?!") || starts(j, "(?<=") || starts(j, "(?<!")) {
		refuse(j, j->at, "look-around, which takes more than linear time,");
	} else if (starts(j, "(?>")) {
		refuse(j, j->at, "an atomic group, which is not supported,");
	} else if (starts(j, "(?<")) {
		put(j, "(?P<");
		j->at += 3;
		j->outer[j->depth++] = j->dot_all;
	} else if (starts(j, "(?")) {
		flags(j);
	} else {
		put(j, "(");
		j->at++;
		j->outer[j->depth++] = j->dot_all;
	}
}

// * + ? {n} {n,} {n,m}, maybe with the ? that makes it reluctant.
static void quantifier(struct java *j)
{
	uint32_t start = j->at;

	if (j->pattern[j->at] == '{') {
		uint32_t digits = ++j->at;

		while (peek(j, 0) >= '0' && peek(j, 0) <= '9')
			j->at++;
		if (j->at > digits && peek(j, 0) == ',')
			for (j->at++; peek(j, 0) >= '0' && peek(j, 0) <= '9';)
				j->at++;
		if (j->at == digits || peek(j, 0) != '}') {
			refuse(j, start,
				"a '{' without a count, as in {2,3} (a literal one is \\{),");
			return;
		}
	}
	j->at++;
	if (peek(j, 0) == '+') {
		refuse(j, j->at, "a possessive quantifier, which is not supported,");
		return;
	}
	j->at += peek(j, 0) == '?';
	put_n(j, j->pattern + start, j->at - start);
}

static void element(struct java *j)
{
	switch (j->pattern[j->at]) {
	case '\\':
		escape(j, false);
		break;
	case '[':
		character_class(j);
		break;
	case '(':
		open_group(j);
		break;
	case ')':
		if (j->depth > 0)
			j->dot_all = j->outer[--j->depth];
		put_n(j, j->pattern + j->at++, 1);
		break;
	case '*':
	case '+':
	case '?':
	case '{':
		quantifier(j);
		break;
	case '.':
		put(j, j->dot_all ? "." : "[^\\n\\r\\x{85}\\x{2028}\\x{2029}]");
		j->at++;
		break;
	default:
		put_n(j, j->pattern + j->at++, 1);
	}
}

int32_t regex_from_java(
	const char *pattern, uint32_t len, char out[REGEX_TEXT_MAX], char why[REGEX_WHY_MAX])
{
	struct java j = {.pattern = pattern, .len = len, .out = out, .why = why};

	if (len > REGEX_PATTERN_MAX) {
		snprintf(why, REGEX_WHY_MAX, "longer than %d bytes", REGEX_PATTERN_MAX);
		return -1;
	}
	while (j.at < len && !j.failed)
		element(&j);
	return j.failed ? -1 : (int32_t)j.used;
}
