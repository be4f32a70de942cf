// The disk below a test's directory: calls that write are seen here before the kernel sees them.
// They can be recorded, made to fail, or be the last thing that the process does.
//
// The functions of libc are defined once more in this program, so that liblmdb's calls come here.
// (What goes past libc, io_uring, does not.)
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum disk_kind {
	DISK_WRITE,
	DISK_SYNC,
	DISK_TRUNCATE,
	DISK_CREATE,
	DISK_RENAME,
	DISK_UNLINK,
	DISK_MARK
};

// A call that was made. Files are numbered in the order in which they were created; names change.
struct disk_event {
	enum disk_kind kind;
	uint32_t file; // of a directory's sync: UINT32_MAX
	bool is_synced; // the write was through a descriptor that writes through
	int64_t offset; // of a write; size of a truncation; value of a mark
	size_t len;
	char *data; // of a write
	char *name, *new_name; // in the directory: CREATE, RENAME, UNLINK
};

struct disk_trace {
	uint32_t n_events, n_max;
	struct disk_event *events;
};

enum disk_plan {
	DISK_PASS,
	DISK_RECORD,
	DISK_DIE_BEFORE, // call number `at` does not happen: the process dies
	DISK_DIE_AFTER,
	DISK_FAIL, // call number `at` returns an error
	DISK_FAIL_SHORT, // of a write only half is done (then ENOSPC), others fail
	DISK_FAIL_ON, // it and all calls behind it return the error
};

// From now on, for calls below dir. Counts from 1.
void disk_plan(const char *dir, enum disk_plan plan, uint64_t at, int error);
uint64_t disk_n_calls(void); // since disk_plan()
struct disk_trace *disk_trace(void);
void disk_mark(int64_t value); // into the trace: something is known to have happened
void disk_forget(void); // the trace

// ---- What may be left of a recorded trace after a power loss.

struct disk_state;
struct disk_state *disk_state_new(void);
void disk_state_free(struct disk_state *state);
// The event has happened.
void disk_state_apply(struct disk_state *state, const struct disk_event *event);
// Write down to the directory into what a power loss at this moment could leave: all that was
// synced, and of the rest what random() says, torn at 512 bytes.
void disk_state_write(
	const struct disk_state *state, const char *into, uint64_t (*random)(void *arg), void *arg);
