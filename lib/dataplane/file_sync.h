// Makes the bytes of a file durable: a thread that waits for the disk while the file's writer goes
// on writing behind them.
//
//	idle ──file_sync_begin()──► busy ──fdatasync() succeeds──► idle, n_durable moves on
//	                             │ ▲
//	                       fails │ │ after a pause: write the bytes again
//	                             ▼ │
//	                            again ──the bytes are gone──► lost, for good
//
// A sync that failed may be a sync that lost something: Linux marks the pages clean, the next one
// says success (Rebello et al. 2020, "Can applications recover from fsync failures?"). So bytes are
// read back, compared with the checksum that their writer took of them, and written again before
// the next try. If they are gone, nothing is ever called durable again.
#pragma once
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { FILE_SYNC_AGAIN_MS = 100, FILE_SYNC_POLL_US = 500 };

struct file_sync {
	const char *path; // for messages; its folder is synced once
	int fd; // of the file, for writing
	pthread_t thread;
	bool has_thread;
	bool folder_is_durable; // the thread's
	// the writer's while idle, the thread's while busy
	uint64_t from, upto; // bytes [from, upto) of the file are to become durable
	uint32_t crc; // CRC32C of them
	atomic_bool busy;
	atomic_bool stop;
	atomic_uint_least64_t n_durable; // bytes: the thread writes, anybody reads
	atomic_uint_least32_t n_failed; // likewise
	atomic_bool is_lost; // likewise: bytes are gone
};

// fd stays the caller's; its first n_durable bytes are durable already.
void file_sync_init(struct file_sync *sync, const char *path, int fd, uint64_t n_durable);
// When idle: make the bytes up to upto durable, those since the last begin having this checksum.
// Starts the thread at the first call. Returns 0 or -errno.
int file_sync_begin(struct file_sync *sync, uint64_t upto, uint32_t crc);
static inline bool file_sync_is_busy(const struct file_sync *sync)
{
	return atomic_load_explicit(&sync->busy, memory_order_acquire);
}
// Stop the thread; waits for a sync under way, not for one that fails again and again.
void file_sync_stop(struct file_sync *sync);
