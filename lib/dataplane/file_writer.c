#include "dataplane/file_writer.h"
#include "dataplane/handoff.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct file_writer {
	struct handoff handoff;
	char *path;
	int fd;
	struct handoff_buffer *open; // the lcore's: being filled; NULL: none
	atomic_int error; // the thread writes, the lcore reads: 0 or -errno
	uint64_t n_lost; // the thread's until it ended: bytes that could not be written
};

// The thread's.

// All of data[:len]. Returns 0 or -errno, with *n_done bytes written.
static int write_all(int fd, const uint8_t *data, size_t len, size_t *n_done)
{
	struct pollfd ready = {.fd = fd, .events = POLLOUT};
	ssize_t n;

	for (*n_done = 0; *n_done < len;) {
		if ((n = write(fd, data + *n_done, len - *n_done)) >= 0)
			*n_done += (size_t)n;
		else if (errno == EAGAIN) // standard output that somebody made non-blocking
			poll(&ready, 1, -1);
		else if (errno != EINTR)
			return -errno;
	}
	return 0;
}

static void *run(void *arg)
{
	struct file_writer *writer = arg;
	struct handoff_buffer *buffer;
	int err = 0;

	while ((buffer = handoff_wait_full(&writer->handoff)) != NULL) {
		size_t n_done = 0;

		// After a failure only count: a sink that still sends must not get stuck.
		if (err == 0 &&
			(err = write_all(writer->fd, buffer->data, buffer->len, &n_done)) < 0)
			atomic_store_explicit(&writer->error, err, memory_order_release);
		writer->n_lost += buffer->len - n_done;
		handoff_return(&writer->handoff, buffer);
	}
	return NULL;
}

// The lcore's.

uint8_t *file_writer_buffer(struct file_writer *writer, size_t size, size_t *room)
{
	if (file_writer_error(writer) < 0)
		return NULL;
	if (writer->open != NULL && writer->open->size - writer->open->len < size)
		file_writer_flush(writer);
	if (writer->open == NULL) {
		if ((writer->open = handoff_take(&writer->handoff)) == NULL)
			return NULL;
		writer->open->len = 0;
		assert(size <= writer->open->size);
	}
	*room = writer->open->size - writer->open->len;
	return writer->open->data + writer->open->len;
}

void file_writer_commit(struct file_writer *writer, size_t len)
{
	assert(len <= writer->open->size - writer->open->len);
	writer->open->len += len;
}

void file_writer_flush(struct file_writer *writer)
{
	if (writer->open == NULL || writer->open->len == 0)
		return;
	handoff_send(&writer->handoff, writer->open);
	writer->open = NULL;
}

int file_writer_error(const struct file_writer *writer)
{
	return atomic_load_explicit(&writer->error, memory_order_acquire);
}

static int open_output(const char *path)
{
	if (strcmp(path, "-") == 0)
		return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
	return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
}

// Returns 0 or -errno; the caller undoes what is done.
static int prepare(struct file_writer *writer, const struct file_writer_options *o)
{
	uint32_t n_buffers = o->n_buffers > 0 ? o->n_buffers : FILE_WRITER_BUFFERS;
	size_t size = o->buffer_size > 0 ? o->buffer_size : FILE_WRITER_BUFFER_SIZE;
	int err;

	if ((writer->path = strdup(o->path)) == NULL)
		return -ENOMEM;
	if ((writer->fd = open_output(o->path)) < 0)
		return -errno;
	if ((err = handoff_init(&writer->handoff, o->mem, n_buffers, size, 0)) < 0)
		return err;
	if ((err = handoff_start(&writer->handoff, "tw-file-writer", run, writer)) < 0)
		handoff_free(&writer->handoff);
	return err;
}

static void free_writer(struct file_writer *writer)
{
	if (writer->fd >= 0)
		close(writer->fd);
	free(writer->path);
	free(writer);
}

struct file_writer *file_writer_open(const struct file_writer_options *options, struct err *err)
{
	struct file_writer *writer = calloc(1, sizeof(*writer));
	int status = -ENOMEM;

	if (writer != NULL) {
		writer->fd = -1;
		if ((status = prepare(writer, options)) == 0)
			return writer;
		free_writer(writer);
	}
	err_set(err, -status, "cannot write %s: %s", options->path, strerror(-status));
	errno = -status;
	return NULL;
}

int file_writer_close(struct file_writer *writer, struct err *err)
{
	int status;

	if (writer == NULL)
		return 0;
	file_writer_flush(writer);
	handoff_stop(&writer->handoff);
	status = file_writer_error(writer);
	if (close(writer->fd) < 0 && status == 0) // NFS tells a full disk only here
		status = -errno;
	writer->fd = -1;
	if (status < 0)
		err_set(err, -status, "cannot write %s: %s (%llu bytes lost)", writer->path,
			strerror(-status), (unsigned long long)writer->n_lost);
	handoff_free(&writer->handoff);
	free_writer(writer);
	return status;
}
