#include "expr/time_pattern.h"
#include "row/datetime.h"
#include <ctype.h>
#include <strings.h>

static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July",
	"August", "September", "October", "November", "December"};
static const char *const weekdays[] = {
	"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

bool time_pattern_compile(struct time_pattern *p, const char *text, uint32_t len)
{
	bool quoted = false;

	p->n = 0;
	for (uint32_t i = 0; i < len; i++) {
		struct time_item *last = p->n > 0 ? &p->items[p->n - 1] : NULL;
		char c = text[i];

		if (c == '\'' && !(i + 1 < len && text[i + 1] == '\'')) {
			quoted = !quoted;
			continue;
		}
		i += c == '\''; // two of them are one
		if (quoted || !isalpha((unsigned char)c)) {
			if (p->n == TIME_PATTERN_MAX)
				return false;
			p->items[p->n++] = (struct time_item){0, (uint8_t)c};
			continue;
		}
		if (strchr("yuMdDHhmsSaE", c) == NULL)
			return false;
		if (last != NULL && last->letter == c && i > 0 && text[i - 1] == c) {
			if (++last->n > 9)
				return false;
			continue;
		}
		if (p->n == TIME_PATTERN_MAX)
			return false;
		p->items[p->n++] = (struct time_item){c, 1};
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

static uint32_t put_item(char *to, struct time_item item, struct moment moment)
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

uint32_t time_pattern_format(
	const struct time_pattern *p, struct moment moment, char text[TIME_PATTERN_TEXT_MAX])
{
	uint32_t len = 0;

	for (uint32_t i = 0; i < p->n; i++)
		len += put_item(text + len, p->items[i], moment);
	return len;
}

// ---- Reading

enum { NUMBER_DIGITS_MAX = 9, YEAR_READ_MAX = 5000000 };

struct reading {
	enum time_pattern_reader reader;
	bool is_abutting; // a number follows at once, so that the digits must be counted
	const char *text, *end;
	int32_t year, month, day, day_of_year, hour, half; // half: of the day; −1 = not said
	int32_t minute, second;
	int64_t ns;
};

// A number of n digits; n = 1 takes as many as there are, up to max.
static bool take_number(struct reading *in, uint32_t n, uint32_t max, int32_t *value)
{
	bool is_text = in->reader == TIME_PATTERN_JAVA_TEXT;
	uint32_t n_digits = 0;

	if (is_text && !in->is_abutting)
		n = 1, max = NUMBER_DIGITS_MAX;
	while (is_text && in->text < in->end && *in->text == ' ')
		in->text++;
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
	// SimpleDateFormat: a number of milliseconds.
	in->ns =
		(int64_t)value * (in->reader == TIME_PATTERN_JAVA_TEXT ? UNIT_NS_PER_MS : scale[n]);
	return true;
}

static bool take_item(struct reading *in, struct time_item item)
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
	int32_t next_year = in->year + (in->month == 12), next_month = in->month % 12 + 1, last;

	if (in->month < 1 || in->month > 12 || in->day < 1 || in->day > 31 ||
		in->year > YEAR_READ_MAX || in->day_of_year > 366)
		return false;
	if (in->day_of_year > 0) {
		*days = (int64_t)datetime_days(in->year, 1, 1) + in->day_of_year - 1;
		return *days < datetime_days(in->year + 1, 1, 1);
	}
	last = datetime_days(next_year, next_month, 1) - 1;
	*days = datetime_days(in->year, in->month, in->day);
	*days = *days > last ? last : *days;
	return true;
}

static bool finish(struct reading *in, struct moment *moment)
{
	if (in->half >= 0 && (in->hour < 1 || in->hour > 12))
		return false;
	if (in->half >= 0)
		in->hour = in->hour % 12 + in->half * 12;
	if (in->text != in->end || in->hour > 23 || in->minute > 59 || in->second > 59)
		return false;
	moment->ns = ((in->hour * 60LL + in->minute) * 60 + in->second) * 1000000000 + in->ns;
	return finish_date(in, &moment->days);
}

// Everything is added up.
static bool finish_lenient(struct reading *in, struct moment *moment)
{
	int64_t year = in->year + unit_floor_div((int64_t)in->month - 1, 12), seconds, days;
	int32_t month = (int32_t)((in->month + INT64_C(11)) % 12) + 1;

	if (year < 0 || year > YEAR_READ_MAX)
		return false;
	if (in->half >= 0)
		in->hour = in->hour % 12 + in->half * 12;
	days = datetime_days((int32_t)year, month, 1);
	if (in->day_of_year > 0)
		days = datetime_days(in->year, 1, 1);
	days += (in->day_of_year > 0 ? in->day_of_year : in->day) - 1;
	seconds = (in->hour * INT64_C(60) + in->minute) * 60 + in->second + in->ns / 1000000000;
	moment->days = days + seconds / 86400;
	moment->ns = seconds % 86400 * 1000000000 + in->ns % 1000000000;
	return moment->days <= MOMENT_DAYS_MAX;
}

static bool is_number(struct time_item item)
{
	return item.letter != 0 && strchr("aE", item.letter) == NULL &&
	       (item.letter != 'M' || item.n < 3);
}

bool time_pattern_parse(const struct time_pattern *p, enum time_pattern_reader reader,
	const struct str *str, struct moment *moment)
{
	const char *text = str_data(str);
	struct reading in = {.reader = reader,
		.text = text,
		.end = text + str->len,
		.year = 1970,
		.month = 1,
		.day = 1,
		.half = -1};

	for (uint32_t i = 0; i < p->n; i++) {
		in.is_abutting = i + 1 < p->n && is_number(p->items[i + 1]);
		if (!take_item(&in, p->items[i]))
			return false;
	}
	return reader == TIME_PATTERN_JAVA_TEXT ? finish_lenient(&in, moment) : finish(&in, moment);
}
