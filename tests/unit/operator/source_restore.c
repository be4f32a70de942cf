// A source that is restored goes on where the checkpoint was: what came before it and what comes
// after are all rows, each once, in order.
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "dataplane/frames.h"
#include "dataplane/scratch.h"
#include "operator/checkpointed.h"
#include "operator/source/datagen.h"
#include "operator/source/source.h"

enum { ROWS_MAX = 200000, SEEDS = 60, POLLS_MAX = 2000000 };

// The operator behind the source: numbers and checksums of its rows; blocks now and then.
struct collector {
	struct op op;
	uint64_t rows[ROWS_MAX]; // hashes
	uint32_t n_rows;
	uint64_t barrier; // the last, and what came before it
	uint32_t n_before;
	bool ended;
};

struct rig {
	struct arena *arena;
	struct op_task task;
	struct hash_seed seed;
	struct source_config config;
	struct op_spec spec;
	struct op *op;
	struct collector collector;
	struct random random;
	bool blocks;
	struct checkpointed saved;
};

static struct rig rig;

static void collect(struct op *, const struct block *block)
{
	const struct str *values = block->columns[0].values;

	assert_false(rig.task.blocked);
	BLOCK_FOREACH_ROW (block, slot) {
		assert_true(rig.collector.n_rows < ROWS_MAX);
		rig.collector.rows[rig.collector.n_rows++] =
			hash_bytes(&rig.seed, str_data(&values[slot]), values[slot].len);
	}
	rig.task.blocked = rig.blocks && random_below(&rig.random, 3) == 0;
}

static void collect_control(struct op *, const struct block *block)
{
	rig.collector.ended |= block->kind == BLOCK_END;
	if (block->kind != BLOCK_BARRIER)
		return;
	assert_int_equal(block->checkpoint_id, rig.collector.barrier + 1);
	rig.collector.barrier = block->checkpoint_id;
	rig.collector.n_before = rig.collector.n_rows;
}

static uint64_t test_tsc(void)
{
	return 1;
}

static void open_source(void)
{
	static const struct op_ops ops = {.process = collect, .control = collect_control};
	struct err err = {0};

	rig.collector = (struct collector){.op = {.ops = &ops, .task = &rig.task}};
	rig.task.blocked = false;
	rig.task.fault = (struct fault){0};
	rig.op = source_kind.create(&rig.spec, &rig.task, &err);
	if (rig.op == NULL)
		fail_msg("%s", err.text);
	rig.op->outs[rig.op->n_outs++] = &rig.collector.op;
}

static void begin(enum source_connector connector, const char *path, uint64_t seed)
{
	static const bool wanted[] = {true};
	struct schema *schema;

	rig = (struct rig){.arena = arena_new(), .random = {seed}, .blocks = true};
	hash_seed_from(&rig.seed, 5);
	schema = schema_new(rig.arena, 1);
	schema->fields[0] = (struct field){"line", type_of(TYPE_VARCHAR)};
	rig.task = (struct op_task){.mem = &mem_libc,
		.tsc = test_tsc,
		.tsc_hz = 1000000000,
		.seed = &rig.seed,
		.n_instances = 1};
	rig.config = (struct source_config){.connector = connector,
		.table = "t",
		.path = path,
		.local = "0.0.0.0:4000",
		.wanted = wanted,
		.is_bounded = true,
		.format = format_find("csv")};
	rig.spec = (struct op_spec){
		.kind = &source_kind, .config = &rig.config, .output = schema, .id = 3};
	checkpointed_begin(&rig.saved);
	checkpointed_add(&rig.saved, &rig.task);
	open_source();
}

static void end(void)
{
	rig.op->ops->free(rig.op);
	checkpointed_end(&rig.saved);
	arena_free(rig.arena);
}

static void settle(void)
{
	while (rig.op->pending || rig.task.blocked) {
		rig.task.blocked = false;
		if (rig.op->pending)
			rig.op->ops->resume(rig.op);
	}
}

// A step, as a task makes it. False when the source has ended.
static bool step(void)
{
	if (source_poll(rig.op) == 0)
		usleep(20); // the reader's thread has to come to it
	settle();
	return !source_finish(rig.op) && rig.task.fault.text == NULL;
}

static void checkpoint(void)
{
	uint64_t number = rig.collector.barrier + 1;

	source_barrier(rig.op, number);
	settle();
	assert_int_equal(rig.collector.barrier, number);
	assert_int_equal(rig.op->checkpoint, number);
	checkpointed_finish(&rig.saved, &rig.task, rig.op);
}

static void run_to_end(void)
{
	for (int i = 0; step(); i++)
		assert_true(i < POLLS_MAX);
}

// All rows in one go; expected[:] of ROWS_MAX.
static uint32_t run_through(uint64_t *expected)
{
	run_to_end();
	assert_null(rig.task.fault.text);
	assert_true(rig.collector.ended);
	memcpy(expected, rig.collector.rows, sizeof(rig.collector.rows));
	return rig.collector.n_rows;
}

// Lives that end between two steps, each with checkpoints on the way and rows behind the last; the
// next one begins with it. *n_rows: what came before the last checkpoint of each, and all of the
// last life.
static void run_with_crashes(uint64_t *rows, uint32_t *n_rows, int n_crashes)
{
	*n_rows = 0;
	for (int life = 0; life < n_crashes; life++) {
		checkpoint();
		for (uint32_t i = random_below(&rig.random, 40); i > 0 && step(); i--)
			if (random_below(&rig.random, 4) == 0 && !rig.collector.ended)
				checkpoint();
		memcpy(rows + *n_rows, rig.collector.rows,
			rig.collector.n_before * sizeof(rows[0]));
		*n_rows += rig.collector.n_before;
		uint64_t last = rig.collector.barrier;
		rig.op->ops->free(rig.op);
		open_source();
		checkpointed_restore(&rig.saved, last, rig.op);
		checkpointed_end(&rig.saved);
		checkpointed_begin(&rig.saved);
		checkpointed_add(&rig.saved, &rig.task);
	}
	run_to_end();
	assert_null(rig.task.fault.text);
	memcpy(rows + *n_rows, rig.collector.rows, rig.collector.n_rows * sizeof(rows[0]));
	*n_rows += rig.collector.n_rows;
}

static void assert_nothing_lost_or_doubled(uint32_t n_least)
{
	static uint64_t expected[ROWS_MAX], rows[ROWS_MAX];
	uint32_t n_expected = run_through(expected), n_rows;

	assert_true(n_expected >= n_least);
	rig.op->ops->free(rig.op);
	open_source();
	run_with_crashes(rows, &n_rows, 1 + (int)random_below(&rig.random, 4));
	assert_int_equal(n_rows, n_expected);
	assert_memory_equal(rows, expected, n_rows * sizeof(rows[0]));
}

// Lines of letters, now and then one that is too long, some empty; the last has no end.
static const char *write_lines(const char *name, uint32_t n, uint32_t len_max)
{
	const char *path = scratch_path(name);
	FILE *file = fopen(path, "w");

	for (uint32_t i = 0; i < n; i++) {
		uint32_t len = random_below(&rig.random, len_max);

		if (random_below(&rig.random, 500) == 0)
			len = 65000 + random_below(&rig.random, 2000);
		for (uint32_t k = 0; k < len; k++)
			fputc('a' + (int)random_below(&rig.random, 26), file);
		if (i < n - 1)
			fputs(random_below(&rig.random, 4) == 0 ? "\r\n" : "\n", file);
	}
	fclose(file);
	return path;
}

static void lines_of_a_file(void **)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		uint32_t len_max = seed % 10 == 0 ? 3000 : 20;
		const char *path;

		rig.random = (struct random){seed};
		path = write_lines("lines", 4000, len_max);
		begin(SOURCE_FILESYSTEM, path, seed);
		assert_nothing_lost_or_doubled(3000);
		end();
	}
}

static void records_of_a_file(void **)
{
	rig.random = (struct random){3};
	for (uint64_t seed = 1; seed <= SEEDS / 4; seed++) {
		begin(SOURCE_FILESYSTEM, write_lines("lines", 4000, 20), seed);
		rig.config.framing = FRAMING_RECORDS;
		rig.config.record_size = 7;
		rig.op->ops->free(rig.op);
		open_source();
		assert_nothing_lost_or_doubled(3000);
		end();
	}
}

static void lines_of_files_in_a_folder(void **)
{
	char path[128];

	snprintf(path, sizeof(path), "%s", scratch_path("folder"));
	assert_int_equal(mkdir(path, 0700), 0);
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		rig.random = (struct random){seed};
		write_lines("folder/a", 1000, 20);
		write_lines("folder/b", 1 + random_below(&rig.random, 3), 20);
		fclose(fopen(scratch_path("folder/c"), "w")); // empty
		write_lines("folder/d", 1000, 20);
		begin(SOURCE_FILESYSTEM, path, seed);
		assert_nothing_lost_or_doubled(1500);
		end();
	}
}

static void a_header_is_passed_over_once(void **)
{
	static const struct format_option header[] = {{"header", "true", {0}}};

	scratch_write("lines", "name\none\ntwo\nthree\n", 19);
	for (uint64_t seed = 1; seed <= SEEDS / 4; seed++) {
		begin(SOURCE_FILESYSTEM, scratch_path("lines"), seed);
		rig.config.format_options = header;
		rig.config.n_format_options = 1;
		rig.op->ops->free(rig.op);
		open_source();
		assert_nothing_lost_or_doubled(3);
		end();
	}
}

// Some lines read, a checkpoint; what then becomes of the file is the caller's. Restores it.
static int restore_from(const char *path, struct err *err)
{
	int result;

	rig.op->ops->free(rig.op);
	rig.config.path = path;
	open_source();
	result = checkpointed_give(&rig.saved, 1, rig.op, err);
	return result;
}

static void begin_with_lines(const char *text)
{
	begin(SOURCE_FILESYSTEM, scratch_write("lines", text, strlen(text)), 1);
	while (rig.collector.n_rows == 0)
		assert_true(step());
	checkpoint();
}

static void a_file_that_grew_goes_on(void **)
{
	struct err err = {0};
	FILE *file;

	begin_with_lines("one\ntwo\n");
	file = fopen(scratch_path("lines"), "a");
	fputs("three\n", file);
	fclose(file);
	assert_int_equal(restore_from(scratch_path("lines"), &err), 0);
	run_to_end();
	assert_int_equal(rig.collector.n_rows, 1);
	assert_int_equal(rig.collector.rows[0], hash_bytes(&rig.seed, "three", 5));
	end();
}

static void another_file_is_refused(void **)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{"one\n", "has 4 bytes, and 8 were read of it"},
		{"0ne\ntwo\nthree\n", "has other bytes before 8"},
		{"one\ntw0\nthree\n", "has other bytes before 8"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = {0};

		begin_with_lines("one\ntwo\n");
		scratch_write("lines", cases[i].text, strlen(cases[i].text));
		assert_int_equal(restore_from(scratch_path("lines"), &err), -EINVAL);
		assert_non_null(strstr(err.text, cases[i].why));
		end();
	}
}

static void files_that_came_between_are_refused(void **)
{
	struct err err = {0};
	char path[128];

	snprintf(path, sizeof(path), "%s", scratch_path("folder"));
	assert_int_equal(mkdir(path, 0700), 0);
	scratch_write("folder/b", "one\ntwo\n", 8);
	begin(SOURCE_FILESYSTEM, path, 1);
	while (rig.collector.n_rows == 0)
		assert_true(step());
	checkpoint();
	scratch_write("folder/c", "three\n", 6);
	assert_int_equal(restore_from(path, &err), 0);
	run_to_end();
	assert_int_equal(rig.collector.n_rows, 1);
	scratch_write("folder/a", "zero\n", 5);
	assert_int_equal(restore_from(path, &err), -EINVAL);
	assert_non_null(strstr(err.text, "added, removed or renamed"));
	end();
}

static void feed_pipe(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (write(fd, text, strlen(text)) < 0)
		_exit(1);
	_exit(0);
}

static void a_pipe_is_read_up_to_there_and_forgotten(void **)
{
	static const char *const texts[] = {"one\ntwo\n", "one\ntwo\nthree\n", "one\n"};
	struct err err = {0};

	assert_int_equal(mkfifo(scratch_path("pipe"), 0600), 0);
	if (fork() == 0)
		feed_pipe(scratch_path("pipe"), texts[0]);
	begin(SOURCE_FILESYSTEM, scratch_path("pipe"), 1);
	while (rig.collector.n_rows < 2)
		step();
	checkpoint();
	for (int i = 1; i < 3; i++) {
		rig.op->ops->free(rig.op); // the writer must meet the new reader
		if (fork() == 0)
			feed_pipe(scratch_path("pipe"), texts[i]);
		open_source();
		assert_int_equal(checkpointed_give(&rig.saved, 1, rig.op, &err), 0);
		run_to_end();
		assert_int_equal(rig.collector.n_rows, i == 1);
	}
	assert_non_null(strstr(rig.task.fault.text, "ended before the position of the checkpoint"));
	end();
}

static void what_has_ended_stays_ended(void **)
{
	struct err err = {0};

	begin_with_lines("one\ntwo\n");
	run_to_end();
	op_freeze(rig.op, 2); // as a task does that has finished
	checkpointed_finish(&rig.saved, &rig.task, rig.op);
	rig.op->ops->free(rig.op);
	scratch_write("lines", "another\n", 8);
	open_source();
	assert_int_equal(checkpointed_give(&rig.saved, 2, rig.op, &err), 0);
	assert_int_equal(rig.op->watermark, WATERMARK_END);
	run_to_end();
	assert_int_equal(rig.collector.n_rows, 0);
	assert_true(rig.collector.ended);
	end();
}

static void what_was_stopped_goes_on(void **)
{
	struct err err = {0};

	begin(SOURCE_FILESYSTEM, scratch_write("lines", "one\ntwo\n", 8), 1);
	source_stop(rig.op);
	checkpoint();
	assert_int_equal(restore_from(scratch_path("lines"), &err), 0);
	run_to_end();
	assert_int_equal(rig.collector.n_rows, 2);
	end();
}

static void errors_go_on_counting_messages(void **)
{
	static const struct format_option fail[] = {{"ignore-parse-errors", "false", {0}}};
	struct err err = {0};
	FILE *file;

	begin_with_lines("one\ntwo\n");
	file = fopen(scratch_path("lines"), "a");
	fputs("three\n\"four\n", file);
	fclose(file);
	rig.config.format_options = fail;
	rig.config.n_format_options = 1;
	assert_int_equal(restore_from(scratch_path("lines"), &err), 0);
	run_to_end();
	assert_non_null(strstr(rig.task.fault.text, "message 4 cannot be decoded"));
	end();
}

// A capture of datagrams with up to five lines each, some for others, over some seconds.
static const char *write_capture(uint32_t n)
{
	static const uint32_t header[] = {0xa1b2c3d4, 4 << 16 | 2, 0, 0, 65535, 1};
	const char *path = scratch_path("made.pcap");
	FILE *file = fopen(path, "w");

	fwrite(header, sizeof(header), 1, file);
	for (uint32_t i = 0; i < n; i++) {
		static struct bytes frame;
		char text[256] = "";
		uint32_t record[4] = {1000 + i / 50, i, 0, 0};

		for (uint32_t k = random_below(&rig.random, 6); k > 0; k--)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%u.%u\n", i, k);
		frame.len = 0;
		make_udp4(&frame, random_below(&rig.random, 9) > 0 ? 4000 : 4001, text,
			(uint32_t)strlen(text));
		record[2] = record[3] = frame.len;
		fwrite(record, sizeof(record), 1, file);
		fwrite(frame.data, frame.len, 1, file);
	}
	fclose(file);
	return path;
}

static void packets_of_a_capture(void **)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		const char *path;

		rig.random = (struct random){seed};
		path = write_capture(2000);
		begin(SOURCE_PCAP, path, seed);
		assert_nothing_lost_or_doubled(3000);
		end();
	}
}

static void another_capture_is_refused(void **)
{
	struct err err = {0};

	rig.random = (struct random){1};
	begin(SOURCE_PCAP, write_capture(200), 1);
	while (rig.collector.n_rows == 0)
		assert_true(step());
	checkpoint();
	rig.random = (struct random){2};
	assert_int_equal(restore_from(write_capture(200), &err), 0);
	run_to_end();
	assert_non_null(strstr(rig.task.fault.text, "it is not the same capture"));
	assert_int_equal(rig.collector.n_rows, 0);
	rig.random = (struct random){1};
	assert_int_equal(restore_from(write_capture(2), &err), 0);
	run_to_end();
	assert_non_null(strstr(rig.task.fault.text, "it is not the same capture"));
	end();
}

static void rows_that_are_made_up(void **)
{
	struct datagen_field field = {.kind = DATAGEN_RANDOM, .length = 12, .null_rate = 0};
	struct datagen_config config = {.number_of_rows = 5000, .fields = &field};

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		field.kind = seed % 2 ? DATAGEN_RANDOM : DATAGEN_SEQUENCE;
		config.rows_per_second = 0;
		begin(SOURCE_FILESYSTEM, scratch_write("lines", "", 0), seed);
		rig.op->ops->free(rig.op);
		rig.config.connector = SOURCE_DATAGEN;
		rig.config.format = NULL;
		rig.config.datagen = &config;
		open_source();
		assert_nothing_lost_or_doubled(5000);
		end();
	}
}

static void no_record_makes_it_crash(void **)
{
	const char *path;

	rig.random = (struct random){1};
	path = write_capture(100);
	for (uint64_t seed = 1; seed <= 200; seed++) {
		enum source_connector connector = seed % 2 ? SOURCE_PCAP : SOURCE_FILESYSTEM;

		rig.random = (struct random){seed};
		if (connector == SOURCE_FILESYSTEM)
			path = scratch_write("lines", "one\ntwo\n", 8);
		else
			path = write_capture(100);
		begin(connector, path, seed);
		while (rig.collector.n_rows == 0)
			assert_true(step());
		checkpoint();
		rig.op->ops->free(rig.op);
		checkpointed_spoil(&rig.saved, &rig.random);
		open_source();
		if (checkpointed_give(&rig.saved, 1, rig.op, NULL) == 0)
			run_to_end();
		end();
	}
}

#define TEST(claim) cmocka_unit_test_setup_teardown(claim, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lines_of_a_file),
		TEST(records_of_a_file),
		TEST(lines_of_files_in_a_folder),
		TEST(a_header_is_passed_over_once),
		TEST(a_file_that_grew_goes_on),
		TEST(another_file_is_refused),
		TEST(files_that_came_between_are_refused),
		TEST(a_pipe_is_read_up_to_there_and_forgotten),
		TEST(what_has_ended_stays_ended),
		TEST(what_was_stopped_goes_on),
		TEST(errors_go_on_counting_messages),
		TEST(packets_of_a_capture),
		TEST(another_capture_is_refused),
		TEST(rows_that_are_made_up),
		TEST(no_record_makes_it_crash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
