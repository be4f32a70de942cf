// State directories with records and with a table.
#pragma once
#include "snapshot/rig.h"

static inline void rows_write(struct rig *rig, uint64_t checkpoint, uint32_t number)
{
	char key[16], row[64];

	snprintf(key, sizeof(key), "key %u", number % 20);
	memset(row, (int)number, sizeof(row));
	record_row(rig->outs[0], 2, checkpoint, key, strlen(key), number % 7 == 0 ? NULL : row, 50);
}

static inline void rows_checkpoint(struct rig *rig, const char *savepoint)
{
	struct checkpoint_result result;

	if (savepoint != NULL)
		assert_int_equal(checkpoint_writer_savepoint(rig->writer, savepoint), 0);
	checkpoint_writer_begin(rig->writer, rig->checkpoint);
	for (uint32_t i = 0; i < 200; i++) {
		rig_write(rig, i % RIG_OUTS, rig->checkpoint);
		rows_write(rig, rig->checkpoint, rig_below(rig, 200));
	}
	for (uint32_t i = 0; i < RIG_OUTS; i++)
		rig_say_done(rig, i);
	twin_expect(rig->twin, rig->checkpoint);
	if (!rig_result(rig, &result))
		fail_msg("%s", result.text);
	assert_int_equal(result.is_savepoint, savepoint != NULL);
	rig->newest = rig->checkpoint++;
	rig->done = 0;
}

static inline void rows_make(struct rig *rig, uint64_t seed, int n)
{
	rig_init(rig, seed, false);
	rig->len_max = 300;
	rig_open(rig, 1);
	for (int i = 0; i < n; i++)
		rows_checkpoint(rig, NULL);
	rig_close(rig);
}

static inline void rows_path(const struct rig *rig, const char *name, char path[128])
{
	snprintf(path, 128, "%s/%s", rig->dir, name);
}

static inline bool rows_has(const struct rig *rig, const char *name)
{
	char path[128];

	rows_path(rig, name, path);
	return access(path, F_OK) == 0;
}
