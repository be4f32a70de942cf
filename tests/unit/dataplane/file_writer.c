#include "dataplane/file_writer.h"
#include "dataplane/scratch.h"
#include <errno.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <cmocka.h>

static struct file_writer *open_writer(
	const char *path, uint32_t n_buffers, size_t buffer_size, struct err *err)
{
	const struct file_writer_options options = {
		.path = path,
		.mem = &mem_libc,
		.n_buffers = n_buffers,
		.buffer_size = buffer_size,
	};

	return file_writer_open(&options, err);
}

// As a sink does, only that it waits. Returns false when the output failed.
static bool put(struct file_writer *writer, const char *data, size_t len)
{
	uint8_t *to;
	size_t room;

	while ((to = file_writer_buffer(writer, len, &room)) == NULL) {
		if (file_writer_error(writer) < 0)
			return false;
		usleep(20);
	}
	assert_true(room >= len);
	memcpy(to, data, len);
	file_writer_commit(writer, len);
	return true;
}

static void writes_all_rows_in_order_whatever_the_sizes(void **)
{
	static const size_t sizes[] = {16, 17, 100, 4096};
	static char text[100000], read_back[sizeof(text) + 1];
	unsigned seed = 1;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)rand_r(&seed);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct err err = {0};
		struct file_writer *writer = open_writer(scratch_path("out"), 2, sizes[i], &err);

		for (size_t done = 0; done < sizeof(text);) {
			size_t n = (unsigned)rand_r(&seed) % 17;

			n = n < sizeof(text) - done ? n : sizeof(text) - done;
			assert_true(put(writer, text + done, n));
			done += n;
			if (rand_r(&seed) % 8 == 0)
				file_writer_flush(writer);
		}
		assert_int_equal(file_writer_close(writer, &err), 0);
		FILE *file = fopen(scratch_path("out"), "r");
		assert_int_equal(fread(read_back, 1, sizeof(read_back), file), sizeof(text));
		fclose(file);
		assert_memory_equal(read_back, text, sizeof(text));
	}
}

static void a_file_is_emptied_first(void **)
{
	struct err err = {0};
	struct stat st;

	scratch_write("old", "something", 9);
	assert_int_equal(file_writer_close(open_writer(scratch_path("old"), 0, 0, &err), &err), 0);
	assert_int_equal(stat(scratch_path("old"), &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(file_writer_close(NULL, &err), 0);
}

// A pipe that nobody reads takes 64 KiB; then the buffers fill up, and the lcore gets none.
static void backpressure_gives_no_buffer_and_loses_nothing(void **)
{
	static char zeros[4096];
	struct err err = {0};
	size_t n_put = 0, n_got = 0, room;
	uint8_t *to;
	ssize_t n;

	assert_int_equal(mkfifo(scratch_path("pipe"), 0600), 0);
	int fd = open(scratch_path("pipe"), O_RDONLY | O_NONBLOCK);
	struct file_writer *writer = open_writer(scratch_path("pipe"), 2, sizeof(zeros), &err);
	for (int n_full = 0; n_full < 100;) {
		if ((to = file_writer_buffer(writer, sizeof(zeros), &room)) == NULL) {
			n_full++;
			usleep(200);
			continue;
		}
		memset(to, 'x', sizeof(zeros));
		file_writer_commit(writer, sizeof(zeros));
		n_put += sizeof(zeros);
	}
	assert_int_equal(file_writer_error(writer), 0);
	assert_true(n_put >= 65536);
	while (n_got < n_put)
		if ((n = read(fd, zeros, sizeof(zeros))) > 0)
			n_got += (size_t)n;
	assert_int_equal(file_writer_close(writer, &err), 0);
	assert_int_equal(n_got, n_put);
	close(fd);
}

static void flush_shows_a_row_before_the_buffer_is_full(void **)
{
	struct err err = {0};
	char row[8] = "";
	ssize_t n;

	assert_int_equal(mkfifo(scratch_path("pipe"), 0600), 0);
	int fd = open(scratch_path("pipe"), O_RDONLY | O_NONBLOCK);
	struct file_writer *writer = open_writer(scratch_path("pipe"), 0, 0, &err);
	assert_true(put(writer, "row\n", 4));
	file_writer_flush(writer);
	while ((n = read(fd, row, sizeof(row))) <= 0)
		usleep(20);
	assert_string_equal(row, "row\n");
	assert_int_equal(file_writer_close(writer, &err), 0);
	close(fd);
}

static void a_reader_that_left_is_an_error_not_a_signal(void **)
{
	struct err err = {0};

	assert_int_equal(mkfifo(scratch_path("pipe"), 0600), 0);
	int fd = open(scratch_path("pipe"), O_RDONLY | O_NONBLOCK);
	struct file_writer *writer = open_writer(scratch_path("pipe"), 2, 64, &err);
	close(fd);
	while (put(writer, "row\n", 4))
		;
	assert_int_equal(file_writer_error(writer), -EPIPE);
	assert_int_equal(file_writer_close(writer, &err), -EPIPE);
	assert_non_null(strstr(err.text, "Broken pipe"));
	assert_non_null(strstr(err.text, "bytes lost"));
}

static void a_full_disk_is_an_error(void **)
{
	struct err err = {0};
	struct file_writer *writer = open_writer("/dev/full", 2, 64, &err);

	assert_true(put(writer, "row\n", 4));
	assert_int_equal(file_writer_close(writer, &err), -ENOSPC);
	assert_non_null(strstr(err.text, "/dev/full: No space left on device (4 bytes lost)"));
}

static void what_cannot_be_opened_is_told_at_once(void **)
{
	struct err err = {0};

	assert_null(open_writer(scratch_dir, 0, 0, &err));
	assert_int_equal(errno, EISDIR);
	assert_non_null(strstr(err.text, "Is a directory"));
	assert_null(open_writer("/nonexistent/file", 0, 0, NULL));
	assert_int_equal(errno, ENOENT);
}

#define TEST(claim) cmocka_unit_test_setup_teardown(claim, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(writes_all_rows_in_order_whatever_the_sizes),
		TEST(a_file_is_emptied_first),
		TEST(backpressure_gives_no_buffer_and_loses_nothing),
		TEST(flush_shows_a_row_before_the_buffer_is_full),
		TEST(a_reader_that_left_is_an_error_not_a_signal),
		TEST(a_full_disk_is_an_error),
		TEST(what_cannot_be_opened_is_told_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
