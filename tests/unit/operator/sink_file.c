// A file as output: whatever the moment of the checkpoint and of the crash, and however much was
// written in between, the file holds every row once.
#include <errno.h>
#include "operator/checkpointed.h"
#include "dataplane/scratch.h"
#include "operator/sink/sink.h"

enum { ROWS = 3000, SEEDS = 40 };

struct rig {
	struct arena *arena;
	struct op_task task;
	struct sink_config config;
	struct op_spec spec;
	struct op *op;
	struct random random;
};

static void rig_open(struct rig *rig)
{
	struct err err = {0};

	rig->op = sink_kind.create(&rig->spec, &rig->task, &err);
	assert_non_null(rig->op);
}

static void rig_begin(struct rig *rig, const char *path, uint64_t seed)
{
	struct schema *schema;

	*rig = (struct rig){.arena = arena_new(), .random = {seed}};
	schema = schema_new(rig->arena, 1);
	schema->fields[0] = (struct field){"n", type_of(TYPE_BIGINT)};
	rig->task = (struct op_task){.mem = &mem_libc, .n_instances = 1};
	rig->config = (struct sink_config){.connector = SINK_FILESYSTEM,
		.table = "out",
		.path = path,
		.format = format_find("csv")};
	rig->spec = (struct op_spec){
		.kind = &sink_kind, .config = &rig->config, .input = schema, .id = 7};
	rig_open(rig);
}

static void rig_end(struct rig *rig)
{
	arena_free(rig->arena);
}

// Rows first … first + n − 1, in one block.
static void feed(struct rig *rig, int64_t first, uint16_t n)
{
	static int64_t numbers[BLOCK_ROWS_MAX];
	struct column column = {numbers, NULL};
	struct block block = {.n_rows = n, .n_slots = n, .n_columns = 1, .columns = &column};

	for (uint16_t i = 0; i < n; i++)
		numbers[i] = first + i;
	op_feed(rig->op, &block);
	while (rig->op->pending) {
		usleep(50);
		rig->task.blocked = false;
		rig->op->ops->resume(rig->op);
	}
}

static int64_t feed_some(struct rig *rig, int64_t first, int64_t end)
{
	int64_t n = 1 + random_below(&rig->random, BLOCK_ROWS_MAX);

	n = n < end - first ? n : end - first;
	feed(rig, first, (uint16_t)n);
	if (random_below(&rig->random, 3) == 0)
		sink_flush(rig->op);
	return first + n;
}

static void checkpoint(struct rig *rig, struct checkpointed *saved, uint64_t number)
{
	struct block barrier = {.kind = BLOCK_BARRIER, .checkpoint_id = number};

	op_feed(rig->op, &barrier);
	assert_int_equal(rig->op->checkpoint, number);
	while (!checkpointed_pack(rig->op, 100))
		usleep(50);
	record_done(rig->task.out, number);
	checkpointed_drain(saved);
}

static void assert_rows(const char *path, int64_t n)
{
	FILE *file = fopen(path, "r");
	int64_t number;

	for (int64_t i = 0; i < n; i++) {
		assert_int_equal(fscanf(file, "%ld", &number), 1);
		assert_int_equal(number, i);
	}
	assert_int_equal(fscanf(file, "%ld", &number), EOF);
	fclose(file);
}

// Write with checkpoints, die somewhere behind the last; what was written behind it is in the file.
// Returns the row at which the last checkpoint was, *number being its own.
static int64_t run_until_crash(struct rig *rig, struct checkpointed *saved, uint64_t *number)
{
	int64_t at = 0, saved_at = 0;

	while (at < ROWS && random_below(&rig->random, 12) > 0) {
		at = feed_some(rig, at, ROWS);
		if (random_below(&rig->random, 3) > 0)
			continue;
		checkpoint(rig, saved, ++*number);
		saved_at = at;
	}
	rig->op->ops->free(rig->op);
	return saved_at;
}

static void every_row_is_in_the_file_once(void **)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		const char *path = scratch_path("out");
		struct checkpointed saved;
		struct err err = {0};
		uint64_t number = 0;
		struct rig rig;
		int64_t at;

		rig_begin(&rig, path, seed);
		checkpointed_begin(&saved);
		checkpointed_add(&saved, &rig.task);
		at = run_until_crash(&rig, &saved, &number);
		rig.task.blocked = false;
		rig_open(&rig);
		if (number > 0)
			checkpointed_restore(&saved, number, rig.op);
		while (at < ROWS)
			at = feed_some(&rig, at, ROWS);
		assert_int_equal(sink_close(rig.op, &err), 0);
		rig.op->ops->free(rig.op);
		assert_rows(path, ROWS);
		checkpointed_end(&saved);
		rig_end(&rig);
	}
}

// Checkpoint 2 does not verify: 1 is restored, of a file that went on long since.
static void an_older_checkpoint_cuts_off_more(void **)
{
	const char *path = scratch_path("out");
	struct checkpointed saved;
	struct err err = {0};
	struct rig rig;

	rig_begin(&rig, path, 1);
	checkpointed_begin(&saved);
	checkpointed_add(&saved, &rig.task);
	feed(&rig, 0, 10);
	checkpoint(&rig, &saved, 1);
	feed(&rig, 10, 200);
	checkpoint(&rig, &saved, 2);
	rig.op->ops->free(rig.op);
	rig_open(&rig);
	checkpointed_restore(&saved, 1, rig.op);
	feed(&rig, 10, 5);
	assert_int_equal(sink_close(rig.op, &err), 0);
	rig.op->ops->free(rig.op);
	assert_rows(path, 15);
	checkpointed_end(&saved);
	rig_end(&rig);
}

static void without_a_restore_the_file_starts_anew(void **)
{
	const char *path = scratch_write("out", "0\n1\n", 4);
	struct err err = {0};
	struct rig rig;

	rig_begin(&rig, path, 1);
	rig.op->ops->free(rig.op); // the job did not even start
	assert_rows(path, 2);
	rig_open(&rig);
	sink_flush(rig.op);
	assert_int_equal(sink_close(rig.op, &err), 0);
	rig.op->ops->free(rig.op);
	assert_rows(path, 0);
	rig_end(&rig);
}

static void another_file_is_refused_and_not_touched(void **)
{
	const char *path = scratch_path("out");
	struct checkpointed saved;
	struct err err = {0};
	struct rig rig;

	rig_begin(&rig, path, 1);
	checkpointed_begin(&saved);
	checkpointed_add(&saved, &rig.task);
	feed(&rig, 0, 10);
	checkpoint(&rig, &saved, 1);
	rig.op->ops->free(rig.op);
	scratch_write("out", "0\n", 2);
	rig_open(&rig);
	assert_int_equal(checkpointed_give(&saved, 1, rig.op, &err), -EINVAL);
	assert_non_null(strstr(err.text, "it has 2 bytes, and had 20 at the checkpoint"));
	rig.op->ops->free(rig.op);
	assert_rows(path, 1);
	checkpointed_end(&saved);
	rig_end(&rig);
}

static void no_record_makes_it_crash(void **)
{
	const char *path = scratch_path("out");
	struct checkpointed saved;
	struct rig rig;

	rig_begin(&rig, path, 1);
	checkpointed_begin(&saved);
	checkpointed_add(&saved, &rig.task);
	feed(&rig, 0, 10);
	checkpoint(&rig, &saved, 1);
	rig.op->ops->free(rig.op);
	for (int i = 0; i < 100; i++) {
		checkpointed_spoil(&saved, &rig.random);
		rig_open(&rig);
		checkpointed_give(&saved, 1, rig.op, NULL);
		rig.op->ops->free(rig.op);
	}
	checkpointed_end(&saved);
	rig_end(&rig);
}

#define TEST(claim) cmocka_unit_test_setup_teardown(claim, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_row_is_in_the_file_once),
		TEST(an_older_checkpoint_cuts_off_more),
		TEST(without_a_restore_the_file_starts_anew),
		TEST(another_file_is_refused_and_not_touched),
		TEST(no_record_makes_it_crash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
