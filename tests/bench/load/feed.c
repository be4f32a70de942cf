#include "load/feed.h"
#include <stdio.h>
#include <string.h>
#include <rte_byteorder.h>
#include "dataplane/checksum.h"

enum { HEADERS_LEN = 14 + 20 + 8, RAW_EVENTS = 20, ID_DIGITS = 9, KEY_DIGITS = 6 };
enum { MS_PER_DAY = 86400000 };
enum { EVENTS_PER_MS = 10000 }; // of event time: about as fast as the clock, at the rates there are

#define ID_MODULUS UINT64_C(1000000000)
#define START_MS UINT64_C(1767225600000) // 2026-01-01 00:00:00 UTC

// I: digits of the number, K: of the key, T: of the time, A: of an amount that is made large in one
// event of FEED_ALERT_EVERY.
static const char csv_text[] =
	"1IIIIIIIII,2026-01-01 TTTTTTTTTTTT,4000000000KKKKKK,u00042,A23.45,EUR,m123,3,ok";
static const char json_text[] =
	"{\"id\":1IIIIIIIII,\"ts\":\"2026-01-01 TTTTTTTTTTTT\",\"card\":\"4000000000KKKKKK\","
	"\"user_id\":\"u00042\",\"merchant\":\"m123\",\"city\":\"Lyon\",\"country\":\"EU\","
	"\"amount\":A23.45,\"currency\":\"EUR\",\"status\":\"ok\"}";

// Columns, all big-endian: order_id BIGINT, ts TIMESTAMP(3), price BIGINT, quantity INT, flags INT,
// symbol CHAR(8), bid, ask, last DOUBLE.
struct raw_event {
	uint64_t key, ts_ms, price;
	uint32_t quantity, flags;
	char symbol[8];
	uint64_t bid, ask, last;
};
_Static_assert(sizeof(struct raw_event) == 64, "as the table says");

static char thousands[1000][4]; // "000" to "999"

static void write_headers(struct feed *feed, uint16_t payload_len)
{
	uint8_t *ip = feed->frame + 14, *udp = ip + 20;
	static const uint8_t ether[14] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0};
	static const uint8_t plain[20] = {
		0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2};
	uint16_t ip_len = rte_cpu_to_be_16(payload_len + 28), sum;
	uint16_t ports[4] = {rte_cpu_to_be_16(40000), rte_cpu_to_be_16(FEED_PORT),
		rte_cpu_to_be_16(payload_len + 8), 0}; // checksum 0: none

	memcpy(feed->frame, ether, sizeof(ether));
	memcpy(ip, plain, sizeof(plain));
	memcpy(ip + 2, &ip_len, sizeof(ip_len));
	sum = (uint16_t)~checksum_fold(checksum_add(0, ip, 20));
	memcpy(ip + 10, &sum, sizeof(sum));
	memcpy(udp, ports, sizeof(ports));
	feed->len = HEADERS_LEN + payload_len;
	feed->first_event = HEADERS_LEN;
}

static uint16_t offset_of(const char *text, char marker)
{
	return (uint16_t)(strchr(text, marker) - text);
}

static void init_text(struct feed *feed, const char *text)
{
	feed->n_events = 1;
	feed->event_len = (uint16_t)strlen(text);
	feed->id = offset_of(text, 'I');
	feed->key = offset_of(text, 'K');
	feed->time = offset_of(text, 'T');
	feed->alert = offset_of(text, 'A');
	memcpy(feed->frame + HEADERS_LEN, text, feed->event_len);
	write_headers(feed, feed->event_len);
}

static void init_raw(struct feed *feed)
{
	struct raw_event event = {
		.price = rte_cpu_to_be_64(1234), .quantity = rte_cpu_to_be_32(1), .symbol = "ACME"};

	feed->is_binary = true;
	feed->n_events = RAW_EVENTS;
	feed->event_len = sizeof(event);
	for (uint32_t i = 0; i < RAW_EVENTS; i++)
		memcpy(feed->frame + HEADERS_LEN + i * sizeof(event), &event, sizeof(event));
	write_headers(feed, RAW_EVENTS * sizeof(event));
}

bool feed_init(struct feed *feed, const char *name, uint32_t n_keys)
{
	char digits[8];

	for (uint32_t i = 0; i < 1000; i++) {
		snprintf(digits, sizeof(digits), "%03u", i);
		memcpy(thousands[i], digits, 4);
	}
	*feed = (struct feed){.n_keys = n_keys, .ms = UINT64_MAX};
	if (strcmp(name, "raw") == 0)
		init_raw(feed);
	else if (strcmp(name, "csv") == 0)
		init_text(feed, csv_text);
	else if (strcmp(name, "json") == 0)
		init_text(feed, json_text);
	else
		return false;
	return true;
}

static uint32_t key_of(const struct feed *feed, uint64_t event)
{
	uint32_t spread = (uint32_t)event * 2654435769u;

	if (event * 13 % 100 < feed->hot_percent) // at the same distances, about
		return 0;
	return (uint32_t)((uint64_t)spread * feed->n_keys >> 32);
}

// The time as text changes once a millisecond.
static void set_time(struct feed *feed, uint64_t event)
{
	uint64_t ms = event / EVENTS_PER_MS % MS_PER_DAY;
	uint32_t seconds = (uint32_t)(ms / 1000);
	char text[16];

	if (ms == feed->ms)
		return;
	feed->ms = ms;
	snprintf(text, sizeof(text), "%02u:%02u:%02u.%03u", seconds / 3600 % 24, seconds / 60 % 60,
		seconds % 60, (uint32_t)(ms % 1000));
	memcpy(feed->time_text, text, sizeof(feed->time_text));
}

static void put_thousand(uint8_t *at, uint32_t number)
{
	memcpy(at, thousands[number], 3);
}

static void write_text(struct feed *feed, uint8_t *event, uint64_t number)
{
	uint32_t id = (uint32_t)(number % ID_MODULUS), key = key_of(feed, number);

	put_thousand(event + feed->id, id / 1000000);
	put_thousand(event + feed->id + 3, id / 1000 % 1000);
	put_thousand(event + feed->id + 6, id % 1000);
	put_thousand(event + feed->key, key / 1000);
	put_thousand(event + feed->key + 3, key % 1000);
	memcpy(event + feed->time, feed->time_text, sizeof(feed->time_text));
	event[feed->alert] = number % FEED_ALERT_EVERY == 0 ? '9' : (uint8_t)('1' + number % 7);
}

void feed_write(struct feed *feed, uint8_t *frame, uint64_t datagram)
{
	uint64_t first = datagram * feed->n_events;
	uint64_t ts_ms;

	set_time(feed, first);
	if (!feed->is_binary) {
		write_text(feed, frame + feed->first_event, first);
		return;
	}
	ts_ms = rte_cpu_to_be_64(START_MS + feed->ms);
	for (uint32_t i = 0; i < feed->n_events; i++) {
		uint8_t *event = frame + feed->first_event + i * sizeof(struct raw_event);
		uint64_t key = rte_cpu_to_be_64(key_of(feed, first + i));

		memcpy(event, &key, sizeof(key));
		memcpy(event + sizeof(key), &ts_ms, sizeof(ts_ms));
	}
}

uint64_t feed_datagram_of(const struct feed *feed, uint64_t id)
{
	return id % ID_MODULUS / feed->n_events;
}
