// The events on the simulated wire: datagrams that are all made from one frame, by overwriting what
// differs from event to event: its number, its key, its time. That costs the lcore that receives
// them some ten cycles an event, about what a NIC's driver costs it, and needs no generator that
// would share the CPU.
//
// Keys come in a fixed order in which each comes about as often as any other (multiples of the
// golden ratio, Knuth vol. 3, 6.4); or one of them has a share of all events for itself. Event time
// begins on 2026-01-01 and goes on with the number of events, about as fast as the clock.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { FEED_FRAME_MAX = 1536, FEED_PORT = 9000, FEED_KEYS_MAX = 1000000, FEED_ALERT_EVERY = 128 };

struct feed {
	uint8_t frame[FEED_FRAME_MAX]; // frame[:len], from the Ethernet header on
	uint16_t len;
	uint16_t n_events; // in a datagram
	uint16_t event_len; // bytes, its delimiter among them
	uint16_t first_event; // offset in the frame
	uint16_t id, key, time, alert; // offsets in an event; 0 = it has none
	bool is_binary;
	uint32_t n_keys;
	uint32_t hot_percent; // of the events are of key 0, besides its own; set after feed_init()
	uint64_t ms; // the time that time_text says, since START
	char time_text[12]; // "HH:MM:SS.mmm"
};

// The feed of this name: raw, csv or json. False when there is none.
bool feed_init(struct feed *feed, const char *name, uint32_t n_keys);

// Make a copy of feed->frame the datagram of this number.
void feed_write(struct feed *feed, uint8_t *frame, uint64_t datagram);

// The number of the datagram that had this event, by its column `id`.
uint64_t feed_datagram_of(const struct feed *feed, uint64_t id);
