#include "sql/parser.h"
#include "row/datetime.h"
#include "row/decimal.h"
#include "row/number.h"
#include <math.h>
#include <string.h>

enum { TIME_DIGITS_MAX = 3, TIMESTAMP_DIGITS_MAX = 9 };

struct ast_expr *literal_new(struct parser *p, struct pos pos, struct ast_literal literal)
{
	return NEW(p, struct ast_expr, AST_LITERAL, pos,
		.literal = node_new(p, &literal, sizeof(literal)));
}

// The type of a literal that has a value.
static struct type solid(enum type_kind kind, int32_t precision)
{
	struct type type = type_of(kind);

	type.nullable = false;
	if (precision >= 0)
		type.precision = precision;
	return type;
}

enum { NO_PRECISION = -1 };

struct ast_expr *literal_null(struct parser *p, struct pos pos, enum type_kind kind)
{
	return literal_new(p, pos, (struct ast_literal){type_of(kind), .is_null = true});
}

struct ast_expr *literal_boolean(struct parser *p, struct pos pos, bool value)
{
	return literal_new(
		p, pos, (struct ast_literal){solid(TYPE_BOOLEAN, NO_PRECISION), .boolean = value});
}

struct ast_expr *literal_string(struct parser *p, struct pos pos, const char *text)
{
	size_t len = strlen(text);
	int32_t n_points = 0;

	for (size_t i = 0; i < len; i++)
		n_points += ((unsigned char)text[i] & 0xc0) != 0x80;
	return literal_new(p, pos,
		(struct ast_literal){
			solid(TYPE_CHAR, n_points), .string = str_view(text, (uint32_t)len)});
}

static unsigned nibble(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

struct ast_expr *literal_binary(struct parser *p, struct pos pos, const char *hex)
{
	size_t len = strlen(hex) / 2;
	char *bytes = arena_alloc(p->arena, len + 1);

	if (strlen(hex) % 2 != 0)
		parse_fail(p, pos, "a binary string has two hexadecimal digits for each byte");
	for (size_t i = 0; i < len; i++)
		bytes[i] = (char)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
	return literal_new(p, pos,
		(struct ast_literal){solid(TYPE_BINARY, (int32_t)len),
			.string = str_view(bytes, (uint32_t)len)});
}

// digits with a '.' before the last scale of them, or none.
static struct ast_expr *exact(
	struct parser *p, struct pos pos, const char *text, int32_t digits, int32_t scale)
{
	struct type type = solid(TYPE_DECIMAL, digits);
	decimal value = 0;

	type.scale = scale;
	if (digits > DECIMAL_PRECISION_MAX ||
		!decimal_parse(text, (uint32_t)strlen(text), digits, scale, &value))
		parse_fail(p, pos,
			"an exact number has at most %d digits: write 1.5e0 for a DOUBLE",
			DECIMAL_PRECISION_MAX);
	return literal_new(p, pos, (struct ast_literal){type, .decimal = value});
}

struct ast_expr *literal_integer(struct parser *p, struct pos pos, const char *text)
{
	int64_t value;

	while (text[0] == '0' && text[1] != '\0')
		text++;
	if (strlen(text) > DECIMAL_PRECISION_MAX ||
		!number_parse_int(text, (uint32_t)strlen(text), INT64_MIN, INT64_MAX, &value))
		return exact(p, pos, text, (int32_t)strnlen(text, DECIMAL_PRECISION_MAX + 1), 0);
	return literal_new(p, pos,
		(struct ast_literal){
			solid(value <= INT32_MAX ? TYPE_INT : TYPE_BIGINT, NO_PRECISION),
			.integer = value});
}

struct ast_expr *literal_decimal(struct parser *p, struct pos pos, const char *text)
{
	const char *point = strchr(text, '.');
	size_t len = strnlen(text, DECIMAL_PRECISION_MAX + 2);

	if (point[1] == '\0') // 12. is 12
		return literal_integer(
			p, pos, arena_strndup(p->arena, text, (size_t)(point - text)));
	return exact(p, pos, text, (int32_t)len - 1, (int32_t)strnlen(point + 1, len));
}

struct ast_expr *literal_approximate(struct parser *p, struct pos pos, const char *text)
{
	double value = 0;

	if (!number_parse_double(text, (uint32_t)strlen(text), &value) || isinf(value))
		parse_fail(p, pos, "the number is too large for a DOUBLE: it ends at 1.8e308");
	return literal_new(p, pos,
		(struct ast_literal){solid(TYPE_DOUBLE, NO_PRECISION), .approximate = value});
}

// How many digits stand behind the '.' of text, at most max; more are an error.
static int32_t fraction_digits(struct parser *p, struct pos pos, const char *text, int32_t max)
{
	const char *point = strchr(text, '.');
	size_t n = point != NULL ? strlen(point + 1) : 0;

	if (n <= (size_t)max)
		return (int32_t)n;
	parse_fail(p, pos, "at most %d digits can follow the '.' of '%s'", max,
		parse_excerpt(p, text));
	return max;
}

struct ast_expr *literal_date(struct parser *p, struct pos pos, const char *text)
{
	int32_t days = 0;

	if (!datetime_parse_date(text, (uint32_t)strlen(text), &days))
		parse_fail(
			p, pos, "'%s' is no date: write DATE '2020-12-31'", parse_excerpt(p, text));
	return literal_new(
		p, pos, (struct ast_literal){solid(TYPE_DATE, NO_PRECISION), .integer = days});
}

struct ast_expr *literal_time(struct parser *p, struct pos pos, const char *text)
{
	int32_t digits = fraction_digits(p, pos, text, TIME_DIGITS_MAX);
	int32_t ms = 0;

	if (!datetime_parse_time(text, (uint32_t)strlen(text), &ms))
		parse_fail(p, pos, "'%s' is no time: write TIME '23:59:59' or TIME '23:59:59.123'",
			parse_excerpt(p, text));
	return literal_new(p, pos, (struct ast_literal){solid(TYPE_TIME, digits), .integer = ms});
}

struct ast_expr *literal_timestamp(struct parser *p, struct pos pos, const char *text)
{
	struct type type =
		solid(TYPE_TIMESTAMP, fraction_digits(p, pos, text, TIMESTAMP_DIGITS_MAX));
	int64_t value = 0;

	if (!datetime_parse_timestamp(text, (uint32_t)strlen(text), type, DATETIME_SQL, &value))
		parse_fail(p, pos, "'%s' is no timestamp: write TIMESTAMP '2020-12-31 23:59:59'",
			parse_excerpt(p, text));
	return literal_new(p, pos, (struct ast_literal){type, .integer = value});
}
