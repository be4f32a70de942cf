#include "snapshot/directory.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void path_in(char path[PATH_MAX], const char *dir, const char *name)
{
	snprintf(path, PATH_MAX, "%s/%s", dir, name);
}

static int fail(struct err *err, const char *what, const char *path)
{
	return err_set(err, errno, "cannot %s '%s': %s", what, path, strerror(errno));
}

int directory_make(const char *dir, struct err *err)
{
	struct stat stat_;

	if (strlen(dir) + 32 > PATH_MAX)
		return err_set(err, ENAMETOOLONG, "the state directory's name is too long");
	if (mkdir(dir, 0750) == 0 ||
		(errno == EEXIST && stat(dir, &stat_) == 0 && S_ISDIR(stat_.st_mode)))
		return 0;
	return fail(err, "make the state directory", dir);
}

static int who_has(int fd, const char *dir, struct err *err)
{
	char text[32] = "";
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	close(fd);
	if (n > 0 && atoi(text) > 0)
		return err_set(err, EBUSY, "state directory '%s' is in use by process %d", dir,
			atoi(text));
	return err_set(err, EBUSY, "state directory '%s' is in use by another process", dir);
}

// A process that was killed a moment ago may not be gone yet.
static int lock(int fd)
{
	enum { TRIES = 20 };
	struct timespec pause = {.tv_nsec = 100000000};
	int result = flock(fd, LOCK_EX | LOCK_NB);

	for (int i = 1; result < 0 && errno == EWOULDBLOCK && i < TRIES; i++) {
		nanosleep(&pause, NULL);
		result = flock(fd, LOCK_EX | LOCK_NB);
	}
	return result;
}

int directory_lock(const char *dir, struct err *err)
{
	char path[PATH_MAX], text[32];
	int fd, len = snprintf(text, sizeof(text), "%d\n", (int)getpid());

	path_in(path, dir, "tidewire.pid");
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (fd < 0)
		return fail(err, "open", path);
	if (lock(fd) < 0)
		return who_has(fd, dir, err);
	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)len, 0) != len) {
		fail(err, "write", path);
		len = -errno;
		close(fd);
		return len;
	}
	return fd;
}

bool directory_has_state(const char *dir)
{
	char path[PATH_MAX];

	path_in(path, dir, "data.mdb");
	return access(path, F_OK) == 0;
}

int file_sync(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), result;

	if (fd < 0)
		return -errno;
	result = fsync(fd) < 0 ? -errno : 0;
	close(fd);
	return result;
}

int directory_sync(const char *dir)
{
	return file_sync(dir);
}

int directory_begin_new(const char *dir, char *path, struct err *err)
{
	char file[PATH_MAX];

	path_in(path, dir, "new");
	if (mkdir(path, 0750) < 0 && errno != EEXIST)
		return fail(err, "make", path);
	path_in(file, path, "data.mdb");
	if (unlink(file) < 0 && errno != ENOENT)
		return fail(err, "remove", file);
	return 0;
}

// LMDB's lock file goes with the data file that it was made for: readers of the old one may still
// have both open.
static int remove_lock(const char *dir, struct err *err)
{
	char path[PATH_MAX];

	path_in(path, dir, "lock.mdb");
	if (unlink(path) < 0 && errno != ENOENT)
		return fail(err, "remove", path);
	return 0;
}

int directory_put_aside(const char *dir, struct err *err)
{
	char path[PATH_MAX], old[PATH_MAX];

	path_in(path, dir, "data.mdb");
	path_in(old, dir, "data.mdb.old");
	if (rename(path, old) < 0 && errno != ENOENT)
		return fail(err, "rename", path);
	if (remove_lock(dir, err) < 0)
		return -errno;
	if (directory_sync(dir) < 0)
		return fail(err, "sync", dir);
	return 0;
}

// A link rather than a rename: at no moment is there no data.mdb.
static int keep_old(const char *path, const char *old, struct err *err)
{
	if (unlink(old) < 0 && errno != ENOENT)
		return fail(err, "remove", old);
	if (link(path, old) < 0)
		return fail(err, "rename", path);
	return 0;
}

int directory_end_new(const char *dir, struct err *err)
{
	char new[PATH_MAX], path[PATH_MAX], old[PATH_MAX];

	path_in(new, dir, "new/data.mdb");
	path_in(path, dir, "data.mdb");
	path_in(old, dir, "data.mdb.old");
	if (file_sync(new) < 0)
		return fail(err, "sync", new);
	if (directory_has_state(dir) && keep_old(path, old, err) < 0)
		return -errno;
	if (rename(new, path) < 0)
		return fail(err, "rename", new);
	if (remove_lock(dir, err) < 0)
		return -errno;
	path_in(new, dir, "new");
	rmdir(new);
	if (directory_sync(dir) < 0)
		return fail(err, "sync", dir);
	return 0;
}
