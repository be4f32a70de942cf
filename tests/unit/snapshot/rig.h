// A store, a writer, tasks that write at random, and a twin that knows what must come of it.
#pragma once
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "row/random.h"
#include "snapshot/checkpoint_store.h"
#include "snapshot/checkpoint_writer.h"
#include "snapshot/dir.h"
#include "snapshot/twin.h"

enum { RIG_OUTS = 3, RIG_SPACES = 4, RIG_PLACES = 12, RIG_OUT_BYTES = 32 << 20 };

static const struct checkpoint_operator rig_operators[] = {
	{0, "Source", "a", NULL, 0},
	{1, "WindowAggregate", "keys: k; window: TUMBLE", NULL, 0},
	{2, "Sink", "b", "results", 0},
};

static const struct checkpoint_plan rig_plan = {
	.job_name = "test",
	.script = "-- caf\xe9\nINSERT INTO b SELECT * FROM a;",
	.n_operators = 3,
	.operators = rig_operators,
};

struct rig {
	struct random random;
	struct storage *storage; // in memory, or NULL
	char dir[64]; // or a directory
	uint32_t n_retained;
	uint64_t map_size; // 0 = the default
	size_t len_max; // of values
	struct checkpoint_store *store;
	struct checkpoint_writer *writer;
	struct record_out *outs[RIG_OUTS];
	uint64_t spaces[RIG_OUTS][RIG_SPACES]; // numbers of the spaces that are open
	uint64_t newest_in[RIG_OUTS][RIG_SPACES]; // version that was written to them
	uint64_t n_spaces;
	uint64_t checkpoint; // that is being taken, or is next
	uint64_t first; // of this process
	uint64_t newest; // committed, as far as we were told
	uint64_t done; // of checkpoint: bits of the tasks that have said all
	struct twin *twin;
};

static inline uint32_t rig_below(struct rig *rig, uint32_t n)
{
	return random_below(&rig->random, n);
}

// A process begins, behind checkpoint first − 1.
static inline void rig_open(struct rig *rig, uint64_t first)
{
	struct checkpoint_options options = {
		.dir = rig->dir,
		.n_retained = rig->n_retained,
		.map_size = rig->map_size,
		.plan = &rig_plan,
		.first_checkpoint = first,
		.storage = rig->storage,
	};
	struct err err = {0};

	hash_seed_from(&options.seed, 5);
	rig->store = checkpoint_store_open(&options, &err);
	if (rig->store == NULL)
		fail_msg("%s", err.text);
	for (uint32_t i = 0; i < RIG_OUTS; i++) {
		rig->outs[i] = record_out_new(RIG_OUT_BYTES);
		for (uint32_t k = 0; k < RIG_SPACES; k++)
			rig->spaces[i][k] = k;
	}
	rig->n_spaces = RIG_SPACES; // the same numbers as the process before
	rig->writer = checkpoint_writer_new(rig->store, rig->outs, RIG_OUTS, &err);
	assert_non_null(rig->writer);
	rig->first = rig->checkpoint = first;
	rig->done = 0;
	rig->twin->n_writes = 0;
	memset(rig->newest_in, 0, sizeof(rig->newest_in));
}

static inline void rig_close(struct rig *rig)
{
	checkpoint_writer_free(rig->writer);
	checkpoint_store_close(rig->store);
	for (uint32_t i = 0; i < RIG_OUTS; i++)
		record_out_free(rig->outs[i]);
}

static inline void rig_init(struct rig *rig, uint64_t seed, bool in_memory)
{
	*rig = (struct rig){.random = {seed}, .n_retained = 2, .len_max = 6000};
	if (in_memory)
		rig->storage = storage_new_memory();
	else
		dir_make(rig->dir);
	rig->twin = calloc(1, sizeof(*rig->twin));
}

static inline void rig_end(struct rig *rig)
{
	storage_free(rig->storage);
	if (rig->storage == NULL)
		dir_remove(rig->dir);
	twin_free(rig->twin);
}

// ---- Writing.

static inline struct twin_write *rig_note(
	struct rig *rig, const struct record_key *key, uint64_t version, enum record_kind kind)
{
	struct twin_write *write = &rig->twin->writes[rig->twin->n_writes++];

	assert_true(rig->twin->n_writes <= TWIN_OPS_MAX);
	*write = (struct twin_write){.key = *key, .version = version, .kind = kind};
	return write;
}

static inline void rig_put(
	struct rig *rig, uint32_t out, const struct record_key *key, uint64_t version, size_t len)
{
	struct twin_write *write = rig_note(rig, key, version, RECORD_VALUE);

	write->seed = (uint32_t)random_bits(&rig->random);
	write->len = len;
	record_begin(rig->outs[out], key, version);
	for (size_t at = 0; at < len;) {
		uint8_t bytes[4096];
		size_t n = 0;

		for (; n < sizeof(bytes) && at < len; n++, at++)
			bytes[n] = twin_byte(write->seed, at);
		record_put(rig->outs[out], bytes, n);
	}
	record_end(rig->outs[out]);
}

static inline size_t rig_len(struct rig *rig)
{
	if (rig_below(rig, 40) == 0)
		return rig_below(rig, 40 * (uint32_t)rig->len_max);
	return rig_below(rig, rig_below(rig, 2) == 0 ? 100 : (uint32_t)rig->len_max);
}

// A task writes something, of this checkpoint or of the one after it.
static inline void rig_write(struct rig *rig, uint32_t out, uint64_t version)
{
	uint32_t space = rig_below(rig, RIG_SPACES);
	struct record_key key = {
		.op = rig_below(rig, 2),
		.part = (uint16_t)(1 + rig_below(rig, 2)),
		.instance = (uint16_t)out,
		.space = rig->spaces[out][space],
		.place = (uint64_t)rig_below(rig, RIG_PLACES) << 60 | rig_below(rig, 2),
	};

	if (version < rig->newest_in[out][space])
		version = rig->newest_in[out][space]; // what is written ahead is final
	rig->newest_in[out][space] = version;
	if (rig_below(rig, 30) > 0) {
		rig_put(rig, out, &key, version, rig_len(rig));
		return;
	}
	for (key.op = 0; key.op < 2; key.op++)
		for (key.part = 1; key.part <= 2; key.part++) {
			rig_note(rig, &key, version, RECORD_DROP);
			record_drop(rig->outs[out], &key, version);
		}
	rig->spaces[out][space] = rig->n_spaces++;
}

static inline bool rig_is_done(const struct rig *rig, uint32_t out)
{
	return rig->done >> out & 1;
}

static inline void rig_say_done(struct rig *rig, uint32_t out)
{
	record_done(rig->outs[out], rig->checkpoint);
	rig->done |= 1u << out;
}

// ---- Checking.

struct rig_reader {
	const struct twin_checkpoint *expected;
	uint32_t n;
};

static inline int rig_take(void *arg, const struct record *record)
{
	struct rig_reader *reader = arg;
	const struct twin_record *expected = &reader->expected->records[reader->n++];
	const uint8_t *bytes = record->value;

	assert_true(reader->n <= reader->expected->n);
	assert_int_equal(twin_compare_keys(&expected->key, &record->key), 0);
	assert_int_equal(record->len, expected->len);
	assert_int_equal((uintptr_t)bytes % 8, 0);
	for (size_t i = 0; i < record->len; i++)
		if (bytes[i] != twin_byte(expected->seed, i))
			fail_msg("byte %zu of %zu", i, record->len);
	return 0;
}

// A checkpoint holds what it must, its tables too if it is the newest.
static inline void rig_check_one(struct rig *rig, uint64_t checkpoint)
{
	struct rig_reader reader = {&rig->twin->checkpoints[checkpoint], 0};
	struct err err = {0};
	int result = checkpoint_read(rig->store, checkpoint, rig_take, &reader, &err);

	if (result == 0)
		result = checkpoint_verify(rig->store, checkpoint, &err);
	if (result < 0)
		fail_msg("checkpoint %" PRIu64 ": %d %s", checkpoint, result, err.text);
	assert_int_equal(reader.n, reader.expected->n);
}

// All that are there. Returns the newest, or 0.
static inline uint64_t rig_check(struct rig *rig)
{
	uint64_t numbers[64];
	int n = checkpoint_list(rig->store, numbers, 64);

	assert_in_range(n, rig->newest > 0, 64);
	for (int i = 0; i < n; i++)
		rig_check_one(rig, numbers[i]);
	return n > 0 ? numbers[n - 1] : 0;
}

// Steps until there is a result.
static inline bool rig_result(struct rig *rig, struct checkpoint_result *result)
{
	for (int i = 0; i < 1000; i++) {
		if (checkpoint_writer_result(rig->writer, result)) {
			assert_int_equal(result->checkpoint, rig->checkpoint);
			return result->is_committed;
		}
		checkpoint_writer_step(rig->writer, 1000);
	}
	fail_msg("no result");
	return false;
}
