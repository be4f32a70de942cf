// Datagrams whose content follows from their number, and a journal on a disk that can fail.
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include "base/hash.h"
#include "fake_disk.h"
#include "snapshot/journal.h"
#include "snapshot/journal_cursor.h"

enum { RIG_SYNC_NS = 1000, RIG_TSC_HZ = 1000000000, RIG_SEGMENT = 1 << 20 };

struct rig {
	struct fake_disk disk;
	struct journal *journal;
	int64_t now_ns;
};

static inline struct journal_options rig_options(struct journal_disk *disk)
{
	return (struct journal_options){
		.mem = &mem_libc,
		.disk = disk,
		.run = 1,
		.queue = 3,
		.segment_size = RIG_SEGMENT,
		.max_segments = 16,
		.sync_interval_ns = RIG_SYNC_NS,
		.tsc_hz = RIG_TSC_HZ,
	};
}

static inline void rig_open(struct rig *rig, uint64_t seed, enum journal_policy policy)
{
	struct journal_options options;
	struct err err = {0};

	fake_init(&rig->disk, seed);
	rig->now_ns = 1000000;
	options = rig_options(&rig->disk.disk);
	options.policy = policy;
	rig->journal = journal_new(&options, &err);
	assert_non_null(rig->journal);
}

static inline void rig_close(struct rig *rig)
{
	journal_free(rig->journal);
	fake_destroy(&rig->disk);
}

// A payload: short ones mostly, empty ones, and some as long as can be.
static inline uint16_t rig_payload(uint64_t number, uint8_t *payload)
{
	uint64_t bits = hash_mix(number + 1);
	uint16_t len = bits % 64 == 0 ? (uint16_t)(bits >> 32) : (uint16_t)(bits >> 32) % 300;

	for (uint16_t i = 0; i < len; i++)
		payload[i] = (uint8_t)(hash_mix(number * 7 + i / 8) >> i % 8 * 8);
	return len;
}

static inline int64_t rig_arrival(uint64_t number)
{
	return (int64_t)(number * 1000 + 1);
}

// The next datagram: its number is the journal's as long as none was lost.
static inline void rig_append(struct rig *rig, uint64_t number)
{
	static uint8_t payload[JOURNAL_PAYLOAD_MAX];
	uint16_t len = rig_payload(number, payload);

	journal_append(rig->journal, payload, len, rig_arrival(number), (uint64_t)rig->now_ns);
}

// Let the writer do all that it can.
static inline void rig_write(struct rig *rig)
{
	journal_flush(rig->journal);
	rig->now_ns += RIG_SYNC_NS;
	for (int i = 0; i < 100 && journal_step(rig->journal, rig->now_ns); i++)
		rig->now_ns += RIG_SYNC_NS;
}

static inline void rig_check(const struct journal_record *record, uint64_t number)
{
	static uint8_t payload[JOURNAL_PAYLOAD_MAX];
	uint16_t len = rig_payload(number, payload);

	assert_int_equal(record->len, len);
	assert_memory_equal(record + 1, payload, len);
	assert_int_equal(record->arrival_ns, rig_arrival(number));
}

struct rig_found {
	uint64_t n, n_missing, n_lost; // datagrams
	uint32_t n_broken;
};

// What the one series of the disk has from a number on; all of it must be as it was appended.
static inline struct rig_found rig_read(struct rig *rig, uint64_t from)
{
	struct journal_listing listing;
	struct journal_cursor cursor;
	struct rig_found found = {0};
	const struct journal_record *record;
	uint64_t next = from;

	assert_int_equal(journal_list(&listing, &mem_libc, &rig->disk.disk, NULL), 0);
	assert_true(listing.n_series <= 1);
	if (listing.n_series == 1) {
		listing.series[0].place.next = from;
		assert_int_equal(journal_cursor_init(
					 &cursor, &mem_libc, &rig->disk.disk, &listing.series[0]),
			0);
		while ((record = journal_cursor_next(&cursor)) != NULL) {
			assert_true(record->sequence >= next);
			next = record->sequence + 1;
			rig_check(record, record->sequence);
			found.n++;
		}
		found.n_missing = cursor.n_missing;
		found.n_lost = cursor.n_lost;
		found.n_broken = cursor.n_broken;
		assert_true((cursor.n_broken > 0) == (cursor.note[0] != '\0'));
		journal_cursor_close(&cursor);
	}
	journal_listing_free(&listing, &mem_libc);
	return found;
}
