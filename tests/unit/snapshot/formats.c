// Directories that earlier versions have written are restored, or refused by name. format_N is such
// a one, with what is below in it: checkpoint 2 of a process, and a table. A new format gets a new
// directory (test_snapshot_formats --write DIR makes it); the old ones stay.
#include <errno.h>
#include "dataplane/source_root.h"
#include "snapshot/recovery.h"
#include "snapshot/rig.h"

enum { RECORDS = 6 };

static const struct twin_record records[RECORDS] = {
	{{0, 1, 0, 0, 0}, 1, 24},
	{{1, 1, 0, 7, 0}, 2, 0},
	{{1, 1, 0, 7, 1}, 3, 10000}, // three pieces
	{{1, 1, 1, 7, (uint64_t)1 << 63}, 4, 4064}, // fills its piece
	{{1, 1, 1, UINT64_MAX, UINT64_MAX}, 5, 4065},
	{{1, UINT16_MAX, UINT16_MAX, 1, 1}, 6, 1},
};

static void put(struct record_out *out, const struct twin_record *record, uint64_t checkpoint)
{
	uint8_t bytes[16384];

	for (size_t i = 0; i < record->len; i++)
		bytes[i] = twin_byte(record->seed, i);
	record_write(out, &record->key, checkpoint, bytes, record->len);
}

// Some of it with checkpoint 1, with values that are replaced and a space that is dropped.
static void write_checkpoints(const char *dir)
{
	struct checkpoint_options options = {
		.dir = dir, .n_retained = 2, .plan = &rig_plan, .first_checkpoint = 1};
	struct record_out *out = record_out_new(1 << 20);
	struct checkpoint_writer *writer;
	struct checkpoint_store *store;
	struct checkpoint_result result;

	hash_seed_from(&options.seed, 5);
	store = checkpoint_store_open(&options, NULL);
	writer = checkpoint_writer_new(store, &out, 1, NULL);
	for (uint64_t checkpoint = 1; checkpoint <= 2; checkpoint++) {
		for (uint32_t i = 0; i < RECORDS; i++) {
			struct twin_record record = records[i];

			record.seed += checkpoint == 1 ? 100 : 0;
			if (checkpoint == 2 || i % 2 == 0)
				put(out, &record, checkpoint);
			record.key.space = 1000;
			if (checkpoint == 1)
				put(out, &record, 1);
			else
				record_drop(out, &record.key, 2);
		}
		record_row(out, 2, checkpoint, "a", 1, checkpoint == 1 ? "old" : "new", 3);
		record_row(out, 2, checkpoint, "b", 1, checkpoint == 1 ? "gone" : NULL, 4);
		record_done(out, checkpoint);
		checkpoint_writer_begin(writer, checkpoint);
		while (!checkpoint_writer_result(writer, &result))
			checkpoint_writer_step(writer, (int64_t)checkpoint * 1000000000);
		assert_true(result.is_committed);
	}
	checkpoint_writer_free(writer);
	checkpoint_store_close(store);
	record_out_free(out);
}

static void check(const char *dir)
{
	struct twin_checkpoint expected = {(struct twin_record *)records, RECORDS};
	struct rig_reader reader = {&expected, 0};
	struct recovery recovery;
	struct checkpoint_store *store;
	struct hash_seed seed;
	struct err err = {0};

	if (recovery_find(NULL, dir, &rig_plan, &recovery, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(recovery.checkpoint, 2);
	assert_string_equal(recovery.note, "restoring checkpoint 2 of 1970-01-01 00:00:02 UTC");
	hash_seed_from(&seed, 5);
	assert_memory_equal(&recovery.seed, &seed, sizeof(seed));
	store = checkpoint_store_open_read_only(dir, &err);
	assert_non_null(store);
	assert_int_equal(checkpoint_read(store, 2, rig_take, &reader, &err), 0);
	assert_int_equal(reader.n, RECORDS);
	assert_int_equal(checkpoint_verify(store, 2, &err), 0);
	checkpoint_store_close(store);
}

static void format_1_is_refused_by_name(void **)
{
	struct recovery recovery;
	struct err err = {0};

	assert_int_equal(recovery_find(NULL, SOURCE_ROOT "/tests/unit/snapshot/format_1", &rig_plan,
				 &recovery, &err),
		-EPROTO);
	assert_non_null(strstr(err.text, "format 1, and this tidewire knows format 2"));
}

static void format_2_is_restored(void **)
{
	check(SOURCE_ROOT "/tests/unit/snapshot/format_2");
}

static void what_is_written_today_is_the_same(void **)
{
	char dir[64];

	dir_make(dir);
	write_checkpoints(dir);
	check(dir);
	dir_remove(dir);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(format_1_is_refused_by_name),
		cmocka_unit_test(format_2_is_restored),
		cmocka_unit_test(what_is_written_today_is_the_same),
	};

	if (argc == 3 && strcmp(argv[1], "--write") == 0) {
		write_checkpoints(argv[2]);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
