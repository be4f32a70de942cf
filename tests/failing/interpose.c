// Preloaded into tidewire: makes one call fail, so that a test can see that the process goes on.
//
//	FAILING_DIR=/abs/dir   write-class calls on files below it are counted, or
//	FAILING_THREAD=name    allocations in the thread of that name are
//	FAILING_AT=k           call k fails (1 is the first); 0 = none
//	FAILING_FOR=n          and the n - 1 after it; 0 = all after it
//	FAILING_ERRNO=5        with that; FAILING_SHORT=1: a write does half of it instead
//	FAILING_LOG=path       each failed call, and at the end the number of calls, go here
#undef _FILE_OFFSET_BITS
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PATH_SIZE = 512, THREAD_NAME_SIZE = 16 };

static struct {
	const char *dir, *thread, *log;
	uint64_t at, n_failing;
	int error;
	bool is_short;
} plan;
static atomic_uint_least64_t n_calls;
static pid_t process;

static uint64_t number(const char *name)
{
	const char *text = getenv(name);

	return text != NULL ? strtoull(text, NULL, 10) : 0;
}

__attribute__((constructor)) static void take_plan(void)
{
	plan.dir = getenv("FAILING_DIR");
	plan.log = getenv("FAILING_LOG");
	plan.at = number("FAILING_AT");
	plan.n_failing = number("FAILING_FOR");
	plan.error = (int)number("FAILING_ERRNO");
	plan.is_short = number("FAILING_SHORT") != 0;
	process = getpid();
	plan.thread = getenv("FAILING_THREAD");
}

static void note(const char *what, const char *name, uint64_t call)
{
	char line[PATH_SIZE + 64];
	int len =
		snprintf(line, sizeof(line), "%s %s %llu\n", what, name, (unsigned long long)call);
	long fd;

	if (plan.log == NULL)
		return;
	fd = syscall(SYS_openat, AT_FDCWD, plan.log, O_WRONLY | O_CREAT | O_APPEND, 0644);
	syscall(SYS_write, fd, line, len);
	syscall(SYS_close, fd);
}

__attribute__((destructor)) static void tell_calls(void)
{
	if (getpid() == process)
		note("calls", "all", atomic_load(&n_calls));
}

// Whether this call is to fail.
static bool fails(const char *what, const char *name)
{
	uint64_t call = atomic_fetch_add(&n_calls, 1) + 1;

	if (plan.at == 0 || call < plan.at ||
		(plan.n_failing != 0 && call >= plan.at + plan.n_failing))
		return false;
	note(what, name, call);
	errno = plan.error;
	return true;
}

// ---- Files. Only those of the process itself: a child that looks at the state is another test.

static bool is_below(const char *path)
{
	size_t len = strlen(plan.dir);

	return strncmp(path, plan.dir, len) == 0 && path[len] == '/';
}

static const char *name_of(int fd, char *path)
{
	char link[64];
	ssize_t len;

	if (plan.dir == NULL || getpid() != process)
		return NULL;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, PATH_SIZE - 1);
	if (len < 0)
		return NULL;
	path[len] = '\0';
	return is_below(path) ? path : NULL;
}

static bool fails_on(int fd, const char *what)
{
	char path[PATH_SIZE];
	const char *name = name_of(fd, path);

	return name != NULL && fails(what, name);
}

// len of a write that fails, 0: all of it.
static size_t rest(size_t len)
{
	return plan.is_short ? len / 2 : 0;
}

ssize_t write(int fd, const void *data, size_t len)
{
	if (fails_on(fd, "write") && (len = rest(len)) == 0)
		return -1;
	return syscall(SYS_write, fd, data, len);
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t offset)
{
	if (fails_on(fd, "pwrite") && (len = rest(len)) == 0)
		return -1;
	return syscall(SYS_pwrite64, fd, data, len, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off_t offset)
{
	return pwrite(fd, data, len, offset);
}

ssize_t writev(int fd, const struct iovec *parts, int n_parts)
{
	if (!fails_on(fd, "writev"))
		return syscall(SYS_writev, fd, parts, n_parts);
	return rest(parts->iov_len) == 0
		       ? -1
		       : syscall(SYS_write, fd, parts->iov_base, rest(parts->iov_len));
}

ssize_t pwritev(int fd, const struct iovec *parts, int n_parts, off_t offset)
{
	if (!fails_on(fd, "pwritev"))
		return syscall(SYS_pwritev, fd, parts, n_parts, (long)offset, 0L);
	return rest(parts->iov_len) == 0
		       ? -1
		       : syscall(SYS_pwrite64, fd, parts->iov_base, rest(parts->iov_len), offset);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int n_parts, off_t offset)
{
	return pwritev(fd, parts, n_parts, offset);
}

int fsync(int fd)
{
	return fails_on(fd, "fsync") ? -1 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	return fails_on(fd, "fdatasync") ? -1 : (int)syscall(SYS_fdatasync, fd);
}

int ftruncate(int fd, off_t size)
{
	return fails_on(fd, "ftruncate") ? -1 : (int)syscall(SYS_ftruncate, fd, size);
}

int ftruncate64(int fd, off_t size)
{
	return ftruncate(fd, size);
}

int fallocate(int fd, int mode, off_t offset, off_t len)
{
	return fails_on(fd, "fallocate") ? -1 : (int)syscall(SYS_fallocate, fd, mode, offset, len);
}

int fallocate64(int fd, int mode, off_t offset, off_t len)
{
	return fallocate(fd, mode, offset, len);
}

// Journals go the plain way then, through the calls above.
int io_uring_queue_init(unsigned entries, void *ring, unsigned flags);

int io_uring_queue_init(unsigned entries, void *ring, unsigned flags)
{
	(void)entries, (void)ring, (void)flags;
	return -ENOSYS;
}

// ---- Allocations

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);

static bool allocation_fails(const char *what)
{
	char name[THREAD_NAME_SIZE] = "";

	if (plan.thread == NULL)
		return false;
	prctl(PR_GET_NAME, name);
	return strcmp(name, plan.thread) == 0 && fails(what, name);
}

void *malloc(size_t size)
{
	return allocation_fails("malloc") ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return allocation_fails("calloc") ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
	return allocation_fails("realloc") ? NULL : __libc_realloc(old, size);
}
