// A block that owns its vectors: what sources decode into and what crosses a ring. All memory is
// taken when it is made: vectors for BLOCK_ROWS_MAX rows and a heap for the bytes of long strings.
#pragma once
#include "base/mem.h"
#include "row/block.h"

struct block_store {
	struct block block; // what to hand on; columns, rows … point into this store
	const struct schema *schema;
	struct column *columns; // [:schema->n_fields], writable; nulls are always there
	int64_t *late_marks; // BLOCK_ROWS_MAX
	uint8_t *kinds; // BLOCK_ROWS_MAX
	const struct partial **partials; // BLOCK_ROWS_MAX; their bytes are in the heap
	char *heap;
	uint32_t heap_used, heap_size;
};

// A store for rows of schema (which must outlive it) with a heap of heap_size bytes.
// Returns NULL with errno ENOMEM. Free with block_store_free() and the same mem.
struct block_store *block_store_new(
	struct mem *mem, const struct schema *schema, uint32_t heap_size);
void block_store_free(struct mem *mem, struct block_store *store);

// Make it an empty BLOCK_ROWS block: no rows, no NULLs, an empty heap, late_mark and watermark
// WATERMARK_NONE, rx_tsc 0.
void block_store_reset(struct block_store *store);

// Room for len bytes in the heap, or NULL when it is full.
static inline char *block_store_alloc(struct block_store *store, uint32_t len)
{
	char *at = store->heap + store->heap_used;

	if (len > store->heap_size - store->heap_used)
		return NULL;
	store->heap_used += len;
	return at;
}

// Append the rows of from whose slots are slots[:n] (n ≤ BLOCK_ROWS_MAX), with kinds, late marks
// partials and the bytes of long strings. Stops before the first row that does not fit; returns how
// many were appended. from has the same columns as the store's schema and lies elsewhere.
//
// Each row keeps its own late mark, from->late_marks[slot] or from->late_mark. While all rows of
// the store have the same one it stays in block.late_mark alone; the first row with another makes
// block.late_marks a vector (then block.late_mark says nothing more). block.rx_tsc becomes the
// older of both that are not 0. block.watermark is left alone: the caller sets it before handing
// the block on.
uint16_t block_store_append(
	struct block_store *store, const struct block *from, const uint16_t *slots, uint16_t n);
// The same for rows that go to several stores: row slots[i] goes to stores[owners[i]], for i < n.
// It takes one pass over the columns, however many stores there are. For rows that are plain
// (block_store_is_plain()); the stores have room for their rows and partials, no kinds, and the
// schema of stores[0].
void block_store_scatter(struct block_store *const *stores, const struct block *from,
	const uint16_t *slots, const uint16_t *owners, uint16_t n);
// Whether all there is to rows of from but partials is in the vectors: no kinds, no NULLs, no long
// strings.
bool block_store_is_plain(
	const struct schema *schema, const struct block *from, const uint16_t *slots, uint16_t n);
// What the partials of these rows take of a heap at most.
uint32_t block_store_partial_bytes(const struct block *from, const uint16_t *slots, uint16_t n);
// Whether the bytes of one row's strings would fit into an empty store: a row for which this is
// false can never be appended.
bool block_store_can_hold(const struct block_store *store, const struct block *from, uint16_t slot);
