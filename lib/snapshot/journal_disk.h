// Where a journal's files are: a directory, or in tests something in memory that fails, tears and
// forgets. One thread at a time, except read().
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

struct journal_disk;

struct journal_disk_ops {
	// Make a file of size bytes, all zero, room for them taken; its name is safe when this
	// returns. Returns a number for it, or -errno.
	int (*create)(struct journal_disk *disk, const char *name, uint64_t size);
	// Begin to write whole pages, which must stay as they are until finish().
	void (*write)(struct journal_disk *disk, int file, const void *bytes, size_t len,
		uint64_t offset);
	// Wait for what was begun and, with sync, until all that was ever written to file is safe.
	// 0, or the first -errno of any of it; what was written is then unknown.
	int (*finish)(struct journal_disk *disk, int file, bool sync);
	// Of a file that is there, for reading only.
	int (*open)(struct journal_disk *disk, const char *name, uint64_t *size);
	// Bytes read, fewer than len only at the end; -errno.
	int64_t (*read)(
		struct journal_disk *disk, int file, void *bytes, size_t len, uint64_t offset);
	void (*close)(struct journal_disk *disk, int file);
	int (*remove)(struct journal_disk *disk, const char *name);
	// All names, in any order. 0 or -errno.
	int (*list)(
		struct journal_disk *disk, void (*take)(void *arg, const char *name), void *arg);
	void (*free)(struct journal_disk *disk);
};

struct journal_disk {
	const struct journal_disk_ops *ops;
};

// The directory, made if it is not there and locked against other processes. Writes go through
// io_uring, past the page cache where the file system lets them; where the kernel has no io_uring
// for us, one after the other. Returns NULL with errno and *err filled.
struct journal_disk *journal_disk_open(const char *dir, struct err *err);
