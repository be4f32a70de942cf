// A queue of records of one size, in chunks of a state_heap: push at the back, pop at both ends,
// and cursors that walk it while it grows. Chunks grow from 128 bytes, so that a short queue is
// small and a long one has few links. One lcore.
#pragma once
#include "state/heap.h"

struct queue_chunk {
	struct queue_chunk *next, *previous;
	uint32_t size; // bytes, this header included
	char records[] __attribute__((aligned(8)));
};

enum { QUEUE_RECORD_MAX = STATE_HEAP_MAX - (int)sizeof(struct queue_chunk) };

// Zeroed bytes are an empty queue, so that it can be part of a keyed store's state. Every call has
// the same record_size, a multiple of 8 up to QUEUE_RECORD_MAX.
struct queue {
	struct queue_chunk *first, *last;
	uint32_t n; // records
	uint16_t first_at; // of the first record in first
	uint16_t last_end; // behind the last record in last
};

// Room for a record at the back, undefined. NULL when the pool is empty.
void *queue_push(struct queue *queue, struct state_heap *heap, uint32_t record_size);
void *queue_front(const struct queue *queue, uint32_t record_size); // NULL when it is empty
void *queue_back(const struct queue *queue, uint32_t record_size); // NULL when it is empty
void queue_pop_front(struct queue *queue, struct state_heap *heap, uint32_t record_size);
void queue_pop_back(struct queue *queue, struct state_heap *heap, uint32_t record_size);
void queue_clear(struct queue *queue, struct state_heap *heap); // cursors begin anew

// A place between two records; zeroed, the one before the first. A record may be popped from the
// front only when all cursors are behind it.
struct queue_cursor {
	struct queue_chunk *chunk;
	uint32_t at;
};

// The record behind the cursor, which steps over it. NULL at the end; what is pushed comes then.
void *queue_next(const struct queue *queue, struct queue_cursor *cursor, uint32_t record_size);
// The same without the step.
void *queue_peek(
	const struct queue *queue, const struct queue_cursor *cursor, uint32_t record_size);
