// UPPER, LOWER, INITCAP, and what strings are made of: IS_ALPHA, IS_DIGIT, IS_DECIMAL. Cases are
// Unicode's simple ones, with ß, İ and the sigma at a word's end as in Java.
#include "expr/call.h"
#include "expr/families.h"
#include "expr/string_call.h"
#include "expr/text.h"
#include "expr/unicode.h"
#include "format/utf8.h"
#include "row/number.h"
#include <errno.h>

enum { SHARP_S = 0xdf, I_WITH_DOT = 0x130, DOT_ABOVE = 0x307, SIGMA = 0x3a3, FINAL_SIGMA = 0x3c2 };

static bool is_ascii(const char *text, uint32_t len)
{
	uint8_t any = 0;

	for (uint32_t i = 0; i < len; i++)
		any |= (uint8_t)text[i];
	return any < 0x80;
}

// The code point at text[at], *width bytes; of what is no UTF-8 a byte, as 0.
static uint32_t point_at(const char *text, uint32_t len, uint32_t at, uint32_t *width)
{
	const uint8_t *bytes = (const uint8_t *)text + at;

	*width = utf8_length(text + at, len - at);
	switch (*width) {
	case 1:
		return bytes[0];
	case 2:
		return (bytes[0] & 0x1fu) << 6 | (bytes[1] & 0x3fu);
	case 3:
		return (bytes[0] & 0x0fu) << 12 | (bytes[1] & 0x3fu) << 6 | (bytes[2] & 0x3fu);
	case 4:
		return (bytes[0] & 7u) << 18 | (bytes[1] & 0x3fu) << 12 | (bytes[2] & 0x3fu) << 6 |
		       (bytes[3] & 0x3fu);
	default:
		*width = 1;
		return 0;
	}
}

static bool letter_at(const char *text, uint32_t len, uint32_t at)
{
	uint32_t width;

	return at < len && unicode_is_letter(point_at(text, len, at, &width));
}

// The code point at text[at] in the other case, to out. Returns the bytes written; at most twice as
// many as there were.
static uint32_t change_point(
	const char *text, uint32_t len, uint32_t *at, bool upper, bool behind_letter, char *out)
{
	uint32_t start = *at, width, point = point_at(text, len, start, &width);

	*at += width;
	if (point == 0) {
		*out = text[start];
		return 1;
	}
	if (upper && point == SHARP_S) {
		memcpy(out, "SS", 2);
		return 2;
	}
	if (!upper && point == I_WITH_DOT) {
		*out = 'i';
		return 1 + utf8_write(DOT_ABOVE, out + 1);
	}
	if (!upper && point == SIGMA && behind_letter && !letter_at(text, len, *at))
		return utf8_write(FINAL_SIGMA, out);
	return utf8_write(upper ? unicode_upper(point) : unicode_lower(point), out);
}

static uint32_t change_case(const char *text, uint32_t len, bool upper, char *out)
{
	bool behind_letter = false;
	uint32_t n = 0;

	for (uint32_t at = 0; at < len;) {
		uint32_t start = at;

		n += change_point(text, len, &at, upper, behind_letter, out + n);
		behind_letter = letter_at(text, len, start);
	}
	return n;
}

static inline char ascii_upper(char c)
{
	return (char)(c - ((c >= 'a' && c <= 'z') << 5));
}

static inline char ascii_lower(char c)
{
	return (char)(c + ((c >= 'A' && c <= 'Z') << 5));
}

static inline void change_cases(struct call *call, bool upper)
{
	CALL_FOREACH(call, row)
	{
		const struct str *a = str_arg(call, 0, row);
		const char *text = str_data(a);
		bool plain = is_ascii(text, a->len);
		char *room = call_str_room(call, row, plain ? a->len : 2 * (uint64_t)a->len);
		uint32_t n = a->len;

		if (room == NULL)
			continue;
		if (!plain)
			n = change_case(text, a->len, upper, room);
		for (uint32_t i = 0; plain && i < n; i++)
			room[i] = upper ? ascii_upper(text[i]) : ascii_lower(text[i]);
		call_str_done(call, row, room, n);
	}
}

static void upper(struct call *call)
{
	change_cases(call, true);
}

static void lower(struct call *call)
{
	change_cases(call, false);
}

// As Flink's (Calcite's): letters and digits of ASCII make words, anything else stands between
// them and stays as it is.
static void initcap(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		const struct str *a = str_arg(call, 0, row);
		char *room = call_str_room(call, row, a->len);
		bool in_word = false;

		for (uint32_t i = 0; room != NULL && i < a->len; i++) {
			uint8_t c = (uint8_t)str_data(a)[i];
			bool letter = c < 0x80 && (c | 32) >= 'a' && (c | 32) <= 'z';

			room[i] = (char)(!letter ? c : in_word ? c | 32 : c & ~32);
			in_word = letter || (c >= '0' && c <= '9');
		}
		if (room != NULL)
			call_str_done(call, row, room, a->len);
	}
}

// ---- What strings are made of; of NULL and '' it is FALSE

static bool all_letters(const char *text, uint32_t len)
{
	for (uint32_t at = 0, width; at < len; at += width)
		if (!unicode_is_letter(point_at(text, len, at, &width)))
			return false;
	return len > 0;
}

static bool all_digits(const char *text, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return len > 0;
}

// What Java's Double.parseDouble() takes, but for hexadecimal.
static bool is_number(const char *text, uint32_t len)
{
	double value;

	while (len > 0 && (uint8_t)*text <= ' ')
		text++, len--;
	while (len > 0 && (uint8_t)text[len - 1] <= ' ')
		len--;
	if (len > 1 && memchr("dDfF", text[len - 1], 4) != NULL && text[len - 2] >= '.' &&
		text[len - 2] <= '9')
		len--;
	return len > 0 && number_parse_double(text, len, &value);
}

static inline void test(struct call *call, bool (*is)(const char *text, uint32_t len))
{
	for (uint16_t i = 0; i < call->n; i++) {
		uint16_t row = call_slot(call, i);
		const struct str *a = str_arg(call, 0, row);

		set_bool(
			call, row, !nulls_get(call->args[0].nulls, row) && is(str_data(a), a->len));
	}
}

static void is_alpha(struct call *call)
{
	test(call, all_letters);
}

static void is_digit(struct call *call)
{
	test(call, all_digits);
}

static void is_decimal(struct call *call)
{
	test(call, is_number);
}

static int resolve_case(struct resolve *r)
{
	unicode_load();
	r->kernel = &r->function->kernel;
	r->type = type_of(TYPE_VARCHAR);
	return resolve_letters(r);
}

// Numbers are what is asked for when they are not NULL.
static int resolve_test(struct resolve *r)
{
	enum type_kind kind = r->args[0]->type.kind;
	bool is_digits = strcmp(r->function->name, "IS_DIGIT") == 0;
	bool is_alphas = strcmp(r->function->name, "IS_ALPHA") == 0;

	if (type_is_numeric(kind) && !is_alphas && (!is_digits || type_is_integer(kind))) {
		r->expr = call_by_name(r, "IS NOT NULL", r->args, 1);
		return r->expr != NULL ? 0 : -EINVAL;
	}
	unicode_load();
	r->kernel = &r->function->kernel;
	r->type = type_of(TYPE_BOOLEAN);
	r->type.nullable = false;
	return resolve_letters(r);
}

#define F(sql, resolver, run, more, use, text)                                         \
	{                                                                              \
		.name = sql, .args = "s", .n_min = 1, .n_max = 1, .resolve = resolver, \
		.kernel = {run, more}, .usage = use, .doc = text                       \
	}

static const struct function functions[] = {
	F("UPPER", resolve_case, upper, KERNEL_NULLS, "UPPER(s)", "in upper case"),
	F("LOWER", resolve_case, lower, KERNEL_NULLS, "LOWER(s)", "in lower case"),
	F("INITCAP", resolve_case, initcap, KERNEL_NULLS, "INITCAP(s)",
		"each word of ASCII letters and digits with one upper case letter in front"),
	F("IS_ALPHA", resolve_test, is_alpha, KERNEL_LAX, "IS_ALPHA(s)",
		"whether s is letters and nothing else; FALSE for NULL and ''"),
	F("IS_DIGIT", resolve_test, is_digit, KERNEL_LAX, "IS_DIGIT(x)",
		"whether x is digits and nothing else; FALSE for NULL and ''"),
	F("IS_DECIMAL", resolve_test, is_decimal, KERNEL_LAX, "IS_DECIMAL(x)",
		"whether x is a number, or a string that writes one; FALSE for NULL and ''"),
};

const struct function_family family_string_case = {
	"Letters", functions, sizeof(functions) / sizeof(*functions)};
