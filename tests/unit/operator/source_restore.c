// Files and pipes go on where a checkpoint was, and are refused when they are not the same.
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include "operator/source_rig.h"

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
