// What a checkpoint is made of: records, which operators write and a checkpoint store keeps. A
// record is a key and bytes; whoever writes it says what they mean, and reads them again when a job
// is restored, perhaps at another parallelism. Numbers in values are little endian.
//
//   operator ──record_begin/put/end──► chunks ──ring──► checkpoint writer ──► LMDB
//
// Records are cut into chunks, so that an lcore hands memory to the writer's thread and never waits
// for a disk. One record_out belongs to one task; its lcore writes, one other thread reads.
#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/hist.h"

// In this order records are sorted, and come back.
struct record_key {
	uint32_t op; // op_spec.id
	uint16_t
		part; // which of the operator's collections; 0 is the runtime's, its own begin at 1
	uint16_t instance; // of the task that wrote it
	uint64_t space; // a collection that goes as a whole (a slice): the instance's own numbers
	uint64_t place; // within it: the prefix of a bucket's hashes, a running number
};

struct record {
	struct record_key key;
	const void *value;
	size_t len;
};

enum record_kind {
	RECORD_VALUE, // takes the place of the value that the key had in earlier checkpoints
	RECORD_DROP, // all records of (op, part, instance, space) are gone
	RECORD_DONE, // all that the task has to say about this checkpoint
	// A change of a table that others read (an lmdb sink's; key.op says which one): the value
	// is the length of the row's key, u32, its bytes, and the row's. Made in the transaction of
	// the first checkpoint of at least its number, a task's in the order in which it wrote
	// them.
	RECORD_PUT_ROW,
	RECORD_DELETE_ROW,
};

enum { RECORD_ROW_KEY_MAX = 511 }; // bytes, 1 at least: what LMDB allows

// One of these, then len bytes of value; more = the value goes on in the next piece.
struct record_piece {
	struct record_key key;
	uint64_t checkpoint; // the first one that it is part of
	uint32_t len;
	uint8_t kind, more;
	uint16_t is_stored; // the writer's: a checkpoint that holds it was committed
};

enum { RECORD_CHUNK_SIZE = 64 << 10 };
// A bucket for each row of each block of a step, and what hangs off it: 8 MiB.
enum { RECORD_CHUNKS_LEAST = 128 };

struct record_chunk {
	uint32_t used; // of bytes
	uint32_t reserved;
	char bytes[RECORD_CHUNK_SIZE - 8]; // pieces, each at a multiple of 8
};

struct record_out {
	// the task's lcore only
	struct record_chunk *open; // being filled, or NULL
	struct record_piece *piece; // of the record in work, or NULL
	bool is_broken; // a record was lost for want of memory: no later checkpoint can be whole
	uint64_t n_records, n_bytes;
	uint64_t ticks; // that records took to be written since the last record_note_hold()
	uint64_t begun_tsc; // of the record in work
	struct hist held; // ticks at a time; others may read it
	uint64_t held_ticks; // all of them
	// the task's lcore writes, the writer reads
	_Atomic uint32_t n_wanted; // chunks that the next checkpoint may take
	// both
	_Atomic uint32_t n_touched; // chunks[:n_touched] were handed out, to either
	// set at the start
	uint64_t (*tsc)(void); // for the ticks, or NULL
	struct record_chunk *chunks; // [:n_chunks], memory that is taken when it is touched
	uint32_t n_chunks;
	struct rte_ring *full, *empty; // lcore → writer, writer → lcore
};

// An out of at most max_bytes in flight. Returns NULL with errno ENOMEM.
struct record_out *record_out_new(uint64_t max_bytes);
void record_out_free(struct record_out *out); // out may be NULL

// ---- The task's lcore.

// A record of this checkpoint: the one that is being frozen or packed, or the one after it.
void record_begin(struct record_out *out, const struct record_key *key, uint64_t checkpoint);
void record_put(struct record_out *out, const void *bytes, size_t len); // any number of times
void record_end(struct record_out *out);
// A whole one.
void record_write(struct record_out *out, const struct record_key *key, uint64_t checkpoint,
	const void *bytes, size_t len);
// The number of a space that was dropped is not used again.
void record_drop(struct record_out *out, const struct record_key *key, uint64_t checkpoint);
// A row of a table: put, or with a row that is NULL deleted.
void record_row(struct record_out *out, uint32_t op, uint64_t checkpoint, const void *key,
	size_t key_len, const void *row, size_t len);
// Says RECORD_DONE and hands over what is open.
void record_done(struct record_out *out, uint64_t checkpoint);
// Bytes that can still be written before chunks must come back. Who takes input sees to it that
// there is room for what that may make it write.
uint64_t record_room(const struct record_out *out);
// Chunks that must be free for that: what one step's input may make operators write ahead.
static inline uint32_t record_chunks_least(const struct record_out *out)
{
	uint32_t half = out->n_chunks / 2;

	return half < RECORD_CHUNKS_LEAST ? half : RECORD_CHUNKS_LEAST;
}
// For so long were records in the way of other work at a time: note out->ticks, and begin anew.
void record_note_hold(struct record_out *out);
// The next checkpoint may be as large as this: the writer's thread sees to it that there is memory.
void record_want(struct record_out *out, uint64_t n_bytes);

// ---- The writer's thread.

// The next full chunk, or NULL; the caller has it until it gives it back.
struct record_chunk *record_chunk_take(struct record_out *out);
void record_chunk_give(struct record_out *out, struct record_chunk *chunk);
// Touch some chunks that the task wants, so that its lcore need not wait for pages of memory. True
// when there may be more to do.
bool record_prepare(struct record_out *out);
// The next piece of a chunk, *at zero at first; NULL at its end. Its bytes are behind it.
const struct record_piece *record_piece_next(const struct record_chunk *chunk, uint32_t *at);

// ---- Reading values. A reader never runs over the end: what is missing reads as zero and
// is_short says so.
struct record_reader {
	const char *at;
	size_t n_left;
	bool is_short;
};

static inline struct record_reader record_read(const struct record *record)
{
	return (struct record_reader){.at = record->value, .n_left = record->len};
}
// The next len bytes where they lie, or NULL.
const void *record_take(struct record_reader *reader, size_t len);
void record_get(struct record_reader *reader, void *into, size_t len);
uint64_t record_get_u64(struct record_reader *reader);
uint32_t record_get_u32(struct record_reader *reader);
void record_put_u64(struct record_out *out, uint64_t value);
void record_put_u32(struct record_out *out, uint32_t value);
