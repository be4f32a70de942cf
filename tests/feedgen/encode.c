#include "feedgen/encode.h"
#include "feedgen/raw.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

// A world of one merchant in Lisbon, so that the texts are known.
static struct merchant merchant = {.lat_e4 = 387200, .lon_e4 = -91405, .city = 0, .category = 0};
static struct world world = {
	.seed = 1, .n_users = 20000, .n_merchants = 100, .merchants = &merchant};

static const struct event payment = {
	.id = 123,
	.ts_ms = 1767225605123,
	.who = 123,
	.value = 1250,
	.approved = true,
};
static const struct event reading = {.id = 9, .ts_ms = 1767225605007, .who = 4, .value = -305};

static void expect(
	enum feed feed, enum encoding encoding, const struct event *event, const char *expected)
{
	char text[ENCODE_MAX + 1] = "", card[WORLD_CARD_DIGITS + 1] = "", *at;
	struct encoder encoder;

	encoder_init(&encoder, &world, feed, encoding);
	text[encode_event(&encoder, event, text)] = '\0';
	// The card is the world's to say.
	world_card(&world, event->who, card);
	at = strstr(text, card);
	if (at != NULL)
		memcpy(at, "4000001234567890", WORLD_CARD_DIGITS);
	assert_string_equal(text, expected);
}

static void json_and_csv_look_like_this(void **)
{
	expect(FEED_CARDS, ENCODING_JSON, &payment,
		"{\"tx_id\":123,\"ts\":\"2026-01-01 00:00:05.123\",\"card\":\"4000001234567890\","
		"\"user_id\":\"u000123\",\"merchant\":\"m00000\",\"category\":\"grocery\","
		"\"city\":\"Lisbon\",\"country\":\"PT\",\"lat\":38.7200,\"lon\":-9.1405,"
		"\"amount\":12.50,\"currency\":\"EUR\",\"status\":\"APPROVED\"}");
	expect(FEED_CARDS, ENCODING_CSV, &payment,
		"123,2026-01-01 00:00:05.123,4000001234567890,u000123,m00000,grocery,Lisbon,PT,"
		"38.7200,-9.1405,12.50,EUR,APPROVED");
	expect(FEED_SENSORS, ENCODING_JSON, &reading,
		"{\"reading_id\":9,\"ts\":\"2026-01-01 00:00:05.007\",\"device\":\"s000004\","
		"\"city\":\"Lisbon\",\"temperature\":-3.05}");
	expect(FEED_SENSORS, ENCODING_CSV, &reading,
		"9,2026-01-01 00:00:05.007,s000004,Lisbon,-3.05");
}

static void time_goes_on_over_minutes_and_back(void **)
{
	struct encoder encoder;
	char text[ENCODE_MAX];

	encoder_init(&encoder, &world, FEED_CARDS, ENCODING_CSV);
	assert_int_equal(encode_ts(&encoder, 1767225599999, text), 23);
	assert_memory_equal(text, "2025-12-31 23:59:59.999", 23);
	encode_ts(&encoder, 1767225600000, text);
	assert_memory_equal(text, "2026-01-01 00:00:00.000", 23);
	encode_ts(&encoder, 1767225599001, text);
	assert_memory_equal(text, "2025-12-31 23:59:59.001", 23);
	encode_ts(&encoder, 1709251199500, text);
	assert_memory_equal(text, "2024-02-29 23:59:59.500", 23);
}

static void raw_has_its_fixed_layout(void **)
{
	static const uint8_t id[8] = {0, 0, 0, 0, 0, 0, 0, 123};
	static const uint8_t amount[8] = {0x40, 0x29, 0, 0, 0, 0, 0, 0}; // 12.5
	char out[ENCODE_MAX];
	struct encoder encoder;

	encoder_init(&encoder, &world, FEED_CARDS, ENCODING_RAW);
	assert_int_equal(encode_event(&encoder, &payment, out), 115);
	assert_memory_equal(out, id, 8);
	assert_memory_equal(out + 32, "u000123   m00000  grocery     Lisbon          PT", 48);
	assert_memory_equal(out + 96, amount, 8);
	assert_memory_equal(out + 104, "EURAPPROVED", 11);
	encoder_init(&encoder, &world, FEED_SENSORS, ENCODING_RAW);
	assert_int_equal(encode_event(&encoder, &reading, out), 50);
	assert_memory_equal(out + 16, "s000004   Lisbon          ", 26);
}

static void garbage_has_no_newline_and_fits(void **)
{
	struct rng rng = {5};
	struct encoder encoder;
	char out[ENCODE_MAX];

	encoder_init(&encoder, &world, FEED_CARDS, ENCODING_JSON);
	for (int i = 0; i < 10000; i++) {
		uint32_t len = encode_garbage(&encoder, &payment, &rng, out);

		assert_in_range(len, 1, ENCODE_MAX);
		assert_null(memchr(out, '\n', len));
		assert_int_not_equal(out[len - 1], '\0');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_and_csv_look_like_this),
		cmocka_unit_test(time_goes_on_over_minutes_and_back),
		cmocka_unit_test(raw_has_its_fixed_layout),
		cmocka_unit_test(garbage_has_no_newline_and_fits),
	};

	// Everybody lives in Lisbon, with a habit of nothing: world_customer() needs no more.
	return cmocka_run_group_tests(tests, NULL, NULL);
}
