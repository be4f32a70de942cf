// Two SPSC rings (handoff.h) between the thread and the lcore. The tail of a chunk is copied into
// the headroom in front of the next one: at most tail_max bytes for each buffer_size read, and
// nothing when chunks happen to end with records.
#include "dataplane/file_reader.h"
#include "dataplane/file_list.h"
#include "dataplane/handoff.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <rte_common.h>
#include <stdio.h>
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
	uint32_t first_file; // where the thread begins, and how far in it
	uint64_t first_offset;
	uint64_t n_discard; // bytes of a pipe to read and forget before that
	int first_fd; // files.paths[first_file], opened at the start; then the thread's
	atomic_bool begun; // the lcore has looked: it writes, the thread reads

	// the lcore's
	enum file_reader_state state;
	struct handoff_buffer *buffer; // of the chunk that is out or whose tail waits; NULL: none
	struct file_chunk chunk;
	size_t n_tail; // bytes at the end of chunk that wait to be put in front of the next
	size_t tail_max;
	bool is_out; // chunk is with the source
	struct file_track track; // what was released

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
static ssize_t read_some(struct file_reader *reader, int fd, uint8_t *data, size_t size)
{
	ssize_t n;

	do {
		if (!handoff_wait_fd(&reader->handoff, fd, POLLIN)) {
			errno = ECANCELED;
			return -1;
		}
		n = read(fd, data, size);
	} while (n < 0 && (errno == EAGAIN || errno == EINTR));
	return n;
}

// A pipe has no offset to go to. Returns 0 or -errno.
static int discard(struct file_reader *reader, int fd)
{
	struct handoff_buffer *buffer = handoff_wait_empty(&reader->handoff);
	ssize_t n = 1;

	while (buffer != NULL && reader->n_discard > 0 && n > 0) {
		n = read_some(reader, fd, buffer->data, RTE_MIN(buffer->size, reader->n_discard));
		reader->n_discard -= n > 0 ? (uint64_t)n : 0;
	}
	if (buffer == NULL)
		return -ECANCELED;
	handoff_return(&reader->handoff, buffer);
	return n < 0 ? -errno : n == 0 ? -ENODATA : 0;
}

// Send one file, chunk by chunk. A short read is sent as it is: a pipe's records should not wait
// for a full buffer. Returns 0 or -errno.
static int send_file(struct file_reader *reader, int fd, uint32_t file)
{
	uint64_t offset = file == reader->first_file ? reader->first_offset : 0;
	struct handoff_buffer *buffer;
	ssize_t n;

	do {
		if ((buffer = handoff_wait_empty(&reader->handoff)) == NULL)
			return -ECANCELED;
		if ((n = read_some(reader, fd, buffer->data, buffer->size)) < 0) {
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
	for (uint32_t file = reader->first_file; file < reader->files.n_paths; file++) {
		const char *path = reader->files.paths[file];
		int fd = file == reader->first_file ? reader->first_fd : open_file(path);
		int err = fd < 0 ? -errno : 0;

		if (err == 0 && reader->n_discard > 0)
			err = discard(reader, fd);
		if (err == 0)
			err = send_file(reader, fd, file);
		if (fd >= 0)
			close(fd);
		if (err == -ENODATA)
			return err_set(&reader->err, EINVAL,
				"%s ended before the position of the checkpoint, byte %" PRIu64,
				path, reader->first_offset);
		if (err < 0)
			return err_set(
				&reader->err, -err, "cannot read %s: %s", path, strerror(-err));
	}
	return 0;
}

static bool wait_begun(struct file_reader *reader)
{
	while (!atomic_load_explicit(&reader->begun, memory_order_acquire))
		if (!handoff_pause(&reader->handoff))
			return false;
	return true;
}

static void *run(void *arg)
{
	struct file_reader *reader = arg;
	struct handoff_buffer *last;
	int err;

	if (!wait_begun(reader)) {
		if (reader->first_fd >= 0)
			close(reader->first_fd);
		return NULL;
	}
	err = send_files(reader);
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
	file_track_see(&reader->track, buffer->file, reader->files.paths, reader->chunk.offset,
		reader->chunk.data, reader->chunk.len);
}

const struct file_chunk *file_reader_next(struct file_reader *reader)
{
	struct handoff_buffer *buffer;

	assert(!reader->is_out);
	atomic_store_explicit(&reader->begun, true, memory_order_release);
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
	file_track_pass(&reader->track, chunk->offset, chunk->data, n_consumed);
	reader->is_out = false;
	reader->n_tail = chunk->len - n_consumed;
	if (reader->n_tail > 0)
		return; // the buffer is kept until the tail is copied out of it
	handoff_return(&reader->handoff, reader->buffer);
	reader->buffer = NULL;
	reader->chunk = (struct file_chunk){.data = (const uint8_t *)""};
}

void file_reader_position(
	const struct file_reader *reader, size_t n_consumed, struct file_position *position)
{
	assert(n_consumed == 0 || reader->is_out);
	file_track_tell(
		&reader->track, reader->chunk.offset, reader->chunk.data, n_consumed, position);
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

static int open_first(struct file_reader *reader, struct err *err)
{
	const char *path;

	if (reader->first_file >= reader->files.n_paths)
		return 0;
	path = reader->files.paths[reader->first_file];
	reader->first_fd = open_file(path);
	if (reader->first_fd >= 0)
		return 0;
	return err_set(err, errno, "cannot read %s: %s", path, strerror(errno));
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
	if ((status = open_first(reader, err)) < 0)
		return status;
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

// Put the first file where the other reader was in it.
static int go_to(struct file_reader *reader, const struct file_position *position, struct err *err)
{
	const char *path = reader->files.paths[position->file];
	struct stat st;

	if (fstat(reader->first_fd, &st) == 0 && !S_ISREG(st.st_mode)) {
		fprintf(stderr,
			"tidewire: note: %s is no regular file: its first %" PRIu64
			" bytes are read and discarded, as the checkpoint is behind them\n",
			strcmp(path, "-") == 0 ? "standard input" : path, position->offset);
		reader->n_discard = position->offset;
		return 0;
	}
	if (file_position_check(position, reader->first_fd, path, &reader->track, err) < 0)
		return -EINVAL;
	if (lseek(reader->first_fd, (off_t)position->offset, SEEK_SET) < 0)
		return err_set(err, errno, "cannot read %s: %s", path, strerror(errno));
	return 0;
}

int file_reader_resume(
	struct file_reader *reader, const struct file_position *position, struct err *err)
{
	int status = file_position_check_names(
		position, reader->files.paths, reader->files.n_paths, err);

	if (status < 0 || reader->files.n_paths == 0)
		return status;
	if (position->file != reader->first_file) {
		close(reader->first_fd);
		reader->first_file = position->file;
		status = open_first(reader, err);
	}
	reader->first_offset = position->offset;
	reader->track.at = *position;
	if (status == 0 && position->offset > 0)
		status = go_to(reader, position, err);
	return status;
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
