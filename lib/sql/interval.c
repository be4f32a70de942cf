// Intervals. Each unit of a day-time interval is so many milliseconds, of a year-month interval so
// many months; INTERVAL '2 10:30' DAY TO MINUTE reads a number for each unit from the first to the
// last, with the separator that stands in front of a unit in SQL: ' ' before hours, ':', '.'.
#include "sql/parser.h"
#include "base/nearest.h"
#include <string.h>
#include <strings.h>

enum { FRACTION_MAX = 9, PRECISION_MAX = 10, VALUE_MAX = 1000000000 };

static const struct unit {
	const char *name, *plural;
	int64_t size; // milliseconds, or months; 0: no unit of an interval
	bool months;
	char before; // the separator in front, 0: stands alone only
	int64_t limit; // the number must be less when it is not the first; 0: stands alone only
} units[] = {
	{"YEAR", "YEARS", 12, true, 0, 0},
	{"QUARTER", "QUARTERS", 3, true, 0, 0},
	{"MONTH", "MONTHS", 1, true, '-', 12},
	{"WEEK", "WEEKS", 604800000, false, 0, 0},
	{"DAY", "DAYS", 86400000, false, 0, 0},
	{"HOUR", "HOURS", 3600000, false, ' ', 24},
	{"MINUTE", "MINUTES", 60000, false, ':', 60},
	{"SECOND", "SECONDS", 1000, false, ':', 60},
	{"MILLISECOND", "MILLISECONDS", 0, false, 0, 0},
	{"MICROSECOND", "MICROSECONDS", 0, false, 0, 0},
	{"NANOSECOND", "NANOSECONDS", 0, false, 0, 0},
	{"DOY", "DOY", 0, false, 0, 0},
	{"DOW", "DOW", 0, false, 0, 0},
	{"ISODOW", "ISODOW", 0, false, 0, 0},
	{"ISOYEAR", "ISOYEAR", 0, false, 0, 0},
	{"EPOCH", "EPOCH", 0, false, 0, 0},
	{"DECADE", "DECADE", 0, false, 0, 0},
	{"CENTURY", "CENTURY", 0, false, 0, 0},
	{"MILLENNIUM", "MILLENNIUM", 0, false, 0, 0},
};

enum { N_UNITS = sizeof(units) / sizeof(*units), UNIT_DAY = 4, UNIT_SECOND = 7 };

static const struct unit *unit_find(struct parser *p, struct pos pos, const char *text)
{
	const char *names[N_UNITS];
	const char *nearest;

	for (size_t i = 0; i < N_UNITS; i++) {
		if (strcasecmp(units[i].name, text) == 0 || strcasecmp(units[i].plural, text) == 0)
			return &units[i];
		names[i] = units[i].name;
	}
	nearest = nearest_name(text, names, N_UNITS);
	if (nearest != NULL)
		parse_fail(p, pos, "'%s' is no unit of time: did you mean %s?",
			parse_excerpt(p, text), nearest);
	else
		parse_fail(p, pos, "'%s' is no unit of time: DAY, HOUR, MINUTE, SECOND are",
			parse_excerpt(p, text));
	return &units[UNIT_DAY];
}

struct ast_expr *build_unit(struct parser *p, struct ast_expr *name)
{
	const char *text;

	if (name->kind != AST_NAME || name->n_parts != 1) {
		parse_fail(
			p, name->pos, "expected a unit of time here: DAY, HOUR, MINUTE, SECOND …");
		return name;
	}
	text = name->parts[0]->text;
	if (strncasecmp(text, "SQL_TSI_", strlen("SQL_TSI_")) == 0)
		text += strlen("SQL_TSI_");
	return build_symbol(p, name->pos, unit_find(p, name->pos, text)->name);
}

// ---- The units of a literal or type

struct span {
	const struct unit *from, *to;
};

static struct span span_of(struct parser *p, struct interval_range range)
{
	struct ast_name *from = range.from.unit, *to = range.to.unit;
	struct span span = {.from = unit_find(p, from->pos, from->text)};

	span.to = to != NULL ? unit_find(p, to->pos, to->text) : span.from;
	if (span.from->size == 0)
		parse_fail(p, from->pos, "an interval has no %s: take SECOND", span.from->name);
	else if (to != NULL && (span.to <= span.from || span.to->before == 0 ||
				       span.from->months != span.to->months ||
				       (span.from->before == 0 && span.from->limit == 0 &&
					       strcmp(span.from->name, "YEAR") != 0 &&
					       span.from != &units[UNIT_DAY])))
		parse_fail(p, to->pos,
			"an interval goes from YEAR TO MONTH, or from DAY, HOUR or MINUTE TO a "
			"smaller one");
	return span;
}

struct ast_type *type_interval(struct parser *p, struct pos pos, struct interval_range range)
{
	struct span span = span_of(p, range);
	enum type_kind kind = span.from->months ? TYPE_INTERVAL_YEAR : TYPE_INTERVAL_DAY;

	return type_scalar(p, pos, kind, NO_PARAMS);
}

// ---- The number of a literal

// Take digits from *text; -1 when there are none or too many.
static int64_t take_number(const char **text)
{
	int64_t value = 0;
	const char *start = *text;

	for (; **text >= '0' && **text <= '9' && value < VALUE_MAX; (*text)++)
		value = value * 10 + (**text - '0');
	return *text == start || value >= VALUE_MAX ? -1 : value;
}

// Take ".123" from *text in milliseconds, cutting what is finer; 0 when there is none; -1 when
// malformed.
static int64_t take_fraction(const char **text)
{
	int64_t value = 0, unit = 100;
	int n = 0;

	if (**text != '.')
		return 0;
	for ((*text)++; **text >= '0' && **text <= '9'; (*text)++, unit /= 10, n++)
		value += (**text - '0') * unit;
	return n == 0 || n > FRACTION_MAX ? -1 : value;
}

// Add up the numbers of text. False when it does not have the form that span says.
static bool read_value(const char *text, struct span span, int64_t *value)
{
	int64_t sum = 0, number;

	for (const struct unit *unit = span.from; unit <= span.to; unit++) {
		if (unit->before == 0 && unit != span.from)
			continue; // QUARTER between YEAR and MONTH
		if (unit != span.from && *text++ != unit->before)
			return false;
		number = take_number(&text);
		if (number < 0 || (unit != span.from && number >= unit->limit))
			return false;
		sum += number * unit->size;
	}
	if (span.to == &units[UNIT_SECOND]) {
		number = take_fraction(&text);
		if (number < 0)
			return false;
		sum += number;
	}
	*value = sum;
	return *text == '\0';
}

static const char *example(struct span span)
{
	if (span.from->months)
		return span.from == span.to ? "'3'" : "'1-6'";
	if (span.from == span.to)
		return span.to == &units[UNIT_SECOND] ? "'5' or '5.123'" : "'5'";
	if (span.from == &units[UNIT_DAY])
		return span.to == &units[UNIT_SECOND]	    ? "'1 10:30:00'"
		       : span.to == &units[UNIT_SECOND - 1] ? "'1 10:30'"
							    : "'1 10'";
	return span.from == &units[UNIT_DAY + 1] && span.to == &units[UNIT_SECOND] ? "'10:30:00'"
										   : "'1:30'";
}

// The first number must fit the precision that is written: DAY(3).
static void check_precision(struct parser *p, struct interval_field field, const char *text)
{
	const char *limit = field.params.first;
	const char *digits = text;
	int64_t precision, n;

	if (limit == NULL)
		return;
	precision = take_number(&limit);
	n = take_number(&digits) < 0 ? 0 : digits - text;
	if (precision < 1 || precision > PRECISION_MAX)
		parse_fail(p, field.params.pos, "the precision of an interval goes from 1 to %d",
			PRECISION_MAX);
	else if (n > precision)
		parse_fail(p, field.params.pos,
			"the interval has %d digits, more than %s(%s) allows", (int)n,
			field.unit->text, field.params.first);
}

struct ast_expr *literal_interval(struct parser *p, struct pos pos, bool negative, const char *text,
	struct interval_range range)
{
	struct span span = span_of(p, range);
	struct type type = type_of(span.from->months ? TYPE_INTERVAL_YEAR : TYPE_INTERVAL_DAY);
	const char *unsigned_text = text + (text[0] == '-' || text[0] == '+');
	int64_t value = 0;

	if (!p->failed && (!read_value(unsigned_text, span, &value) ||
				  (span.from->months && value > INT32_MAX)))
		parse_fail(p, pos, "'%s' is no interval of %s%s%s: write INTERVAL %s",
			parse_excerpt(p, text), span.from->name, span.to != span.from ? " TO " : "",
			span.to != span.from ? span.to->name : "", example(span));
	check_precision(p, range.from, unsigned_text);
	type.nullable = false;
	if (text[0] == '-')
		negative = !negative;
	return literal_new(
		p, pos, (struct ast_literal){type, .integer = negative ? -value : value});
}
