// Timestamps read at once against row/datetime.h, which goes by the byte: what the quick way takes
// is the same, and it takes what feeds send.
#include "format/fixture.h"
#include "format/moment.h"
#include "row/random.h"

#define LEN(array) (sizeof(array) / sizeof(*(array)))

// Compare both, the text in just its own memory.
static bool compare(const char *text, uint32_t len, enum datetime_style style)
{
	struct type type = type_timestamp(TYPE_TIMESTAMP, 3);
	char *copy = malloc(len + 1u);
	int64_t quick = 0, slow = 0;
	bool taken;

	memcpy(copy + 1, text, len);
	taken = moment_parse(copy + 1, len, style, &quick);
	if (taken) {
		if (style == DATETIME_JAVA)
			style = text[10] == 'T' ? DATETIME_ISO : DATETIME_SQL;
		if (!datetime_parse_timestamp(text, len, type, style, &slow) || quick != slow)
			fail_msg("%.*s is not %lld", (int)len, text, (long long)quick);
	}
	free(copy);
	return taken;
}

static void every_day_is_known(void **)
{
	static const uint32_t years[] = {0, 1, 3, 4, 99, 100, 101, 399, 400, 401, 1582, 1899, 1900,
		1969, 1970, 1972, 1999, 2000, 2001, 2023, 2024, 2100, 2400, 4000, 9996, 9999};
	struct type type = type_timestamp(TYPE_TIMESTAMP, 3);
	char text[64];
	int64_t ms;

	for (size_t y = 0; y < LEN(years); y++)
		for (uint32_t month = 0; month <= 13; month++)
			for (uint32_t day = 0; day <= 32; day++) {
				uint32_t len = (uint32_t)sprintf(
					text, "%04u-%02u-%02u 23:59:59.999", years[y], month, day);
				bool is_day = datetime_parse_timestamp(
					text, len, type, DATETIME_SQL, &ms);
#ifdef __AVX2__
				assert_int_equal(compare(text, len, DATETIME_SQL), is_day);
#else
				(void)is_day;
#endif
			}
}

// Bytes of timestamps changed, put in and left out.
static void other_texts_are_left_alone(void **)
{
	static const char *const texts[] = {
		"2024-02-29 12:34:56", "2024-02-29T12:34:56.789", "1999-12-31 00:00:00.001"};
	static const char bytes[] = "0123456789-:. TZ/;,\x7f\xff";
	struct random random = {7};
	char text[32];

	for (int i = 0; i < 300000; i++) {
		const char *from = texts[i % (int)LEN(texts)];
		uint32_t len = (uint32_t)strlen(from), at = random_below(&random, len);

		memcpy(text, from, len);
		for (uint32_t n = random_below(&random, 3); n > 0; n--)
			text[random_below(&random, len)] = bytes[random_below(&random, LEN(bytes))];
		if (i % 16 == 0)
			memmove(text + at, text + at + 1, --len - at);
		compare(text, len, (enum datetime_style)(i % 3));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day_is_known),
		cmocka_unit_test(other_texts_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
