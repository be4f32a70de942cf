#include "dataplane/file_writer.h"
#include "dataplane/file_sync.h"
#include "dataplane/scratch.h"
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <cmocka.h>

// Syncs that are to fail from now on, and whether the pages that they wrote are lost.
static atomic_int n_bad_syncs;
static const char *lose_at_sync;

int fdatasync(int)
{
	if (lose_at_sync != NULL && truncate(lose_at_sync, 0) < 0)
		abort();
	if (atomic_fetch_sub(&n_bad_syncs, 1) > 0) {
		errno = EIO;
		return -1;
	}
	return 0;
}

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
	struct file_writer *writer;
	struct err err = {0};
	struct stat st;

	scratch_write("old", "something", 9);
	writer = open_writer(scratch_path("old"), 0, 0, &err);
	file_writer_flush(writer);
	assert_int_equal(file_writer_close(writer, &err), 0);
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

enum { LINE = 100, LINES = 4000 };
static char lines_read[2 * LINES * LINE];

static void *read_lines(void *arg)
{
	const int *fd = arg;
	size_t len = 0;
	ssize_t n;

	while (len < sizeof(lines_read) &&
		(n = read(*fd, lines_read + len, sizeof(lines_read) - len)) > 0)
		len += (size_t)n;
	return (void *)len;
}

// A pipe takes 64 KiB at once, and then whatever there is room for.
static void rows_of_two_that_print_are_whole(void **)
{
	struct err err = {0};
	int fds[2], saved = dup(STDOUT_FILENO);
	struct file_writer *writers[2];
	char line[LINE];
	pthread_t reader;
	void *len;

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(dup2(fds[1], STDOUT_FILENO), STDOUT_FILENO);
	for (int i = 0; i < 2; i++)
		writers[i] = open_writer("-", 8, 90 * LINE, &err);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(fds[1]);
	assert_int_equal(pthread_create(&reader, NULL, read_lines, &fds[0]), 0);
	for (int i = 0; i < 2 * LINES; i++) {
		memset(line, 'a' + i % 2, LINE - 1);
		line[LINE - 1] = '\n';
		assert_true(put(writers[i % 2], line, LINE));
	}
	for (int i = 0; i < 2; i++)
		assert_int_equal(file_writer_close(writers[i], &err), 0);
	pthread_join(reader, &len);
	close(fds[0]);
	assert_int_equal((size_t)len, sizeof(lines_read));
	for (int i = 0; i < 2 * LINES; i++) {
		memset(line, lines_read[i * LINE], LINE - 1);
		assert_memory_equal(lines_read + i * LINE, line, LINE);
	}
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

static void wait_durable(struct file_writer *writer, uint64_t len)
{
	while (!file_writer_is_durable(writer, len))
		usleep(20);
}

static void assert_file(const char *path, const char *text)
{
	char got[64] = "";
	FILE *file = fopen(path, "r");

	assert_int_equal(fread(got, 1, sizeof(got) - 1, file), strlen(text));
	fclose(file);
	assert_string_equal(got, text);
}

static void what_was_committed_becomes_durable(void **)
{
	struct err err = {0};
	struct file_writer *writer = open_writer(scratch_path("out"), 2, 64, &err);

	assert_int_equal(file_writer_sync(writer), 0);
	assert_true(file_writer_is_durable(writer, 0));
	assert_true(put(writer, "one\n", 4));
	assert_false(file_writer_is_durable(writer, 4));
	assert_int_equal(file_writer_sync(writer), 4);
	wait_durable(writer, 4);
	assert_file(scratch_path("out"), "one\n");
	assert_true(put(writer, "two\n", 4));
	assert_int_equal(file_writer_sync(writer), 8);
	assert_true(put(writer, "three\n", 6));
	wait_durable(writer, 8);
	assert_int_equal(file_writer_sync_failures(writer), 0);
	assert_int_equal(file_writer_close(writer, &err), 0);
	assert_file(scratch_path("out"), "one\ntwo\nthree\n");
}

static void a_failed_sync_is_made_good(void **)
{
	struct err err = {0};
	struct file_writer *writer = open_writer(scratch_path("out"), 2, 64, &err);

	assert_true(put(writer, "one\n", 4));
	file_writer_sync(writer);
	wait_durable(writer, 4);
	n_bad_syncs = 2;
	assert_true(put(writer, "two\n", 4));
	file_writer_sync(writer);
	assert_true(put(writer, "three\n", 6));
	wait_durable(writer, 8);
	assert_int_equal(file_writer_sync_failures(writer), 2);
	assert_int_equal(file_writer_error(writer), 0);
	assert_int_equal(file_writer_close(writer, &err), 0);
	assert_file(scratch_path("out"), "one\ntwo\nthree\n");
}

// The kernel dropped the pages: no later sync may be believed.
static void what_a_failed_sync_lost_is_never_called_durable(void **)
{
	struct err err = {0};
	struct file_writer *writer = open_writer(scratch_path("out"), 2, 64, &err);

	n_bad_syncs = 1;
	lose_at_sync = scratch_path("out");
	assert_true(put(writer, "one\n", 4));
	file_writer_sync(writer);
	while (file_writer_sync_failures(writer) == 0)
		usleep(20);
	assert_true(put(writer, "two\n", 4));
	file_writer_sync(writer);
	usleep(3 * FILE_SYNC_AGAIN_MS * 1000);
	lose_at_sync = NULL;
	assert_false(file_writer_is_durable(writer, 1));
	assert_int_equal(file_writer_error(writer), 0);
	assert_int_equal(file_writer_close(writer, &err), 0);
}

static void a_file_goes_on_where_it_was(void **)
{
	struct err err = {0};
	struct file_writer *writer;

	scratch_write("out", "one\ntwo\nthr", 11);
	writer = open_writer(scratch_path("out"), 2, 64, &err);
	assert_int_equal(file_writer_resume(writer, 4, &err), 0);
	assert_true(file_writer_is_durable(writer, 4));
	assert_file(scratch_path("out"), "one\ntwo\nthr"); // until it is begun
	assert_true(put(writer, "zwei\n", 5));
	assert_int_equal(file_writer_sync(writer), 9);
	wait_durable(writer, 9);
	assert_int_equal(file_writer_close(writer, &err), 0);
	assert_file(scratch_path("out"), "one\nzwei\n");
}

static void a_file_that_is_not_the_one_is_refused_and_stays(void **)
{
	struct err err = {0};
	struct file_writer *writer;

	scratch_write("out", "one\n", 4);
	writer = open_writer(scratch_path("out"), 2, 64, &err);
	assert_int_equal(file_writer_resume(writer, 5, &err), -EINVAL);
	assert_non_null(strstr(err.text, "it has 4 bytes, and had 5 at the checkpoint"));
	assert_int_equal(file_writer_close(writer, NULL), 0);
	assert_file(scratch_path("out"), "one\n");
	writer = open_writer("/dev/null", 2, 64, &err);
	assert_int_equal(file_writer_resume(writer, 5, NULL), -EINVAL);
	assert_int_equal(file_writer_sync(writer), 0);
	assert_int_equal(file_writer_close(writer, NULL), 0);
}

#define TEST(claim) cmocka_unit_test_setup_teardown(claim, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(writes_all_rows_in_order_whatever_the_sizes),
		TEST(a_file_is_emptied_first),
		TEST(backpressure_gives_no_buffer_and_loses_nothing),
		TEST(flush_shows_a_row_before_the_buffer_is_full),
		TEST(rows_of_two_that_print_are_whole),
		TEST(a_reader_that_left_is_an_error_not_a_signal),
		TEST(a_full_disk_is_an_error),
		TEST(what_cannot_be_opened_is_told_at_once),
		TEST(what_was_committed_becomes_durable),
		TEST(a_failed_sync_is_made_good),
		TEST(what_a_failed_sync_lost_is_never_called_durable),
		TEST(a_file_goes_on_where_it_was),
		TEST(a_file_that_is_not_the_one_is_refused_and_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
