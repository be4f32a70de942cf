#include "dataplane/file_reader.h"
#include "dataplane/scratch.h"
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <sys/stat.h>
#include <cmocka.h>

enum { TEXT_MAX = 1 << 20 };

// What a source does: whole lines are consumed, the rest waits.
struct lines {
	char text[TEXT_MAX]; // all lines, each with '\n', in the order seen
	size_t len;
	size_t n_lines;
	size_t chunk_len_max;
	enum file_reader_state state;
};

static struct file_reader *open_reader(
	const char *path, size_t buffer_size, size_t tail_max, struct err *err)
{
	const struct file_reader_options options = {
		.path = path,
		.mem = &mem_libc,
		.n_buffers = 2,
		.buffer_size = buffer_size,
		.tail_max = tail_max,
	};

	return file_reader_open(&options, err);
}

// Take whole lines out of chunk; at the end of a file the rest is one. Returns bytes consumed.
static size_t take_lines(struct lines *lines, const struct file_chunk *chunk)
{
	size_t consumed = 0;

	while (consumed < chunk->len) {
		const uint8_t *at = chunk->data + consumed;
		const uint8_t *end = memchr(at, '\n', chunk->len - consumed);
		size_t len = end != NULL ? (size_t)(end - at) : chunk->len - consumed;

		if (end == NULL && !chunk->end_of_file)
			break;
		assert_true(lines->len + len + 1 <= TEXT_MAX);
		memcpy(lines->text + lines->len, at, len);
		lines->text[lines->len + len] = '\n';
		lines->len += len + 1;
		lines->n_lines++;
		consumed += len + (end != NULL);
	}
	return consumed;
}

// Read to the end as a source would, and check offsets on the way.
static struct lines *read_lines(struct file_reader *reader)
{
	struct lines *lines = calloc(1, sizeof(*lines));
	const struct file_chunk *chunk;
	uint64_t offset = 0;
	uint32_t file = 0;

	while (file_reader_state(reader) == FILE_READER_OPEN) {
		if ((chunk = file_reader_next(reader)) == NULL) {
			usleep(20);
			continue;
		}
		if (chunk->file != file)
			offset = 0;
		file = chunk->file;
		assert_int_equal(chunk->offset, offset);
		if (chunk->len > lines->chunk_len_max)
			lines->chunk_len_max = chunk->len;
		size_t consumed = take_lines(lines, chunk);
		offset += consumed;
		file_reader_release(reader, consumed);
	}
	lines->state = file_reader_state(reader);
	assert_null(file_reader_next(reader));
	return lines;
}

// len bytes of lines of random lengths up to line_max with their newlines.
static void make_lines(char *text, size_t len, unsigned line_max, unsigned *seed)
{
	size_t next = 0;

	for (size_t i = 0; i < len; i++) {
		bool newline = i == next || i == len - 1;

		text[i] = newline ? '\n' : (char)('a' + i % 26);
		if (newline)
			next = i + 1 + (unsigned)rand_r(seed) % line_max;
	}
}

static void records_span_chunks_of_any_size(void **)
{
	static const size_t buffer_sizes[] = {1, 2, 3, 7, 64, 100, 1000, 65536};
	static char text[200000];
	unsigned seed = 1;

	for (size_t i = 0; i < sizeof(buffer_sizes) / sizeof(buffer_sizes[0]); i++) {
		size_t len = buffer_sizes[i] < 64 ? 2000 : sizeof(text);
		struct err err = {0};

		make_lines(text, len, 60, &seed);
		struct file_reader *reader =
			open_reader(scratch_write("lines", text, len), buffer_sizes[i], 64, &err);
		assert_non_null(reader);
		struct lines *lines = read_lines(reader);
		assert_int_equal(lines->state, FILE_READER_END);
		assert_int_equal(lines->len, len);
		assert_memory_equal(lines->text, text, len);
		free(lines);
		file_reader_close(reader);
	}
}

static void the_last_record_needs_no_newline(void **)
{
	struct err err = {0};
	struct file_reader *reader = open_reader(scratch_write("f", "one\ntwo", 7), 4, 8, &err);
	struct lines *lines = read_lines(reader);

	assert_string_equal(lines->text, "one\ntwo\n");
	assert_string_equal(file_reader_path(reader, 0), scratch_path("f"));
	free(lines);
	file_reader_close(reader);
}

static void an_empty_file_and_an_empty_folder_end_at_once(void **)
{
	const char *paths[] = {scratch_write("empty", "", 0), scratch_path("folder")};
	struct err err = {0};

	assert_int_equal(mkdir(paths[1], 0700), 0);
	for (int i = 0; i < 2; i++) {
		struct file_reader *reader = open_reader(paths[i], 64, 64, &err);
		struct lines *lines = read_lines(reader);

		assert_int_equal(lines->state, FILE_READER_END);
		assert_int_equal(lines->len, 0);
		free(lines);
		file_reader_close(reader);
	}
}

static void a_folder_is_its_files_in_the_order_of_names(void **)
{
	struct err err = {0};

	mkdir(scratch_path("day=2"), 0700);
	scratch_write("day=2/part-0", "c\n", 2);
	scratch_write("b", "b", 1); // its last record must not run into the next file
	scratch_write("a", "a\n", 2);
	scratch_write(".hidden", "x\n", 2);
	scratch_write("_success", "x\n", 2);
	mkdir(scratch_path("_temporary"), 0700);
	scratch_write("_temporary/part-1", "x\n", 2);
	struct file_reader *reader = open_reader(scratch_dir, 1, 8, &err);
	struct lines *lines = read_lines(reader);
	assert_string_equal(lines->text, "a\nb\nc\n");
	free(lines);
	file_reader_close(reader);
}

struct feed {
	const char *path;
	const char *text;
	size_t len;
};

// Write in small random pieces, as a slow producer does.
static void *feed(void *arg)
{
	const struct feed *f = arg;
	int fd = open(f->path, O_WRONLY);
	unsigned seed = 7;

	for (size_t done = 0; done < f->len;) {
		size_t n = 1 + (unsigned)rand_r(&seed) % 5000;

		n = n < f->len - done ? n : f->len - done;
		if (write(fd, f->text + done, n) != (ssize_t)n)
			abort();
		done += n;
	}
	close(fd);
	return NULL;
}

static void reads_a_pipe_whose_writer_comes_later(void **)
{
	static char text[150000];
	struct feed f = {.path = scratch_path("pipe"), .text = text, .len = sizeof(text)};
	struct err err = {0};
	unsigned seed = 3;
	pthread_t thread;

	make_lines(text, sizeof(text), 100, &seed);
	assert_int_equal(mkfifo(f.path, 0600), 0);
	struct file_reader *reader = open_reader(f.path, 4096, 128, &err);
	assert_non_null(reader);
	usleep(2000);
	assert_null(file_reader_next(reader));
	assert_int_equal(file_reader_state(reader), FILE_READER_OPEN);
	pthread_create(&thread, NULL, feed, &f);
	struct lines *lines = read_lines(reader);
	pthread_join(thread, NULL);
	assert_int_equal(lines->len, sizeof(text));
	assert_memory_equal(lines->text, text, sizeof(text));
	free(lines);
	file_reader_close(reader);
}

static void closes_while_a_pipe_is_silent_and_while_buffers_are_full(void **)
{
	static char text[100000];
	struct err err = {0};
	unsigned seed = 5;

	assert_int_equal(mkfifo(scratch_path("silent"), 0600), 0);
	struct file_reader *reader = open_reader(scratch_path("silent"), 64, 64, &err);
	assert_non_null(reader);
	file_reader_close(reader);

	make_lines(text, sizeof(text), 50, &seed);
	reader = open_reader(scratch_write("full", text, sizeof(text)), 64, 64, &err);
	while (file_reader_next(reader) == NULL)
		usleep(20);
	usleep(1000);
	file_reader_close(reader); // a chunk is out, the rings are full
	file_reader_close(NULL);
}

static void what_cannot_be_opened_is_told_at_once(void **)
{
	struct err err = {0};

	errno = 0;
	assert_null(open_reader(scratch_path("missing"), 64, 64, &err));
	assert_int_equal(errno, ENOENT);
	assert_non_null(strstr(err.text, "missing: No such file or directory"));
	assert_int_equal(symlink("nowhere", scratch_path("link")), 0);
	assert_null(open_reader(scratch_path("link"), 64, 64, NULL));
	assert_int_equal(errno, ENOENT);
	assert_null(open_reader("", 64, 64, NULL));
	assert_int_equal(errno, ENOENT);
}

// A file that vanishes between the listing and its turn.
static void an_error_comes_after_what_was_read_before_it(void **)
{
	struct err err = {0};

	scratch_write("a", "one\n", 4);
	scratch_write("b", "two\n", 4);
	struct file_reader *reader = open_reader(scratch_dir, 1, 8, &err);
	unlink(scratch_path("b")); // two buffers of one byte: the thread is still in a
	struct lines *lines = read_lines(reader);
	assert_string_equal(lines->text, "one\n");
	assert_int_equal(lines->state, FILE_READER_FAILED);
	assert_non_null(strstr(file_reader_error(reader)->text, "/b: No such file"));
	free(lines);
	file_reader_close(reader);
}

// A source gives up on a record that is longer than tail_max; the bytes behind it are all there.
static void a_record_too_long_can_be_consumed_in_part(void **)
{
	char text[300];
	struct err err = {0};
	const struct file_chunk *chunk;
	size_t n_seen = 0;

	memset(text, 'x', sizeof(text));
	struct file_reader *reader =
		open_reader(scratch_write("long", text, sizeof(text)), 50, 20, &err);
	while (file_reader_state(reader) == FILE_READER_OPEN) {
		if ((chunk = file_reader_next(reader)) == NULL)
			continue;
		assert_int_equal(chunk->offset, n_seen);
		size_t keep = chunk->end_of_file ? 0 : chunk->len < 20 ? chunk->len : 20;
		n_seen += chunk->len - keep;
		file_reader_release(reader, chunk->len - keep);
	}
	assert_int_equal(n_seen, sizeof(text));
	file_reader_close(reader);
}

#define TEST(claim) cmocka_unit_test_setup_teardown(claim, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(records_span_chunks_of_any_size),
		TEST(the_last_record_needs_no_newline),
		TEST(an_empty_file_and_an_empty_folder_end_at_once),
		TEST(a_folder_is_its_files_in_the_order_of_names),
		TEST(reads_a_pipe_whose_writer_comes_later),
		TEST(closes_while_a_pipe_is_silent_and_while_buffers_are_full),
		TEST(what_cannot_be_opened_is_told_at_once),
		TEST(an_error_comes_after_what_was_read_before_it),
		TEST(a_record_too_long_can_be_consumed_in_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
