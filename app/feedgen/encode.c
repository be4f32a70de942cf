#include "feedgen/encode.h"
#include "feedgen/raw.h"
#include "feedgen/text.h"
#include "row/datetime.h"
#include <assert.h>

enum { MS_PER_MINUTE = 60000, MS_PER_DAY = 86400000, WHO_DIGITS_MIN = 6, MERCHANT_DIGITS_MIN = 5 };

static uint32_t max(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

void encoder_init(
	struct encoder *encoder, const struct world *world, enum feed feed, enum encoding encoding)
{
	*encoder = (struct encoder){
		.world = world,
		.feed = feed,
		.encoding = encoding,
		.who_digits = max(text_digits(world->n_users - 1), WHO_DIGITS_MIN),
		.merchant_digits = max(text_digits(world->n_merchants - 1), MERCHANT_DIGITS_MIN),
		.minute = -1,
	};
}

// "2026-01-01 00:00:", which thousands of events in a row share.
static void fill_minute(struct encoder *encoder, int64_t minute)
{
	char *at = encoder->minute_text;
	int32_t year, month, day;

	datetime_civil((int32_t)(minute / (24 * 60)), &year, &month, &day);
	at = text_padded(at, (uint64_t)year, 4);
	*at++ = '-';
	at = text_padded(at, (uint64_t)month, 2);
	*at++ = '-';
	at = text_padded(at, (uint64_t)day, 2);
	*at++ = ' ';
	at = text_padded(at, (uint64_t)(minute / 60 % 24), 2);
	*at++ = ':';
	at = text_padded(at, (uint64_t)(minute % 60), 2);
	*at = ':';
	encoder->minute = minute;
}

static char *put_ts(struct encoder *encoder, char *at, int64_t ts_ms)
{
	uint64_t ms = (uint64_t)(ts_ms % MS_PER_MINUTE);

	if (encoder->minute != ts_ms / MS_PER_MINUTE)
		fill_minute(encoder, ts_ms / MS_PER_MINUTE);
	memcpy(at, encoder->minute_text, sizeof(encoder->minute_text));
	at = text_padded(at + sizeof(encoder->minute_text), ms / 1000, 2);
	*at++ = '.';
	return text_padded(at, ms % 1000, 3);
}

uint32_t encode_ts(struct encoder *encoder, int64_t ts_ms, char *out)
{
	return (uint32_t)(put_ts(encoder, out, ts_ms) - out);
}

static char *put_who(const struct encoder *encoder, char *at, uint32_t who)
{
	*at++ = encoder->feed == FEED_CARDS ? 'u' : 's';
	return text_padded(at, who, encoder->who_digits);
}

uint32_t encode_who(const struct encoder *encoder, uint32_t who, char *out)
{
	return (uint32_t)(put_who(encoder, out, who) - out);
}

static char *put_card(const struct encoder *encoder, char *at, uint32_t user)
{
	world_card(encoder->world, user, at);
	return at + WORLD_CARD_DIGITS;
}

static char *put_merchant(const struct encoder *encoder, char *at, uint32_t merchant)
{
	*at++ = 'm';
	return text_padded(at, merchant, encoder->merchant_digits);
}

static const char *status(const struct event *event)
{
	return event->approved ? "APPROVED" : "DECLINED";
}

static const char *currency(const struct encoder *encoder, const struct event *event)
{
	return cities[world_customer(encoder->world, event->who).home].currency;
}

static char *json_payment(struct encoder *encoder, const struct event *event, char *at)
{
	const struct merchant *merchant = &encoder->world->merchants[event->merchant];

	at = text_uint(text_literal(at, "{\"tx_id\":"), event->id);
	at = put_ts(encoder, text_literal(at, ",\"ts\":\""), event->ts_ms);
	at = put_card(encoder, text_literal(at, "\",\"card\":\""), event->who);
	at = put_who(encoder, text_literal(at, "\",\"user_id\":\""), event->who);
	at = put_merchant(encoder, text_literal(at, "\",\"merchant\":\""), event->merchant);
	at = text_literal(at, "\",\"category\":\"");
	at = text_string(at, categories[merchant->category].name);
	at = text_string(text_literal(at, "\",\"city\":\""), cities[event->city].name);
	at = text_string(text_literal(at, "\",\"country\":\""), cities[event->city].country);
	at = text_fixed(text_literal(at, "\",\"lat\":"), merchant->lat_e4, 4);
	at = text_fixed(text_literal(at, ",\"lon\":"), merchant->lon_e4, 4);
	at = text_fixed(text_literal(at, ",\"amount\":"), event->value, 2);
	at = text_string(text_literal(at, ",\"currency\":\""), currency(encoder, event));
	at = text_string(text_literal(at, "\",\"status\":\""), status(event));
	return text_literal(at, "\"}");
}

static char *json_reading(struct encoder *encoder, const struct event *event, char *at)
{
	at = text_uint(text_literal(at, "{\"reading_id\":"), event->id);
	at = put_ts(encoder, text_literal(at, ",\"ts\":\""), event->ts_ms);
	at = put_who(encoder, text_literal(at, "\",\"device\":\""), event->who);
	at = text_string(text_literal(at, "\",\"city\":\""), cities[event->city].name);
	at = text_fixed(text_literal(at, "\",\"temperature\":"), event->value, 2);
	return text_literal(at, "}");
}

// No value has a comma, a quote or a line break in it, so none needs quotes.
static char *csv_payment(struct encoder *encoder, const struct event *event, char *at)
{
	const struct merchant *merchant = &encoder->world->merchants[event->merchant];

	at = text_uint(at, event->id);
	at = put_ts(encoder, text_literal(at, ","), event->ts_ms);
	at = put_card(encoder, text_literal(at, ","), event->who);
	at = put_who(encoder, text_literal(at, ","), event->who);
	at = put_merchant(encoder, text_literal(at, ","), event->merchant);
	at = text_string(text_literal(at, ","), categories[merchant->category].name);
	at = text_string(text_literal(at, ","), cities[event->city].name);
	at = text_string(text_literal(at, ","), cities[event->city].country);
	at = text_fixed(text_literal(at, ","), merchant->lat_e4, 4);
	at = text_fixed(text_literal(at, ","), merchant->lon_e4, 4);
	at = text_fixed(text_literal(at, ","), event->value, 2);
	at = text_string(text_literal(at, ","), currency(encoder, event));
	return text_string(text_literal(at, ","), status(event));
}

static char *csv_reading(struct encoder *encoder, const struct event *event, char *at)
{
	at = text_uint(at, event->id);
	at = put_ts(encoder, text_literal(at, ","), event->ts_ms);
	at = put_who(encoder, text_literal(at, ","), event->who);
	at = text_string(text_literal(at, ","), cities[event->city].name);
	return text_fixed(text_literal(at, ","), event->value, 2);
}

// raw.h names the layout.
static char *raw_payment(struct encoder *encoder, const struct event *event, char *out)
{
	const struct merchant *merchant = &encoder->world->merchants[event->merchant];
	char name[ENCODE_MAX], *at = out;

	at = raw_int64(at, (int64_t)event->id);
	at = raw_int64(at, event->ts_ms);
	at = put_card(encoder, at, event->who);
	at = raw_chars(at, name, put_who(encoder, name, event->who), RAW_WHO);
	at = raw_chars(at, name, put_merchant(encoder, name, event->merchant), RAW_MERCHANT);
	at = raw_chars(
		at, name, text_string(name, categories[merchant->category].name), RAW_CATEGORY);
	at = raw_chars(at, name, text_string(name, cities[event->city].name), RAW_CITY);
	at = text_string(at, cities[event->city].country);
	at = raw_double(at, merchant->lat_e4 / 1e4);
	at = raw_double(at, merchant->lon_e4 / 1e4);
	at = raw_double(at, event->value / 1e2);
	at = text_string(at, currency(encoder, event));
	at = text_string(at, status(event));
	assert(at == out + RAW_PAYMENT);
	return at;
}

static char *raw_reading(struct encoder *encoder, const struct event *event, char *out)
{
	char name[ENCODE_MAX], *at = out;

	at = raw_int64(at, (int64_t)event->id);
	at = raw_int64(at, event->ts_ms);
	at = raw_chars(at, name, put_who(encoder, name, event->who), RAW_WHO);
	at = raw_chars(at, name, text_string(name, cities[event->city].name), RAW_CITY);
	at = raw_double(at, event->value / 1e2);
	assert(at == out + RAW_READING);
	return at;
}

uint32_t encode_event(struct encoder *encoder, const struct event *event, char out[ENCODE_MAX])
{
	static char *(*const encodings[][2])(
		struct encoder * encoder, const struct event *event, char *out) = {
		[ENCODING_JSON] = {[FEED_CARDS] = json_payment, [FEED_SENSORS] = json_reading},
		[ENCODING_CSV] = {[FEED_CARDS] = csv_payment, [FEED_SENSORS] = csv_reading},
		[ENCODING_RAW] = {[FEED_CARDS] = raw_payment, [FEED_SENSORS] = raw_reading},
	};

	return (uint32_t)(encodings[encoder->encoding][encoder->feed](encoder, event, out) - out);
}

uint32_t encode_garbage(
	struct encoder *encoder, const struct event *event, struct rng *rng, char out[ENCODE_MAX])
{
	static const char no_utf8[] = "\xff\xfe\x80 garbage",
			  word[] = "{\"tx_id\":twelve,\"ts\":now}";
	uint32_t len;

	assert(encoder->encoding != ENCODING_RAW);
	switch (rng_below(rng, 4)) {
	case 0: // cut off on the way
		len = encode_event(encoder, event, out);
		return rng_between(rng, 1, len / 2);
	case 1:
		memcpy(out, no_utf8, sizeof(no_utf8) - 1);
		return sizeof(no_utf8) - 1;
	case 2: // words for numbers
		memcpy(out, word, sizeof(word) - 1);
		return sizeof(word) - 1;
	default:
		len = (uint32_t)(text_literal(out, "#noise ") - out);
		// No quote among it: CSV would take the lines after it for one value.
		for (uint32_t n = rng_below(rng, 200); n > 0; n--)
			out[len++] = (char)rng_between(rng, '#', '~');
		return len;
	}
}
