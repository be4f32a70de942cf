#include "snapshot/journal_disk.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { URING_ENTRIES = 64 };

struct directory {
	struct journal_disk disk; // first
	int dir, lock;
	struct io_uring ring;
	bool ring_was_made;
	bool has_ring; // and it works
	bool is_buffered; // the file system takes no direct writes
	uint32_t n_begun; // in the ring, not yet done (none once the ring has failed)
	int error; // of what was done since the last finish()
};

static int create_file(struct directory *directory, const char *name)
{
	int flags = O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC;
	int fd = -1;

	if (!directory->is_buffered)
		fd = openat(directory->dir, name, flags | O_DIRECT, 0640);
	if (fd < 0 && (directory->is_buffered || errno == EINVAL)) {
		// Refused after the file was made: it is ours.
		unlinkat(directory->dir, name, 0);
		directory->is_buffered = true;
		fd = openat(directory->dir, name, flags, 0640);
	}
	return fd >= 0 ? fd : -errno;
}

static int disk_create(struct journal_disk *disk, const char *name, uint64_t size)
{
	struct directory *directory = (struct directory *)disk;
	int fd = create_file(directory, name);
	int result;

	if (fd < 0)
		return fd;
	result = fallocate(fd, 0, 0, (off_t)size) < 0 ? -errno : 0;
	if (result == -EOPNOTSUPP)
		result = ftruncate(fd, (off_t)size) < 0 ? -errno : 0;
	if (result == 0 && (fsync(fd) < 0 || fsync(directory->dir) < 0))
		result = -errno;
	if (result == 0)
		return fd;
	close(fd);
	unlinkat(directory->dir, name, 0);
	return result;
}

static void note(struct directory *directory, int error)
{
	if (directory->error == 0)
		directory->error = error;
}

static void write_plainly(
	struct directory *directory, int fd, const char *bytes, size_t len, uint64_t offset)
{
	while (len > 0) {
		ssize_t n = pwrite(fd, bytes, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			note(directory, n < 0 ? -errno : -EIO);
			return;
		}
		bytes += n;
		len -= (size_t)n;
		offset += (uint64_t)n;
	}
}

// Wait for one that was begun. Its user data is what it must have done.
static void reap(struct directory *directory)
{
	struct io_uring_cqe *cqe;
	int result;

	do
		result = io_uring_submit_and_wait(&directory->ring, 1);
	while (result == -EINTR);
	while (io_uring_peek_cqe(&directory->ring, &cqe) == 0) {
		if (cqe->res < 0)
			note(directory, cqe->res);
		else if ((uint64_t)cqe->res != cqe->user_data)
			note(directory, -EIO); // a short write: the disk is full, or worse
		io_uring_cqe_seen(&directory->ring, cqe);
		directory->n_begun--;
	}
	if (result < 0) { // no ring any more: what it did, nobody knows
		note(directory, result);
		directory->n_begun = 0;
		directory->has_ring = false;
	}
}

static struct io_uring_sqe *begin(struct directory *directory)
{
	struct io_uring_sqe *sqe;

	while ((sqe = io_uring_get_sqe(&directory->ring)) == NULL && directory->has_ring)
		reap(directory);
	directory->n_begun += sqe != NULL;
	return sqe;
}

static void disk_write(
	struct journal_disk *disk, int file, const void *bytes, size_t len, uint64_t offset)
{
	struct directory *directory = (struct directory *)disk;
	struct io_uring_sqe *sqe = directory->has_ring ? begin(directory) : NULL;

	if (sqe == NULL) {
		write_plainly(directory, file, bytes, len, offset);
		return;
	}
	io_uring_prep_write(sqe, file, bytes, (unsigned)len, offset);
	sqe->user_data = len;
}

static int disk_finish(struct journal_disk *disk, int file, bool sync)
{
	struct directory *directory = (struct directory *)disk;
	struct io_uring_sqe *sqe = sync && directory->has_ring ? begin(directory) : NULL;
	int error;

	if (sqe != NULL) {
		io_uring_prep_fsync(sqe, file, IORING_FSYNC_DATASYNC);
		sqe->user_data = 0;
		sqe->flags |= IOSQE_IO_DRAIN; // behind all the writes
	}
	while (directory->n_begun > 0)
		reap(directory);
	if (sync && sqe == NULL && fdatasync(file) < 0)
		note(directory, -errno);
	error = directory->error;
	directory->error = 0;
	return error;
}

static int disk_open(struct journal_disk *disk, const char *name, uint64_t *size)
{
	struct directory *directory = (struct directory *)disk;
	int fd = openat(directory->dir, name, O_RDONLY | O_CLOEXEC);
	struct stat status;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &status) == 0) {
		*size = (uint64_t)status.st_size;
		return fd;
	}
	close(fd);
	return -EIO;
}

static int64_t disk_read(
	struct journal_disk *disk, int file, void *bytes, size_t len, uint64_t offset)
{
	size_t n_read = 0;

	while (n_read < len) {
		ssize_t n =
			pread(file, (char *)bytes + n_read, len - n_read, (off_t)(offset + n_read));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		n_read += (size_t)n;
	}
	return (int64_t)n_read;
}

static void disk_close(struct journal_disk *disk, int file)
{
	close(file);
}

static int disk_remove(struct journal_disk *disk, const char *name)
{
	return unlinkat(((struct directory *)disk)->dir, name, 0) < 0 ? -errno : 0;
}

static int disk_list(
	struct journal_disk *disk, void (*take)(void *arg, const char *name), void *arg)
{
	int fd = openat(((struct directory *)disk)->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	if (dir == NULL) {
		int error = -errno;

		if (fd >= 0)
			close(fd);
		return error;
	}
	while ((entry = readdir(dir)) != NULL)
		take(arg, entry->d_name);
	closedir(dir);
	return 0;
}

static void disk_free(struct journal_disk *disk)
{
	struct directory *directory = (struct directory *)disk;

	if (directory->ring_was_made)
		io_uring_queue_exit(&directory->ring);
	close(directory->lock);
	close(directory->dir);
	free(directory);
}

static const struct journal_disk_ops directory_ops = {
	.create = disk_create,
	.write = disk_write,
	.finish = disk_finish,
	.open = disk_open,
	.read = disk_read,
	.close = disk_close,
	.remove = disk_remove,
	.list = disk_list,
	.free = disk_free,
};

// mkdir -p
static int make_directories(const char *dir)
{
	char path[4096];

	if ((size_t)snprintf(path, sizeof(path), "%s", dir) >= sizeof(path))
		return -ENAMETOOLONG;
	for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0750) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return mkdir(path, 0750) < 0 && errno != EEXIST ? -errno : 0;
}

// Locks of this kind are a process's: several queues of one job may share the directory.
static int take_lock(struct directory *directory, const char *dir, struct err *err)
{
	struct flock lock = {.l_type = F_WRLCK};

	directory->lock = openat(directory->dir, "lock", O_CREAT | O_RDWR | O_CLOEXEC, 0640);
	if (directory->lock < 0)
		return err_set(err, errno, "cannot write in %s: %s", dir, strerror(errno));
	if (fcntl(directory->lock, F_SETLK, &lock) < 0)
		return err_set(err, EBUSY, "the journal in %s is another process's", dir);
	return 0;
}

struct journal_disk *journal_disk_open(const char *dir, struct err *err)
{
	struct directory *directory = calloc(1, sizeof(*directory));
	int result = directory != NULL ? make_directories(dir) : -ENOMEM;

	if (directory == NULL)
		goto fail;
	directory->disk.ops = &directory_ops;
	directory->lock = -1;
	if (result == 0) {
		directory->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		result = directory->dir < 0 ? -errno : 0;
	}
	if (result < 0)
		goto free_directory;
	if (take_lock(directory, dir, err) < 0) {
		disk_free(&directory->disk);
		errno = EBUSY;
		return NULL;
	}
	directory->ring_was_made = io_uring_queue_init(URING_ENTRIES, &directory->ring, 0) == 0;
	directory->has_ring = directory->ring_was_made;
	return &directory->disk;

free_directory:
	free(directory);
fail:
	err_set(err, -result, "no journal in %s: %s", dir, strerror(-result));
	errno = -result;
	return NULL;
}
