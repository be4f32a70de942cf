#include "dataplane/file_writer.h"
#include "dataplane/crc.h"
#include "dataplane/file_sync.h"
#include "dataplane/handoff.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct file_writer {
	struct handoff handoff;
	char *path;
	int fd;
	bool is_regular; // a file that has a length
	bool is_stdout;
	// the lcore's
	struct handoff_buffer *open; // being filled; NULL: none
	uint64_t len; // of the file, with all that was committed
	// the lcore writes, the thread reads
	atomic_bool begun; // start, which is the lcore's before, says where
	atomic_uint_least64_t sync_len; // so much is to become durable
	// the thread's
	uint64_t start; // where it begins to write
	uint64_t written; // length of the file
	uint32_t crc; // of what was written since sync was begun
	struct file_sync sync;
	atomic_int error; // the thread writes, the lcore reads: 0 or -errno
	uint64_t n_lost; // until the thread ended: bytes that could not be written
};

// Several tables may print: a pipe takes a buffer in pieces, and none of another may come between.
static pthread_mutex_t stdout_mutex = PTHREAD_MUTEX_INITIALIZER;

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

static int write_out(
	struct file_writer *writer, const struct handoff_buffer *buffer, size_t *n_done)
{
	int err;

	if (writer->is_stdout)
		pthread_mutex_lock(&stdout_mutex);
	err = write_all(writer->fd, buffer->data, buffer->len, n_done);
	if (writer->is_stdout)
		pthread_mutex_unlock(&stdout_mutex);
	return err;
}

static void fail(struct file_writer *writer, int err)
{
	atomic_store_explicit(&writer->error, err, memory_order_release);
}

// The file becomes what it was at the checkpoint, or empty.
static void cut(struct file_writer *writer)
{
	off_t start = (off_t)writer->start;

	writer->written = writer->start;
	if (writer->is_regular &&
		(ftruncate(writer->fd, start) < 0 || lseek(writer->fd, start, SEEK_SET) < 0))
		fail(writer, -errno);
}

static void write_buffer(struct file_writer *writer, struct handoff_buffer *buffer)
{
	size_t n_done = 0;
	int err = 0;

	// After a failure only count: a sink that still sends must not get stuck.
	if (file_writer_error(writer) == 0)
		err = write_out(writer, buffer, &n_done);
	if (err < 0)
		fail(writer, err);
	writer->written += n_done;
	if (writer->is_regular)
		writer->crc = crc32c(writer->crc, buffer->data, n_done);
	writer->n_lost += buffer->len - n_done;
	handoff_return(&writer->handoff, buffer);
}

// All that is written becomes durable when somebody waits for that; more than was asked for does
// no harm.
static void sync_written(struct file_writer *writer)
{
	uint64_t asked = atomic_load_explicit(&writer->sync_len, memory_order_acquire);
	int err;

	if (asked <= writer->sync.upto || writer->written < asked ||
		file_sync_is_busy(&writer->sync))
		return;
	if ((err = file_sync_begin(&writer->sync, writer->written, writer->crc)) < 0)
		fail(writer, err);
	writer->crc = 0;
}

static bool is_begun(const struct file_writer *writer)
{
	return atomic_load_explicit(&writer->begun, memory_order_acquire);
}

static bool wait_begun(struct file_writer *writer)
{
	while (!is_begun(writer) && handoff_pause(&writer->handoff))
		;
	return is_begun(writer);
}

static void *run(void *arg)
{
	struct file_writer *writer = arg;
	struct handoff_buffer *buffer;
	bool more = true;

	if (wait_begun(writer))
		cut(writer);
	while (more) {
		// Asked before the ring: what was sent before the stop is still written.
		more = !handoff_is_stopped(&writer->handoff);
		while ((buffer = handoff_receive(&writer->handoff)) != NULL) {
			write_buffer(writer, buffer);
			sync_written(writer);
		}
		sync_written(writer);
		if (more)
			handoff_pause(&writer->handoff);
	}
	return NULL;
}

// The lcore's.

int file_writer_resume(struct file_writer *writer, uint64_t len, struct err *err)
{
	struct stat st;

	if (!writer->is_regular)
		return err_set(err, EINVAL,
			"cannot go on writing %s: it was a file of %" PRIu64
			" bytes at the checkpoint, and is none",
			writer->path, len);
	if (fstat(writer->fd, &st) < 0)
		return err_set(err, errno, "cannot read the length of %s: %s", writer->path,
			strerror(errno));
	if ((uint64_t)st.st_size < len)
		return err_set(err, EINVAL,
			"cannot go on writing %s: it has %jd bytes, and had %" PRIu64
			" at the checkpoint: it is not the file that this job wrote",
			writer->path, (intmax_t)st.st_size, len);
	writer->start = writer->len = len;
	file_sync_init(&writer->sync, writer->path, writer->fd, len);
	return 0;
}

static void begin(struct file_writer *writer)
{
	atomic_store_explicit(&writer->begun, true, memory_order_release);
}

uint8_t *file_writer_buffer(struct file_writer *writer, size_t size, size_t *room)
{
	if (file_writer_error(writer) < 0)
		return NULL;
	begin(writer);
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
	writer->len += len;
}

void file_writer_flush(struct file_writer *writer)
{
	begin(writer);
	if (writer->open == NULL || writer->open->len == 0)
		return;
	handoff_send(&writer->handoff, writer->open);
	writer->open = NULL;
}

uint64_t file_writer_sync(struct file_writer *writer)
{
	file_writer_flush(writer);
	if (!writer->is_regular)
		return 0;
	atomic_store_explicit(&writer->sync_len, writer->len, memory_order_release);
	return writer->len;
}

bool file_writer_is_durable(const struct file_writer *writer, uint64_t len)
{
	return atomic_load_explicit(&writer->sync.n_durable, memory_order_acquire) >= len;
}

uint32_t file_writer_sync_failures(const struct file_writer *writer)
{
	return atomic_load_explicit(&writer->sync.n_failed, memory_order_relaxed);
}

int file_writer_error(const struct file_writer *writer)
{
	return atomic_load_explicit(&writer->error, memory_order_acquire);
}

static int open_output(const char *path)
{
	if (strcmp(path, "-") == 0)
		return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
	return open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644); // emptied when it is begun
}

// Returns 0 or -errno; the caller undoes what is done.
static int prepare(struct file_writer *writer, const struct file_writer_options *o)
{
	uint32_t n_buffers = o->n_buffers > 0 ? o->n_buffers : FILE_WRITER_BUFFERS;
	size_t size = o->buffer_size > 0 ? o->buffer_size : FILE_WRITER_BUFFER_SIZE;
	struct stat st;
	int err;

	if ((writer->path = strdup(o->path)) == NULL)
		return -ENOMEM;
	if ((writer->fd = open_output(o->path)) < 0)
		return -errno;
	// Standard output is the caller's: it is written to where it stands.
	writer->is_stdout = strcmp(o->path, "-") == 0;
	writer->is_regular =
		!writer->is_stdout && fstat(writer->fd, &st) == 0 && S_ISREG(st.st_mode);
	file_sync_init(&writer->sync, writer->path, writer->fd, 0);
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
	if (is_begun(writer))
		file_writer_flush(writer);
	handoff_stop(&writer->handoff);
	file_sync_stop(&writer->sync);
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
