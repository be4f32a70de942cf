// Numbers and timestamps read four at a time against the same by the byte.
#include "format/lanes.h"
#include "format/fixture.h"
#include "format/json_scan.h"
#include "row/number.h"
#include "row/random.h"

#define LEN(array) (sizeof(array) / sizeof(*(array)))

enum { ROUNDS = 200000, TEXT_MAX = 32, SHORT_MAX = 16 };

static struct random random_state = {11};

static uint32_t below(uint32_t n)
{
	return random_below(&random_state, n);
}

// Four texts, each in just its own memory, as a run of messages has them.
struct group {
	char *messages[LANES];
	uint16_t places[LANES * 2];
	struct texts texts;
};

static void group_init(struct group *group, char texts[LANES][TEXT_MAX], const uint32_t *lens)
{
	for (uint32_t i = 0; i < LANES; i++) {
		group->messages[i] = malloc(lens[i]);
		memcpy(group->messages[i], texts[i], lens[i]);
		group->places[2 * i] = 0;
		group->places[2 * i + 1] = (uint16_t)lens[i];
	}
	group->texts = (struct texts){
		.n = LANES,
		.stride = 2,
		.messages = (const char *const *)group->messages,
		.starts = group->places,
		.ends = group->places + 1,
	};
}

static void group_free(struct group *group)
{
	for (uint32_t i = 0; i < LANES; i++)
		free(group->messages[i]);
}

static uint32_t write_number(char *at)
{
	static const char others[] = "0123456789..--+ e\0";
	uint32_t n = 0, n_digits = below(4) == 0 ? below(20) : below(9);

	if (below(3) == 0)
		at[n++] = '-';
	for (uint32_t i = 0; i < n_digits; i++)
		at[n++] = (char)('0' + (below(4) == 0 ? 0 : below(10)));
	if (below(2) == 0)
		at[n++] = '.';
	for (uint32_t i = below(4); i > 0; i--)
		at[n++] = (char)('0' + below(10));
	if (n > 0 && below(4) == 0)
		at[below(n)] = others[below(sizeof(others) - 1)];
	return n;
}

// Whether text[:len] is a number: its digits without the point, and how many are behind that.
static bool parse_number(const char *text, uint32_t len, bool has_point, bool is_json,
	int64_t *value, uint32_t *scale)
{
	bool is_negative = len > 0 && *text == '-', seen_point = false;
	uint32_t n_digits = 0;

	*value = *scale = 0;
	for (uint32_t i = is_negative; i < len; i++) {
		if (text[i] == '.' && has_point && !seen_point) {
			seen_point = true;
			continue;
		}
		if (text[i] < '0' || text[i] > '9')
			return false;
		*value = 10 * *value + (text[i] - '0');
		*scale += seen_point;
		n_digits++;
	}
	if (n_digits == 0 || (is_negative && has_point && *value == 0))
		return false;
	if (is_negative)
		*value = -*value;
	return !is_json || json_scan_number(text, text + len) == text + len;
}

static void check_numbers(bool has_point, bool is_json)
{
	struct lanes_numbers numbers;
	struct group group;
	char texts[LANES][TEXT_MAX];
	uint32_t lens[LANES], refused, scale;
	int64_t value;

	for (int round = 0; round < ROUNDS; round++) {
		for (uint32_t i = 0; i < LANES; i++)
			lens[i] = write_number(texts[i]);
		group_init(&group, texts, lens);
		group.texts.is_json = is_json;
		refused = lanes_read_numbers(&group.texts, has_point, &numbers, LANES);
		for (uint32_t i = 0; i < LANES; i++) {
			bool is_number =
				lens[i] <= SHORT_MAX + 1 &&
				parse_number(texts[i], lens[i], has_point, is_json, &value, &scale);
			bool is_read = (refused >> i & 1) == 0;

			if (is_read != is_number && !(is_number && lens[i] > SHORT_MAX))
				fail_msg("%.*s is %s number", (int)lens[i], texts[i],
					is_number ? "a" : "no");
			if (!is_read)
				continue;
			assert_int_equal(numbers.values[LANES + i], value);
			assert_int_equal(numbers.scales[LANES + i], scale);
		}
		group_free(&group);
	}
}

static void numbers_are_those_of_their_bytes(void **)
{
	check_numbers(false, false);
	check_numbers(false, true);
	check_numbers(true, false);
	check_numbers(true, true);
}

static uint32_t write_moment(char *at)
{
	static const char others[] = "0123456789-:. TZ/;\x7f\xff";
	static const char *const fractions[] = {"", ".000", ".999", ".5", ".1234"};
	uint32_t n = (uint32_t)sprintf(at, "%04u-%02u-%02u%c%02u:%02u:%02u%s", below(10000),
		1 + below(12), 1 + below(29), below(2) ? 'T' : ' ', below(24), below(60), below(60),
		fractions[below(4) == 0 ? below(LEN(fractions)) : below(3)]);

	if (below(4) == 0)
		at[n++] = 'Z';
	if (below(4) == 0)
		at[below(n)] = others[below(sizeof(others) - 1)];
	return below(16) == 0 ? below(n) : n;
}

// Of those that are known the milliseconds; what moment_parse() knows is known, but elsewhere it
// knows nothing.
static void check_moments(bool has_zone, enum datetime_style style)
{
	struct type type = type_timestamp(has_zone ? TYPE_TIMESTAMP_LTZ : TYPE_TIMESTAMP, 3);
	struct group group;
	char texts[LANES][TEXT_MAX];
	uint32_t lens[LANES], refused;
	int64_t moments[LANES], ms;

	for (int round = 0; round < ROUNDS; round++) {
		for (uint32_t i = 0; i < LANES; i++)
			lens[i] = write_moment(texts[i]);
		group_init(&group, texts, lens);
		refused = lanes_read_moments(&group.texts, has_zone, style, moments);
		for (uint32_t i = 0; i < LANES; i++) {
			uint32_t len = lens[i] - has_zone;
			bool is_read = (refused >> i & 1) == 0;
			bool is_moment = lens[i] > 0 &&
					 moment_parse(group.messages[i], len, style, &ms) &&
					 (!has_zone || texts[i][len] == 'Z');

			if (is_read != is_moment || (is_read && moments[i] != ms))
				fail_msg("%.*s", (int)lens[i], texts[i]);
			if (!is_read)
				continue;
			assert_true(datetime_parse_timestamp(
				texts[i], lens[i], type, DATETIME_JAVA, &ms));
			assert_int_equal(moments[i], ms);
		}
		group_free(&group);
	}
}

static void moments_are_those_of_their_bytes(void **)
{
	for (int style = DATETIME_SQL; style <= DATETIME_JAVA; style++) {
		check_moments(false, (enum datetime_style)style);
		check_moments(true, (enum datetime_style)style);
	}
}

// Every date of four centuries, and those that are none.
static void every_day_is_known(void **)
{
	char texts[LANES][TEXT_MAX];
	uint32_t lens[LANES], refused;
	int64_t moments[LANES], ms;
	struct group group;

	for (uint32_t at = 0; at < 402 * 13 * 33; at += LANES) {
		for (uint32_t i = 0; i < LANES; i++)
			lens[i] = (uint32_t)sprintf(texts[i], "%04u-%02u-%02u 23:59:59.999",
				(at + i) / (13 * 33) * 25 % 10000 + (at + i) / (13 * 33) % 25,
				(at + i) / 33 % 13, (at + i) % 33);
		group_init(&group, texts, lens);
		refused = lanes_read_moments(&group.texts, false, DATETIME_SQL, moments);
		for (uint32_t i = 0; i < LANES; i++) {
			bool is_day = datetime_parse_timestamp(texts[i], lens[i],
				type_timestamp(TYPE_TIMESTAMP, 3), DATETIME_SQL, &ms);

#ifdef __AVX2__
			assert_int_equal(is_day, (refused >> i & 1) == 0);
#endif
			if ((refused >> i & 1) == 0)
				assert_true(is_day && moments[i] == ms);
		}
		group_free(&group);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_those_of_their_bytes),
		cmocka_unit_test(moments_are_those_of_their_bytes),
		cmocka_unit_test(every_day_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
