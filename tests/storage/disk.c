// Both names of each call are defined below; the headers must not make one of them the other.
#undef _FILE_OFFSET_BITS
#include "disk.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PATH_SIZE = 512, FILES_MAX = 4096 };

static struct {
	char dir[PATH_SIZE];
	enum disk_plan plan;
	uint64_t at, n_calls;
	int error;
	struct disk_trace trace;
	ino_t inodes[FILES_MAX];
	uint32_t n_files;
} disk;

void disk_plan(const char *dir, enum disk_plan plan, uint64_t at, int error)
{
	if (realpath(dir, disk.dir) == NULL)
		abort();
	disk.plan = plan;
	disk.at = at;
	disk.error = error;
	disk.n_calls = 0;
}

uint64_t disk_n_calls(void)
{
	return disk.n_calls;
}

struct disk_trace *disk_trace(void)
{
	return &disk.trace;
}

static struct disk_event *record(enum disk_kind kind)
{
	struct disk_trace *trace = &disk.trace;

	if (trace->n_events == trace->n_max) {
		trace->n_max = trace->n_max * 2 + 64;
		trace->events = realloc(trace->events, trace->n_max * sizeof(*trace->events));
	}
	trace->events[trace->n_events] = (struct disk_event){.kind = kind};
	return &trace->events[trace->n_events++];
}

void disk_mark(int64_t value)
{
	record(DISK_MARK)->offset = value;
}

void disk_forget(void)
{
	for (uint32_t i = 0; i < disk.trace.n_events; i++) {
		free(disk.trace.events[i].data);
		free(disk.trace.events[i].name);
		free(disk.trace.events[i].new_name);
	}
	disk.trace.n_events = 0;
	disk.n_files = 0;
}

// The path below our directory, or NULL.
static const char *below(const char *path)
{
	size_t len = strlen(disk.dir);

	if (len == 0 || strncmp(path, disk.dir, len) != 0)
		return NULL;
	return path[len] == '/' ? path + len + 1 : path[len] == '\0' ? path + len : NULL;
}

static const char *name_of(int fd, char *path)
{
	char link[64];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, PATH_SIZE - 1);
	if (len < 0)
		return NULL;
	path[len] = '\0';
	return below(path);
}

static bool is_ours(int fd)
{
	char path[PATH_SIZE];

	return disk.plan != DISK_PASS && name_of(fd, path) != NULL;
}

static uint32_t file_of(int fd)
{
	struct stat status;
	uint32_t i = 0;

	if (fstat(fd, &status) < 0 || S_ISDIR(status.st_mode))
		return UINT32_MAX;
	while (i < disk.n_files && disk.inodes[i] != status.st_ino)
		i++;
	if (i == disk.n_files && i < FILES_MAX)
		disk.inodes[disk.n_files++] = status.st_ino;
	return i;
}

enum verdict { GO_ON, REFUSE };

static enum verdict before(void)
{
	disk.n_calls++;
	if (disk.plan == DISK_DIE_BEFORE && disk.n_calls == disk.at)
		raise(SIGKILL);
	if (((disk.plan == DISK_FAIL || disk.plan == DISK_FAIL_SHORT) && disk.n_calls == disk.at) ||
		(disk.plan == DISK_FAIL_ON && disk.n_calls >= disk.at)) {
		errno = disk.error;
		return REFUSE;
	}
	return GO_ON;
}

static void after(void)
{
	if (disk.plan == DISK_DIE_AFTER && disk.n_calls == disk.at)
		raise(SIGKILL);
}

static void record_write(int fd, const void *data, size_t len, int64_t offset)
{
	struct disk_event *event = record(DISK_WRITE);

	event->file = file_of(fd);
	event->is_synced = fcntl(fd, F_GETFL) & O_DSYNC;
	event->offset = offset;
	event->len = len;
	event->data = malloc(len + 1);
	memcpy(event->data, data, len);
}

static ssize_t write_at(int fd, const void *data, size_t len, int64_t offset)
{
	return syscall(SYS_pwrite64, fd, data, len, offset);
}

static ssize_t do_write(int fd, const void *data, size_t len, int64_t offset)
{
	ssize_t n;

	if (before() == REFUSE) {
		if (disk.plan != DISK_FAIL_SHORT || len < 2)
			return -1;
		return write_at(fd, data, len / 2, offset);
	}
	n = write_at(fd, data, len, offset);
	if (n > 0 && disk.plan == DISK_RECORD)
		record_write(fd, data, (size_t)n, offset);
	after();
	return n;
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t offset)
{
	return is_ours(fd) ? do_write(fd, data, len, offset) : write_at(fd, data, len, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off_t offset)
{
	return pwrite(fd, data, len, offset);
}

ssize_t pwritev(int fd, const struct iovec *parts, int n_parts, off_t offset)
{
	ssize_t sum = 0;

	if (!is_ours(fd))
		return syscall(SYS_pwritev, fd, parts, n_parts, (long)offset, (long)0);
	for (int i = 0; i < n_parts; i++) { // each part is a call: more places to die at
		ssize_t n = do_write(fd, parts[i].iov_base, parts[i].iov_len, offset + sum);

		if (n < 0)
			return sum > 0 ? sum : n;
		sum += n;
		if ((size_t)n < parts[i].iov_len)
			break;
	}
	return sum;
}

ssize_t pwritev64(int fd, const struct iovec *parts, int n_parts, off_t offset)
{
	return pwritev(fd, parts, n_parts, offset);
}

ssize_t write(int fd, const void *data, size_t len)
{
	off_t at;
	ssize_t n;

	if (!is_ours(fd))
		return syscall(SYS_write, fd, data, len);
	at = lseek(fd, 0, fcntl(fd, F_GETFL) & O_APPEND ? SEEK_END : SEEK_CUR);
	n = do_write(fd, data, len, at);
	if (n > 0)
		lseek(fd, at + n, SEEK_SET);
	return n;
}

ssize_t writev(int fd, const struct iovec *parts, int n_parts)
{
	ssize_t sum = 0;

	if (!is_ours(fd))
		return syscall(SYS_writev, fd, parts, n_parts);
	for (int i = 0; i < n_parts; i++) {
		ssize_t n = write(fd, parts[i].iov_base, parts[i].iov_len);

		if (n < 0)
			return sum > 0 ? sum : n;
		sum += n;
		if ((size_t)n < parts[i].iov_len)
			break;
	}
	return sum;
}

static int do_sync(int fd, long call)
{
	int result;

	if (!is_ours(fd))
		return (int)syscall(call, fd);
	if (before() == REFUSE)
		return -1;
	result = (int)syscall(call, fd);
	if (result == 0 && disk.plan == DISK_RECORD)
		record(DISK_SYNC)->file = file_of(fd);
	after();
	return result;
}

int fsync(int fd)
{
	return do_sync(fd, SYS_fsync);
}

int fdatasync(int fd)
{
	return do_sync(fd, SYS_fdatasync);
}

int ftruncate(int fd, off_t size)
{
	int result;

	if (!is_ours(fd))
		return (int)syscall(SYS_ftruncate, fd, size);
	if (before() == REFUSE)
		return -1;
	result = (int)syscall(SYS_ftruncate, fd, size);
	if (result == 0 && disk.plan == DISK_RECORD) {
		struct disk_event *event = record(DISK_TRUNCATE);

		event->file = file_of(fd);
		event->offset = size;
	}
	after();
	return result;
}

int ftruncate64(int fd, off_t size)
{
	return ftruncate(fd, size);
}

// A name in our directory, from a path that need not exist.
static bool named(const char *path, char *name)
{
	char folder[PATH_SIZE], real[PATH_SIZE + 64];
	const char *slash = strrchr(path, '/');

	if (disk.plan == DISK_PASS)
		return false;
	snprintf(folder, sizeof(folder), "%.*s", slash != NULL ? (int)(slash - path) + 1 : 1,
		slash != NULL ? path : ".");
	if (realpath(folder, real) == NULL || below(real) == NULL)
		return false;
	snprintf(name, PATH_SIZE, "%s%s%s", below(real), *below(real) != '\0' ? "/" : "",
		slash != NULL ? slash + 1 : path);
	return true;
}

int rename(const char *from, const char *to)
{
	char name[PATH_SIZE], new_name[PATH_SIZE];
	int result;

	if (!named(from, name) || !named(to, new_name))
		return (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
	if (before() == REFUSE)
		return -1;
	result = (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
	if (result == 0 && disk.plan == DISK_RECORD) {
		struct disk_event *event = record(DISK_RENAME);

		event->name = strdup(name);
		event->new_name = strdup(new_name);
	}
	after();
	return result;
}

int unlink(const char *path)
{
	char name[PATH_SIZE];
	int result;

	if (!named(path, name))
		return (int)syscall(SYS_unlink, path);
	if (before() == REFUSE)
		return -1;
	result = (int)syscall(SYS_unlink, path);
	if (result == 0 && disk.plan == DISK_RECORD)
		record(DISK_UNLINK)->name = strdup(name);
	after();
	return result;
}

static int do_open(int folder, const char *path, int flags, mode_t mode)
{
	char name[PATH_SIZE];
	int fd;

	if (folder != AT_FDCWD || !(flags & O_CREAT) || !named(path, name) ||
		access(path, F_OK) == 0)
		return (int)syscall(SYS_openat, folder, path, flags, mode);
	if (before() == REFUSE)
		return -1;
	fd = (int)syscall(SYS_openat, folder, path, flags, mode);
	if (fd >= 0 && disk.plan == DISK_RECORD) {
		uint32_t file = file_of(fd);
		struct disk_event *event = record(DISK_CREATE);

		event->name = strdup(name);
		event->file = file;
	}
	after();
	return fd;
}

int open(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = va_arg(args, mode_t);
	va_end(args);
	return do_open(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = va_arg(args, mode_t);
	va_end(args);
	return do_open(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = va_arg(args, mode_t);
	va_end(args);
	return do_open(folder, path, flags, mode);
}
