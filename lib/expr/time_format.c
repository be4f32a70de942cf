// DATE_FORMAT, TO_TIMESTAMP, TO_DATE, FROM_UNIXTIME, UNIX_TIMESTAMP of text: times by Java's
// patterns (java.time.format.DateTimeFormatter), of which these letters are known, everything else
// that is no letter stands for itself:
//
//   y u  year   M  month (MMM, MMMM: its English name)   d  day   D  day of the year
//   H  hour 0–23   h  hour 1–12   m  minute   s  second   S  fraction   a  AM, PM
//   E  weekday's English name   ''  a quote   'text'
#include "expr/call.h"
#include "expr/families.h"
#include "expr/unit.h"
#include "row/datetime.h"
#include <ctype.h>
#include <errno.h>
#include <strings.h>

enum { PATTERN_MAX = 64, TEXT_MAX = PATTERN_MAX * 12 };

static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July",
	"August", "September", "October", "November", "December"};
static const char *const weekdays[] = {
	"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

// A pattern cut into runs of one letter, and bytes that stand for themselves.
struct item {
	char letter; // 0 = literal
	uint8_t n; // letters; for a literal, the byte
};

struct pattern {
	uint32_t n;
	struct item items[PATTERN_MAX];
};

static bool compile(struct pattern *p, const char *text, uint32_t len)
{
	bool quoted = false;

	p->n = 0;
	for (uint32_t i = 0; i < len; i++) {
		struct item *last = p->n > 0 ? &p->items[p->n - 1] : NULL;
		char c = text[i];

		if (c == '\'' && !(i + 1 < len && text[i + 1] == '\'')) {
			quoted = !quoted;
			continue;
		}
		i += c == '\''; // two of them are one
		if (quoted || !isalpha((unsigned char)c)) {
			if (p->n == PATTERN_MAX)
				return false;
			p->items[p->n++] = (struct item){0, (uint8_t)c};
			continue;
		}
		if (strchr("yuMdDHhmsSaE", c) == NULL)
			return false;
		if (last != NULL && last->letter == c && i > 0 && text[i - 1] == c) {
			if (++last->n > 9)
				return false;
			continue;
		}
		if (p->n == PATTERN_MAX)
			return false;
		p->items[p->n++] = (struct item){c, 1};
	}
	return !quoted;
}

// ---- Writing

static uint32_t put_number(char *to, int64_t value, uint32_t width)
{
	char digits[20];
	uint32_t n = 0, len = 0;

	if (value < 0)
		to[len++] = '-';
	value = value < 0 ? -value : value;
	do {
		digits[n++] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0 || n < width);
	while (n > 0)
		to[len++] = digits[--n];
	return len;
}

static uint32_t put_word(char *to, const char *word, uint32_t len)
{
	uint32_t whole = (uint32_t)strlen(word);

	len = len < whole ? len : whole;
	memcpy(to, word, len);
	return len;
}

static uint32_t put_fraction(char *to, int64_t ns, uint32_t n)
{
	char digits[16];
	uint32_t len = put_number(digits, ns, 9);

	len = n < len ? n : len;
	memcpy(to, digits, len);
	return len;
}

static uint32_t put_item(char *to, struct item item, struct moment moment)
{
	int64_t second = moment.ns / 1000000000, hour = second / 3600;
	int32_t days = (int32_t)moment.days, year, month, day;

	datetime_civil(days, &year, &month, &day);
	switch (item.letter) {
	case 0:
		to[0] = (char)item.n;
		return 1;
	case 'y':
	case 'u':
		return item.n == 2 ? put_number(to, (year % 100 + 100) % 100, 2)
				   : put_number(to, year, item.n);
	case 'M':
		return item.n >= 3 ? put_word(to, months[month - 1], item.n == 3 ? 3 : 9)
				   : put_number(to, month, item.n);
	case 'd':
		return put_number(to, day, item.n);
	case 'D':
		return put_number(to, moment_day_of_year(days), item.n);
	case 'H':
		return put_number(to, hour, item.n);
	case 'h':
		return put_number(to, hour % 12 == 0 ? 12 : hour % 12, item.n);
	case 'm':
		return put_number(to, second / 60 % 60, item.n);
	case 's':
		return put_number(to, second % 60, item.n);
	case 'S':
		return put_fraction(to, moment.ns % 1000000000, item.n);
	case 'a':
		return put_word(to, hour < 12 ? "AM" : "PM", 2);
	default: // E
		return put_word(to,
			weekdays[moment.days + 3 - unit_floor_div(moment.days + 3, 7) * 7],
			item.n <= 3 ? 3 : 9);
	}
}

static uint32_t format(const struct pattern *p, struct moment moment, char text[TEXT_MAX])
{
	uint32_t len = 0;

	for (uint32_t i = 0; i < p->n; i++)
		len += put_item(text + len, p->items[i], moment);
	return len;
}

// ---- Reading

struct reading {
	const char *text, *end;
	int32_t year, month, day, day_of_year, hour, half; // half: of the day; −1 = not said
	int32_t minute, second;
	int64_t ns;
};

// A number of n digits; n = 1 takes as many as there are, up to max.
static bool take_number(struct reading *in, uint32_t n, uint32_t max, int32_t *value)
{
	uint32_t n_digits = 0;

	*value = 0;
	while (in->text < in->end && n_digits < (n > 1 ? n : max) &&
		isdigit((unsigned char)*in->text)) {
		*value = *value * 10 + (*in->text++ - '0');
		n_digits++;
	}
	return n > 1 ? n_digits == n : n_digits > 0;
}

static bool take_word(
	struct reading *in, const char *const *words, int n_words, bool shortened, int32_t *index)
{
	for (int i = 0; i < n_words; i++) {
		size_t len = shortened ? 3 : strlen(words[i]);

		if ((size_t)(in->end - in->text) < len || strncasecmp(in->text, words[i], len) != 0)
			continue;
		in->text += len;
		*index = i;
		return true;
	}
	return false;
}

static bool take_year(struct reading *in, uint32_t n)
{
	if (!take_number(in, n, 9, &in->year))
		return false;
	in->year += n == 2 ? 2000 : 0;
	return true;
}

static bool take_month(struct reading *in, uint32_t n)
{
	if (n < 3)
		return take_number(in, n, 2, &in->month);
	if (!take_word(in, months, 12, n == 3, &in->month))
		return false;
	in->month++;
	return true;
}

static bool take_fraction(struct reading *in, uint32_t n)
{
	static const int32_t scale[] = {
		0, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1};
	int32_t value;

	if (!take_number(in, n, 1, &value))
		return false;
	in->ns = (int64_t)value * scale[n];
	return true;
}

static bool take_item(struct reading *in, struct item item)
{
	static const char *const halves[] = {"AM", "PM"};
	int32_t ignored;

	switch (item.letter) {
	case 0:
		return in->text < in->end && *in->text++ == (char)item.n;
	case 'y':
	case 'u':
		return take_year(in, item.n);
	case 'M':
		return take_month(in, item.n);
	case 'd':
		return take_number(in, item.n, 2, &in->day);
	case 'D':
		return take_number(in, item.n, 3, &in->day_of_year);
	case 'H':
	case 'h':
		return take_number(in, item.n, 2, &in->hour);
	case 'm':
		return take_number(in, item.n, 2, &in->minute);
	case 's':
		return take_number(in, item.n, 2, &in->second);
	case 'S':
		return take_fraction(in, item.n);
	case 'a':
		return take_word(in, halves, 2, false, &in->half);
	default: // E
		return take_word(in, weekdays, 7, item.n <= 3, &ignored);
	}
}

static bool finish_date(const struct reading *in, int64_t *days)
{
	int32_t year, month, day;

	if (in->month < 1 || in->month > 12 || in->day < 1 || in->day > 31 || in->year > 5000000 ||
		in->day_of_year > 366)
		return false;
	*days = datetime_days(in->year, in->month, in->day);
	if (in->day_of_year > 0)
		*days = (int64_t)datetime_days(in->year, 1, 1) + in->day_of_year - 1;
	datetime_civil((int32_t)*days, &year, &month, &day);
	return in->day_of_year > 0 ? year == in->year : day == in->day;
}

static bool parse(const struct pattern *p, const struct str *str, struct moment *moment)
{
	const char *text = str_data(str);
	struct reading in = {.text = text,
		.end = text + str->len,
		.year = 1970,
		.month = 1,
		.day = 1,
		.half = -1};

	for (uint32_t i = 0; i < p->n; i++)
		if (!take_item(&in, p->items[i]))
			return false;
	if (in.half >= 0 && (in.hour < 1 || in.hour > 12))
		return false;
	if (in.half >= 0)
		in.hour = in.hour % 12 + in.half * 12;
	if (in.text != in.end || in.hour > 23 || in.minute > 59 || in.second > 59)
		return false;
	moment->ns = ((in.hour * 60LL + in.minute) * 60 + in.second) * 1000000000 + in.ns;
	return finish_date(&in, &moment->days);
}

// ---- Kernels. The pattern is compiled when it is a literal (data), else for each row.

static const struct pattern *pattern_at(
	const struct call *call, uint16_t row, struct pattern *buffer)
{
	const struct str *text;

	if (call->expr->data != NULL)
		return call->expr->data;
	text = &((const struct str *)call->args[1].values)[row];
	return compile(buffer, str_data(text), text->len) ? buffer : NULL;
}

static void put_text(struct call *call, uint16_t row, struct moment moment)
{
	struct pattern buffer;
	const struct pattern *pattern = pattern_at(call, row, &buffer);
	char text[TEXT_MAX], *room;
	uint32_t len;

	if (pattern == NULL) {
		nulls_set(call->nulls, row);
		return;
	}
	len = format(pattern, moment, text);
	room = call_str_room(call, row, len);
	if (room == NULL)
		return;
	memcpy(room, text, len);
	call_str_done(call, row, room, len);
}

static void date_format(struct call *call)
{
	CALL_FOREACH(call, row)
	put_text(call, row, moment_get(call->expr->args[0]->type, call->args[0].values, row));
}

static void from_unixtime(struct call *call)
{
	const int64_t *as = call->args[0].values;

	CALL_FOREACH(call, row)
	{
		int64_t days = unit_floor_div(as[row], 86400);
		struct moment moment = {days, (as[row] - days * 86400) * 1000000000};

		if (days > MOMENT_DAYS_MAX || days < -MOMENT_DAYS_MAX)
			nulls_set(call->nulls, row);
		else
			put_text(call, row, moment);
	}
}

// What the text says, or the row is NULL.
static bool read_moment(struct call *call, uint16_t row, struct moment *moment)
{
	const struct str *text = &((const struct str *)call->args[0].values)[row];
	struct pattern buffer;
	const struct pattern *pattern = pattern_at(call, row, &buffer);

	if (pattern != NULL && parse(pattern, text, moment))
		return true;
	nulls_set(call->nulls, row);
	return false;
}

static void to_timestamp(struct call *call)
{
	int64_t *values = call->values;
	struct moment moment;

	CALL_FOREACH(call, row)
	if (read_moment(call, row, &moment))
		values[row] = moment.days * UNIT_MS_PER_DAY + moment.ns / UNIT_NS_PER_MS;
}

static void to_date(struct call *call)
{
	int32_t *values = call->values;
	struct moment moment;

	CALL_FOREACH(call, row)
	if (read_moment(call, row, &moment))
		values[row] = (int32_t)moment.days;
}

static void unix_timestamp(struct call *call)
{
	int64_t *values = call->values;
	struct moment moment;

	CALL_FOREACH(call, row)
	if (read_moment(call, row, &moment))
		values[row] = moment.days * 86400 + moment.ns / 1000000000;
}

// Compile the pattern in args[1] when it is a literal.
static int resolve_pattern(struct resolve *r)
{
	const struct expr *text = r->args[1];
	struct pattern *pattern;

	if (!type_is_string(text->type.kind) && text->type.kind != TYPE_NULL)
		return resolve_refuse(r);
	if (resolve_cast(r, 1, type_of(TYPE_VARCHAR)) != 0)
		return -EINVAL;
	if (!expr_is_literal(text) || text->is_null)
		return 0;
	pattern = arena_alloc(r->arena, sizeof(*pattern));
	if (!compile(pattern, str_data(&text->value.str), text->value.str.len))
		return err_set_at(r->err, text->pos,
			"'%s' knows the pattern letters y, M, d, D, H, h, m, s, S, a and E",
			r->function->name);
	r->data = pattern;
	r->constants = r->args + 1;
	r->n_constants = 1;
	r->n_args = 1;
	return 0;
}

// The arguments of r with the pattern that is meant when none is said.
static int with_pattern(struct resolve *r, const char *otherwise)
{
	const struct expr **args = arena_alloc(r->arena, 2 * sizeof(*args));

	args[0] = r->args[0];
	if (r->n_args > 1) {
		args[1] = r->args[1];
	} else {
		struct str text = str_view(otherwise, (uint32_t)strlen(otherwise));

		args[1] = expr_literal(
			r->arena, type_of(TYPE_VARCHAR), (union scalar){.str = text}, r->pos);
	}
	r->args = args;
	r->n_args = 2;
	return resolve_pattern(r);
}

static int resolve_date_format(struct resolve *r)
{
	enum type_kind kind = r->args[0]->type.kind;

	if ((type_is_string(kind) || kind == TYPE_NULL) &&
		resolve_cast(r, 0, type_timestamp(TYPE_TIMESTAMP, 3)) != 0)
		return -EINVAL;
	kind = r->args[0]->type.kind;
	if (!type_is_timestamp(kind) && kind != TYPE_DATE)
		return resolve_refuse(r);
	r->type = type_of(TYPE_VARCHAR);
	r->kernel = &r->function->kernel;
	return resolve_pattern(r);
}

static int resolve_from_unixtime(struct resolve *r)
{
	if (!type_is_integer(r->args[0]->type.kind) && r->args[0]->type.kind != TYPE_NULL)
		return resolve_refuse(r);
	if (resolve_cast(r, 0, type_of(TYPE_BIGINT)) != 0)
		return -EINVAL;
	r->type = type_of(TYPE_VARCHAR);
	r->kernel = &r->function->kernel;
	return with_pattern(r, "yyyy-MM-dd HH:mm:ss");
}

static int resolve_read(
	struct resolve *r, struct type type, const struct kernel *kernel, const char *otherwise)
{
	if (!type_is_string(r->args[0]->type.kind) && r->args[0]->type.kind != TYPE_NULL)
		return resolve_refuse(r);
	if (resolve_cast(r, 0, type_of(TYPE_VARCHAR)) != 0)
		return -EINVAL;
	r->type = type;
	r->kernel = kernel;
	return with_pattern(r, otherwise);
}

// Without a pattern it reads what CAST reads.
static int resolve_read_or_cast(struct resolve *r, struct type type)
{
	if (r->n_args == 2)
		return resolve_read(r, type, &r->function->kernel, NULL);
	if (!type_is_string(r->args[0]->type.kind) && r->args[0]->type.kind != TYPE_NULL)
		return resolve_refuse(r);
	r->expr = expr_cast(r->arena, r->args[0], type, true, r->pos, r->err);
	return r->expr != NULL ? 0 : -EINVAL;
}

static int resolve_to_timestamp(struct resolve *r)
{
	return resolve_read_or_cast(r, type_timestamp(TYPE_TIMESTAMP, 3));
}

static int resolve_to_date(struct resolve *r)
{
	return resolve_read_or_cast(r, type_of(TYPE_DATE));
}

int resolve_unix_timestamp_of(struct resolve *r)
{
	static const struct kernel kernel = {unix_timestamp, KERNEL_NULLS};

	return resolve_read(r, type_of(TYPE_BIGINT), &kernel, "yyyy-MM-dd HH:mm:ss");
}

#define F(sql, min, resolver, run, use, text)                               \
	{                                                                   \
		.name = sql, .n_min = min, .n_max = 2, .resolve = resolver, \
		.kernel = {run, KERNEL_NULLS}, .usage = use, .doc = text    \
	}

static const struct function functions[] = {
	F("DATE_FORMAT", 2, resolve_date_format, date_format, "DATE_FORMAT(t, format)",
		"t as text by Java's pattern, such as 'yyyy-MM-dd HH:mm'"),
	F("FROM_UNIXTIME", 1, resolve_from_unixtime, from_unixtime, "FROM_UNIXTIME(n [, format])",
		"n seconds since 1970 as text"),
	F("TO_TIMESTAMP", 1, resolve_to_timestamp, to_timestamp, "TO_TIMESTAMP(s [, format])",
		"the TIMESTAMP(3) that the text says; NULL when it says none"),
	F("TO_DATE", 1, resolve_to_date, to_date, "TO_DATE(s [, format])",
		"the date that the text says; NULL when it says none"),
};

const struct function_family family_time_format = {
	"Times as text", functions, sizeof(functions) / sizeof(*functions)};
