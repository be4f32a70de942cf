// Writing JSON as Jackson writes what it has read into maps and BigDecimals, with Flink's
// ORDER_MAP_ENTRIES_BY_KEYS. An object's members are sorted by way of their places, which stand at
// the free end of the output while the object is written (heapsort: no memory, n log n).
#include <stdio.h>
#include "expr/json_text.h"
#include "expr/json_walk.h"
#include "format/json_scan.h"

enum { SCALE_TEXT_MAX = 16 };

void json_put(struct json_out *out, const char *text, uint32_t len)
{
	if (out->full || len > out->size - out->used) {
		out->full = true;
		return;
	}
	memcpy(out->bytes + out->used, text, len);
	out->used += len;
}

static void put_escape(struct json_out *out, uint8_t c)
{
	static const char from[] = "\b\t\n\f\r\"\\", to[] = "btnfr\"\\";
	const char *known = memchr(from, c, sizeof(from) - 1);
	char text[8];

	if (known != NULL) {
		text[0] = '\\';
		text[1] = to[known - from];
		json_put(out, text, 2);
	} else {
		json_put(out, text, (uint32_t)snprintf(text, sizeof(text), "\\u%04X", c));
	}
}

void json_put_string(struct json_out *out, const char *text, uint32_t len)
{
	uint32_t start = 0;

	json_put(out, "\"", 1);
	for (uint32_t i = 0; i < len; i++) {
		uint8_t c = (uint8_t)text[i];

		if (c >= ' ' && c != '"' && c != '\\')
			continue;
		json_put(out, text + start, i - start);
		put_escape(out, c);
		start = i + 1;
	}
	json_put(out, text + start, len - start);
	json_put(out, "\"", 1);
}

// A number's digits without leading zeros, and its scale: value = digits × 10^−scale.
struct number {
	const char *integer, *fraction; // [:n_integer], [:n_fraction]
	uint32_t n_integer, n_fraction;
	int64_t scale;
	bool negative;
};

static struct number split_number(const char *text, uint32_t len)
{
	const char *end = text + len;
	struct number n = {.negative = *text == '-'};
	int64_t exponent = 0;
	bool negative = false;

	text += n.negative;
	n.integer = text;
	while (text < end && *text >= '0' && *text <= '9')
		text++;
	n.n_integer = (uint32_t)(text - n.integer);
	n.fraction = text;
	if (text < end && *text == '.') {
		n.fraction = ++text;
		while (text < end && *text >= '0' && *text <= '9')
			text++;
	}
	n.n_fraction = (uint32_t)(text - n.fraction);
	if (text < end && (*text | 32) == 'e') {
		negative = ++text < end && *text == '-';
		text += text < end && (*text == '-' || *text == '+');
		for (; text < end && exponent < 1000000000; text++)
			exponent = exponent * 10 + (*text - '0');
	}
	n.scale = n.n_fraction - (negative ? -exponent : exponent);
	while (n.n_integer > 0 && *n.integer == '0') {
		n.integer++;
		n.n_integer--;
	}
	return n;
}

// The digits from first to last, of integer and fraction as if they were one text.
static void put_digits(struct json_out *out, const struct number *n, uint32_t first, uint32_t last)
{
	if (first < n->n_integer) {
		uint32_t end = last < n->n_integer ? last : n->n_integer;

		json_put(out, n->integer + first, end - first);
		first = end;
	}
	if (first < last)
		json_put(out, n->fraction + first - n->n_integer, last - first);
}

// BigDecimal.toString(): plain when the scale is not negative and the exponent is at least −6.
void json_put_decimal(struct json_out *out, const char *text, uint32_t len)
{
	struct number n = split_number(text, len);
	uint32_t skip = 0, count;
	char exponent[SCALE_TEXT_MAX];
	int64_t adjusted;

	while (n.n_integer == 0 && skip + 1 < n.n_fraction && n.fraction[skip] == '0')
		skip++;
	if (n.n_integer == 0 && n.n_fraction == 0) { // 0, 0e5
		n.fraction = "0";
		n.n_fraction = 1;
	}
	count = n.n_integer + n.n_fraction - skip;
	adjusted = (int64_t)count - 1 - n.scale;
	if (n.negative && !(count == 1 && n.n_integer == 0 && n.fraction[skip] == '0'))
		json_put(out, "-", 1);
	if (n.scale >= 0 && adjusted >= -6) {
		int64_t whole = (int64_t)count - n.scale; // digits before the point

		if (whole <= 0)
			json_put(out, "0.", 2);
		for (int64_t i = whole; i < 0; i++)
			json_put(out, "0", 1);
		put_digits(out, &n, skip, skip + (uint32_t)(whole > 0 ? whole : 0));
		if (whole > 0 && n.scale > 0)
			json_put(out, ".", 1);
		put_digits(out, &n, skip + (uint32_t)(whole > 0 ? whole : 0), skip + count);
		return;
	}
	put_digits(out, &n, skip, skip + 1);
	if (count > 1) {
		json_put(out, ".", 1);
		put_digits(out, &n, skip + 1, skip + count);
	}
	json_put(out, exponent,
		(uint32_t)snprintf(exponent, sizeof(exponent), "E%+lld", (long long)adjusted));
}

static void put_number(struct json_out *out, struct json_value value)
{
	uint32_t len = (uint32_t)(value.end - value.start);

	for (uint32_t i = 0; i < len; i++)
		if (value.start[i] == '.' || (value.start[i] | 32) == 'e') {
			json_put_decimal(out, value.start, len);
			return;
		}
	if (len == 2 && memcmp(value.start, "-0", 2) == 0)
		json_put(out, "0", 1);
	else
		json_put(out, value.start, len);
}

// Unescape a string to where the output ends. Returns its length; 0 when it does not fit.
static uint32_t unescape(struct json_out *out, struct json_value string)
{
	uint32_t len = (uint32_t)(string.end - string.start);

	if (out->full || len > out->size - out->used) {
		out->full = true;
		return 0;
	}
	return json_unescape(string.start, len, out->bytes + out->used);
}

static bool has_escapes(struct json_value string)
{
	return memchr(string.start, '\\', (size_t)(string.end - string.start)) != NULL;
}

// A string, given without its quotes: its escapes as Jackson would have them. The plain text stands
// at the end of the output for a moment.
static void put_string(struct json_out *out, struct json_value string)
{
	struct json_out rest = *out;
	uint32_t len;

	if (!has_escapes(string)) {
		json_put_string(out, string.start, (uint32_t)(string.end - string.start));
		return;
	}
	len = (uint32_t)(string.end - string.start);
	if (out->full || len > out->size - out->used) {
		out->full = true;
		return;
	}
	rest.used = out->size - len;
	len = unescape(&rest, string);
	out->size = rest.used;
	json_put_string(out, out->bytes + rest.used, len);
	out->size = rest.size;
}

void json_put_scalar(struct json_out *out, struct json_value value)
{
	if (*value.start == '"')
		out->used += unescape(out, (struct json_value){value.start + 1, value.end - 1});
	else if (*value.start == '-' || (*value.start >= '0' && *value.start <= '9'))
		put_number(out, value);
	else
		json_put(out, value.start, (uint32_t)(value.end - value.start));
}

// ---- Objects, sorted

// A member's place in its object's text, which holds less than 4 GiB.
static struct json_value key_at(struct json_value of, uint32_t at)
{
	struct json_value key = {of.start + at, NULL};
	bool ignored = false;

	key.end = json_scan_string(key.start, of.end, &ignored);
	return key;
}

// Equal keys by their places, so that the last comes last.
static int compare(struct json_value of, uint32_t a, uint32_t b)
{
	int order = json_compare_keys(key_at(of, a), key_at(of, b));

	return order != 0 ? order : (a > b) - (a < b);
}

static void sift(struct json_value of, uint32_t *places, uint32_t root, uint32_t n)
{
	while (2 * root + 1 < n) {
		uint32_t child = 2 * root + 1, place = places[root];

		if (child + 1 < n && compare(of, places[child], places[child + 1]) < 0)
			child++;
		if (compare(of, place, places[child]) >= 0)
			return;
		places[root] = places[child];
		places[child] = place;
		root = child;
	}
}

static void sort(struct json_value of, uint32_t *places, uint32_t n)
{
	for (uint32_t root = n / 2; root-- > 0;)
		sift(of, places, root, n);
	for (uint32_t last = n; last-- > 1;) {
		uint32_t place = places[0];

		places[0] = places[last];
		places[last] = place;
		sift(of, places, 0, last);
	}
}

static void put_member(struct json_out *out, struct json_value of, uint32_t at)
{
	struct json_value key = key_at(of, at), value;
	bool ignored = false;

	put_string(out, key);
	json_put(out, ":", 1);
	value.start = json_skip_blanks(key.end + 1, of.end);
	value.start = json_skip_blanks(value.start + 1, of.end);
	value.end = json_scan_value(value.start, of.end, 0, &ignored);
	json_put_value(out, value);
}

static void put_object(struct json_out *out, struct json_value of)
{
	uint32_t n = 0, size = out->size, n_put = 0;
	struct json_cursor cursor = {0};
	uint32_t *places;

	while (json_next(of, &cursor))
		n++;
	// Aligned places at the end.
	if (out->full || (uint64_t)n * 4 + 4 > out->size - out->used) {
		out->full = true;
		return;
	}
	places = (uint32_t *)(((uintptr_t)(out->bytes + size) & ~(uintptr_t)3) - 4 * (size_t)n);
	out->size = (uint32_t)((char *)places - out->bytes);
	cursor = (struct json_cursor){0};
	for (uint32_t i = 0; json_next(of, &cursor); i++)
		places[i] = (uint32_t)(cursor.key.start - of.start);
	sort(of, places, n);
	json_put(out, "{", 1);
	for (uint32_t i = 0; i < n; i++) {
		if (i + 1 < n &&
			json_compare_keys(key_at(of, places[i]), key_at(of, places[i + 1])) == 0)
			continue;
		if (n_put++ > 0)
			json_put(out, ",", 1);
		put_member(out, of, places[i]);
	}
	json_put(out, "}", 1);
	out->size = size;
}

static void put_array(struct json_out *out, struct json_value of)
{
	struct json_cursor cursor = {0};
	uint32_t n = 0;

	json_put(out, "[", 1);
	while (!out->full && json_next(of, &cursor)) {
		if (n++ > 0)
			json_put(out, ",", 1);
		json_put_value(out, cursor.value);
	}
	json_put(out, "]", 1);
}

// Recursive, JSON_DEPTH_MAX deep at most.
void json_put_value(struct json_out *out, struct json_value value)
{
	if (out->full)
		return;
	if (*value.start == '{')
		put_object(out, value);
	else if (*value.start == '[')
		put_array(out, value);
	else if (*value.start == '"')
		put_string(out, (struct json_value){value.start + 1, value.end - 1});
	else
		json_put_scalar(out, value);
}

void json_put_matches(struct json_out *out, struct json_value from, const struct json_step *steps,
	uint16_t n_steps, uint32_t *n)
{
	struct json_cursor cursor = {0};

	for (; n_steps > 0 && steps->kind != JSON_STEP_ALL; steps++, n_steps--) {
		from = json_find(from, steps, 1);
		if (from.start == NULL)
			return;
	}
	if (n_steps == 0) {
		if ((*n)++ > 0)
			json_put(out, ",", 1);
		json_put_value(out, from);
		return;
	}
	while (json_is_container(from) && !out->full && json_next(from, &cursor))
		json_put_matches(out, cursor.value, steps + 1, n_steps - 1, n);
}

// ---- Comparing keys

// The next unit of UTF-16 of a JSON string; *low is a second half that waits. −1 at the end.
static int32_t next_unit(struct json_value *string, int32_t *low)
{
	const uint8_t *at = (const uint8_t *)string->start;
	char text[4];
	uint32_t n = 1, point;

	if (*low != 0) {
		point = (uint32_t)*low;
		*low = 0;
		return (int32_t)point;
	}
	if (string->start >= string->end)
		return -1;
	if (*at == '\\' && at[1] == 'u') { // a unit by itself
		for (point = 0, n = 2; n < 6; n++)
			point = point << 4 |
				(uint32_t)(at[n] <= '9' ? at[n] - '0' : (at[n] | 32) - 'a' + 10);
		string->start += 6;
		return (int32_t)point;
	}
	if (*at == '\\') {
		json_unescape(string->start, 2, text);
		string->start += 2;
		return (unsigned char)text[0];
	}
	point = *at;
	if (point >= 0xf0) {
		point = (point & 7) << 18 | (at[1] & 0x3fu) << 12 | (at[2] & 0x3fu) << 6 |
			(at[3] & 0x3fu);
		n = 4;
	} else if (point >= 0xe0) {
		point = (point & 15) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
		n = 3;
	} else if (point >= 0xc0) {
		point = (point & 31) << 6 | (at[1] & 0x3fu);
		n = 2;
	}
	string->start += n;
	if (point < 0x10000)
		return (int32_t)point;
	*low = (int32_t)(0xdc00 | (point & 0x3ff));
	return (int32_t)(0xd7c0 + (point >> 10));
}

int json_compare_keys(struct json_value a, struct json_value b)
{
	int32_t low_a = 0, low_b = 0, unit_a, unit_b;

	do {
		unit_a = next_unit(&a, &low_a);
		unit_b = next_unit(&b, &low_b);
	} while (unit_a == unit_b && unit_a >= 0);
	return (unit_a > unit_b) - (unit_a < unit_b);
}
