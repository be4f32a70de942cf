// Two SPSC rings (handoff.h) between the thread and the lcore. The tail of a chunk is copied into
// the headroom in front of the next one: at most tail_max bytes for each buffer_size read, and
// nothing when chunks happen to end with records.
#include "dataplane/file_reader.h"
#include "dataplane/file_list.h"
#include "dataplane/handoff.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFERS_MIN = 2 };

enum { // handoff_buffer.flags
	END_OF_FILE = 1 << 0,
	END_OF_INPUT = 1 << 1, // no bytes; the last that the thread sends
	FAILED = 1 << 2, // likewise; the thread wrote reader->err before
};

struct file_reader {
	struct handoff handoff;
	struct file_list files; // read by both, written by none
	int first_fd; // files.paths[0], opened at the start; then the thread's

	// the lcore's
	enum file_reader_state state;
	struct handoff_buffer *buffer; // of the chunk that is out or whose tail waits; NULL: none
	struct file_chunk chunk;
	size_t n_tail; // bytes at the end of chunk that wait to be put in front of the next
	size_t tail_max;
	bool is_out; // chunk is with the source

	struct err err; // the thread's until it sent FAILED, then the lcore's
};

static int open_file(const char *path)
{
	struct stat st;
	int fd;

	if (strcmp(path, "-") == 0)
		return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	// O_NONBLOCK: a FIFO opens before its writer is there; handoff_wait_fd() waits for it.
	if ((fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)) < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return fd;
}

// The thread's.

// Bytes read, 0 at the end, -1 with errno; -1 with ECANCELED when told to stop.
static ssize_t read_some(struct file_reader *reader, int fd, struct handoff_buffer *buffer)
{
	ssize_t n;

	do {
		if (!handoff_wait_fd(&reader->handoff, fd, POLLIN)) {
			errno = ECANCELED;
			return -1;
		}
		n = read(fd, buffer->data, buffer->size);
	} while (n < 0 && (errno == EAGAIN || errno == EINTR));
	return n;
}

// Send one file, chunk by chunk. A short read is sent as it is: a pipe's records should not wait
// for a full buffer. Returns 0 or -errno.
static int send_file(struct file_reader *reader, int fd, uint32_t file)
{
	struct handoff_buffer *buffer;
	uint64_t offset = 0;
	ssize_t n;

	do {
		if ((buffer = handoff_wait_empty(&reader->handoff)) == NULL)
			return -ECANCELED;
		if ((n = read_some(reader, fd, buffer)) < 0) {
			n = -errno;
			handoff_return(&reader->handoff, buffer);
			return (int)n;
		}
		buffer->len = (size_t)n;
		buffer->position = offset;
		buffer->file = file;
		buffer->flags = n == 0 ? END_OF_FILE : 0;
		offset += (uint64_t)n;
		handoff_send(&reader->handoff, buffer);
	} while (n > 0);
	return 0;
}

static int send_files(struct file_reader *reader)
{
	for (uint32_t file = 0; file < reader->files.n_paths; file++) {
		const char *path = reader->files.paths[file];
		int fd = file == 0 ? reader->first_fd : open_file(path);
		int err = fd < 0 ? -errno : send_file(reader, fd, file);

		if (fd >= 0)
			close(fd);
		if (err < 0)
			return err_set(
				&reader->err, -err, "cannot read %s: %s", path, strerror(-err));
	}
	return 0;
}

static void *run(void *arg)
{
	struct file_reader *reader = arg;
	struct handoff_buffer *last;
	int err = send_files(reader);

	if ((last = handoff_wait_empty(&reader->handoff)) == NULL)
		return NULL;
	last->flags = err < 0 ? FAILED : END_OF_INPUT;
	handoff_send(&reader->handoff, last);
	return NULL;
}

// The lcore's.

// Put the tail of the last chunk in front of what came, and give the last chunk's buffer back.
static void show_chunk(struct file_reader *reader, struct handoff_buffer *buffer)
{
	const struct file_chunk last = reader->chunk;
	size_t n_tail = reader->n_tail;

	memcpy(buffer->data - n_tail, last.data + last.len - n_tail, n_tail);
	if (reader->buffer != NULL)
		handoff_return(&reader->handoff, reader->buffer);
	reader->buffer = buffer;
	reader->n_tail = 0;
	reader->chunk = (struct file_chunk){
		.data = buffer->data - n_tail,
		.len = buffer->len + n_tail,
		.offset = buffer->position - n_tail,
		.file = buffer->file,
		.end_of_file = buffer->flags == END_OF_FILE,
	};
}

const struct file_chunk *file_reader_next(struct file_reader *reader)
{
	struct handoff_buffer *buffer;

	assert(!reader->is_out);
	if (reader->state != FILE_READER_OPEN)
		return NULL;
	if ((buffer = handoff_receive(&reader->handoff)) == NULL)
		return NULL;
	if (buffer->flags & (END_OF_INPUT | FAILED)) {
		reader->state = buffer->flags == FAILED ? FILE_READER_FAILED : FILE_READER_END;
		return NULL;
	}
	show_chunk(reader, buffer);
	reader->is_out = true;
	return &reader->chunk;
}

void file_reader_release(struct file_reader *reader, size_t n_consumed)
{
	const struct file_chunk *chunk = &reader->chunk;

	assert(reader->is_out && n_consumed <= chunk->len);
	assert(chunk->len - n_consumed <= (chunk->end_of_file ? 0 : reader->tail_max));
	reader->is_out = false;
	reader->n_tail = chunk->len - n_consumed;
	if (reader->n_tail > 0)
		return; // the buffer is kept until the tail is copied out of it
	handoff_return(&reader->handoff, reader->buffer);
	reader->buffer = NULL;
	reader->chunk = (struct file_chunk){.data = (const uint8_t *)""};
}

enum file_reader_state file_reader_state(const struct file_reader *reader)
{
	return reader->state;
}

const struct err *file_reader_error(const struct file_reader *reader)
{
	return &reader->err;
}

uint64_t file_reader_size(const struct file_reader *reader)
{
	return reader->files.n_bytes;
}

const char *file_reader_path(const struct file_reader *reader, uint32_t file)
{
	return reader->files.paths[file];
}

static int list_files(struct file_list *files, const char *path, struct err *err)
{
	if (strcmp(path, "-") != 0)
		return file_list_make(files, path, FILE_READER_FILES_MAX, err);
	files->paths = calloc(1, sizeof(*files->paths));
	if (files->paths == NULL || (files->paths[0] = strdup(path)) == NULL)
		return err_set(err, ENOMEM, "out of memory for the names of files");
	files->n_paths = 1;
	return 0;
}

// All that can fail before the thread runs. Returns 0 or -errno with err.
static int prepare(struct file_reader *reader, const struct file_reader_options *o, struct err *err)
{
	uint32_t n_buffers = o->n_buffers > 0 ? o->n_buffers : FILE_READER_BUFFERS;
	size_t size = o->buffer_size > 0 ? o->buffer_size : FILE_READER_BUFFER_SIZE;
	int status;

	reader->tail_max = o->tail_max > 0 ? o->tail_max : FILE_READER_TAIL_MAX;
	if ((status = list_files(&reader->files, o->path, err)) < 0)
		return status;
	if (reader->files.n_paths > 0 && (reader->first_fd = open_file(reader->files.paths[0])) < 0)
		return err_set(
			err, errno, "cannot read %s: %s", reader->files.paths[0], strerror(errno));
	if (n_buffers < BUFFERS_MIN)
		return err_set(err, EINVAL, "a file reader needs at least %d buffers", BUFFERS_MIN);
	if ((status = handoff_init(&reader->handoff, o->mem, n_buffers, size, reader->tail_max)) <
		0)
		return err_set(err, -status, "cannot set up buffers to read %s: %s", o->path,
			strerror(-status));
	if ((status = handoff_start(&reader->handoff, "tw-file-reader", run, reader)) == 0)
		return 0;
	handoff_free(&reader->handoff);
	return err_set(
		err, -status, "cannot start a thread to read %s: %s", o->path, strerror(-status));
}

struct file_reader *file_reader_open(const struct file_reader_options *options, struct err *err)
{
	struct file_reader *reader = calloc(1, sizeof(*reader));
	int status;

	if (reader == NULL) {
		err_set(err, ENOMEM, "out of memory");
		return NULL;
	}
	reader->first_fd = -1;
	reader->chunk.data = (const uint8_t *)"";
	if ((status = prepare(reader, options, err)) == 0)
		return reader;
	if (reader->first_fd >= 0)
		close(reader->first_fd);
	file_list_free(&reader->files);
	free(reader);
	errno = -status;
	return NULL;
}

void file_reader_close(struct file_reader *reader)
{
	if (reader == NULL)
		return;
	handoff_stop(&reader->handoff);
	handoff_free(&reader->handoff);
	file_list_free(&reader->files);
	free(reader);
}
