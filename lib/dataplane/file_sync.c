#include "dataplane/file_sync.h"
#include "dataplane/crc.h"
#include <rte_common.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { COPY_SIZE = 16 << 10 }; // bytes that are read back at once

// The thread's.

static bool is_stopped(const struct file_sync *sync)
{
	return atomic_load_explicit(&sync->stop, memory_order_acquire);
}

// Read [at, at + len) whole. False with errno; 0 = the file is shorter.
static bool read_back(int fd, char *data, size_t len, uint64_t at)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = pread(fd, data + done, len - done, (off_t)(at + done));

		if (n == 0)
			errno = 0;
		if (n == 0 || (n < 0 && errno != EINTR))
			return false;
		if (n > 0)
			done += (size_t)n;
	}
	return true;
}

static bool write_again(int fd, const char *data, size_t len, uint64_t at)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = pwrite(fd, data + done, len - done, (off_t)(at + done));

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0)
			done += (size_t)n;
	}
	return true;
}

enum found { INTACT, GONE, UNREADABLE };

// Whether the file still holds the bytes: all of them are read before any is written again.
static enum found look(const struct file_sync *sync, int fd)
{
	char data[COPY_SIZE];
	uint32_t crc = 0;

	for (uint64_t at = sync->from; at < sync->upto; at += sizeof(data)) {
		size_t len = RTE_MIN(sizeof(data), sync->upto - at);

		if (!read_back(fd, data, len, at))
			return errno == 0 ? GONE : UNREADABLE;
		crc = crc32c(crc, data, len);
	}
	return crc == sync->crc ? INTACT : GONE;
}

// Make the pages dirty again.
static bool copy_again(const struct file_sync *sync, int fd)
{
	char data[COPY_SIZE];

	for (uint64_t at = sync->from; at < sync->upto; at += sizeof(data)) {
		size_t len = RTE_MIN(sizeof(data), sync->upto - at);

		if (!read_back(fd, data, len, at) || !write_again(sync->fd, data, len, at))
			return false;
	}
	return true;
}

// Write again what the failed sync may have dropped. False when that fails, or all is lost.
static bool repair(struct file_sync *sync)
{
	char path[64];
	enum found found;
	bool done = false;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", sync->fd); // ours is for writing only
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return false;
	found = look(sync, fd);
	if (found == INTACT)
		done = copy_again(sync, fd);
	else if (found == GONE)
		atomic_store_explicit(&sync->is_lost, true, memory_order_relaxed);
	close(fd);
	return done;
}

// A new file's name is in its folder, which has to be durable too.
static bool sync_folder(struct file_sync *sync)
{
	char path[PATH_MAX];
	bool done;
	int fd;

	if (sync->folder_is_durable)
		return true;
	snprintf(path, sizeof(path), "%s", sync->path);
	fd = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return sync->folder_is_durable = true; // we may write to it, but not read it
	done = fsync(fd) == 0 || errno == EINVAL;
	close(fd);
	return sync->folder_is_durable = done;
}

static bool sync_once(struct file_sync *sync)
{
	return fdatasync(sync->fd) == 0 && sync_folder(sync);
}

static void note_failure(struct file_sync *sync)
{
	if (atomic_fetch_add_explicit(&sync->n_failed, 1, memory_order_relaxed) == 0)
		fprintf(stderr,
			"tidewire: warning: sync of %s failed: %s: no checkpoint is complete until "
			"it succeeds\n",
			sync->path, strerror(errno));
}

static bool is_lost(const struct file_sync *sync)
{
	return atomic_load_explicit(&sync->is_lost, memory_order_relaxed);
}

static void note_loss(const struct file_sync *sync)
{
	fprintf(stderr,
		"tidewire: warning: %s has lost what was written to it: no checkpoint will be "
		"complete; restart from the last one that is\n",
		sync->path);
}

// Sync until it succeeds, the bytes are lost, or somebody stops it.
static void make_durable(struct file_sync *sync)
{
	bool is_durable = sync_once(sync);

	while (!is_durable && !is_stopped(sync) && !is_lost(sync)) {
		note_failure(sync);
		usleep(FILE_SYNC_AGAIN_MS * 1000);
		is_durable = repair(sync) && sync_once(sync);
	}
	if (is_lost(sync))
		note_loss(sync);
	if (!is_durable)
		return;
	atomic_store_explicit(&sync->n_durable, sync->upto, memory_order_release);
	atomic_store_explicit(&sync->busy, false, memory_order_release);
}

static void *run(void *arg)
{
	struct file_sync *sync = arg;

	while (!is_stopped(sync) && !is_lost(sync)) {
		if (file_sync_is_busy(sync))
			make_durable(sync);
		else
			usleep(FILE_SYNC_POLL_US);
	}
	return NULL;
}

// The writer's.

void file_sync_init(struct file_sync *sync, const char *path, int fd, uint64_t n_durable)
{
	*sync = (struct file_sync){.path = path, .fd = fd, .upto = n_durable};
	atomic_store_explicit(&sync->n_durable, n_durable, memory_order_relaxed);
}

int file_sync_begin(struct file_sync *sync, uint64_t upto, uint32_t crc)
{
	int err;

	sync->from = sync->upto;
	sync->upto = upto;
	sync->crc = crc;
	atomic_store_explicit(&sync->busy, true, memory_order_release);
	if (sync->has_thread)
		return 0;
	if ((err = pthread_create(&sync->thread, NULL, run, sync)) != 0)
		return -err;
	sync->has_thread = true;
	return 0;
}

void file_sync_stop(struct file_sync *sync)
{
	if (!sync->has_thread)
		return;
	atomic_store_explicit(&sync->stop, true, memory_order_release);
	pthread_join(sync->thread, NULL);
	sync->has_thread = false;
}
