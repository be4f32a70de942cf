// The first chunk may be empty while others follow: it goes when a record of the next one is
// popped. So a cursor at its end stays good until it has stepped on.
#include "state/queue.h"
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

enum { CHUNK_MIN = 128, CHUNK_GROWTH = 4 }; // bytes, times

static uint32_t capacity(const struct queue_chunk *chunk, uint32_t record_size)
{
	return (chunk->size - (uint32_t)sizeof(*chunk)) / record_size;
}

static void *record(struct queue_chunk *chunk, uint32_t i, uint32_t record_size)
{
	return chunk->records + (size_t)i * record_size;
}

// About as much as the queue holds already: a short queue that goes on for ever stays small.
static uint32_t next_size(const struct queue *queue, uint32_t record_size)
{
	uint64_t held = (uint64_t)queue->n * record_size;
	uint32_t size = CHUNK_MIN, least = (uint32_t)sizeof(struct queue_chunk) + record_size;

	while (size < STATE_HEAP_MAX && size < held)
		size *= CHUNK_GROWTH;
	if (size < least)
		size = least;
	return size < STATE_HEAP_MAX ? size : STATE_HEAP_MAX;
}

static bool add_chunk(struct queue *queue, struct state_heap *heap, uint32_t record_size)
{
	uint32_t size = next_size(queue, record_size);
	struct queue_chunk *chunk = state_heap_take(heap, size);

	if (chunk == NULL)
		return false;
	*chunk = (struct queue_chunk){.previous = queue->last, .size = size};
	if (queue->last != NULL)
		queue->last->next = chunk;
	else
		queue->first = chunk;
	queue->last = chunk;
	queue->last_end = 0;
	return true;
}

void *queue_push(struct queue *queue, struct state_heap *heap, uint32_t record_size)
{
	assert(record_size % 8 == 0 && record_size <= QUEUE_RECORD_MAX);
	if ((queue->last == NULL || queue->last_end == capacity(queue->last, record_size)) &&
		!add_chunk(queue, heap, record_size))
		return NULL;
	queue->n++;
	return record(queue->last, queue->last_end++, record_size);
}

// How many records of a chunk were ever pushed.
static uint32_t end_of(
	const struct queue *queue, const struct queue_chunk *chunk, uint32_t record_size)
{
	return chunk == queue->last ? queue->last_end : capacity(chunk, record_size);
}

void *queue_front(const struct queue *queue, uint32_t record_size)
{
	if (queue->n == 0)
		return NULL;
	if (queue->first_at == end_of(queue, queue->first, record_size))
		return record(queue->first->next, 0, record_size);
	return record(queue->first, queue->first_at, record_size);
}

void *queue_back(const struct queue *queue, uint32_t record_size)
{
	return queue->n == 0 ? NULL : record(queue->last, queue->last_end - 1u, record_size);
}

void queue_pop_front(struct queue *queue, struct state_heap *heap, uint32_t record_size)
{
	struct queue_chunk *first = queue->first;

	assert(queue->n > 0);
	if (queue->first_at == end_of(queue, first, record_size)) {
		queue->first = first->next;
		queue->first->previous = NULL;
		queue->first_at = 0;
		state_heap_give(heap, first, first->size);
	}
	queue->first_at++;
	queue->n--;
}

void queue_pop_back(struct queue *queue, struct state_heap *heap, uint32_t record_size)
{
	struct queue_chunk *last = queue->last;

	assert(queue->n > 0);
	queue->last_end--;
	queue->n--;
	if (queue->last_end > 0 || last->previous == NULL)
		return;
	queue->last = last->previous;
	queue->last->next = NULL;
	queue->last_end = (uint16_t)capacity(queue->last, record_size);
	state_heap_give(heap, last, last->size);
}

void queue_clear(struct queue *queue, struct state_heap *heap)
{
	struct queue_chunk *next;

	for (struct queue_chunk *chunk = queue->first; chunk != NULL; chunk = next) {
		next = chunk->next;
		state_heap_give(heap, chunk, chunk->size);
	}
	*queue = (struct queue){0};
}

// Where the cursor's next record is, or false when there is none.
static bool settle(const struct queue *queue, struct queue_cursor *cursor, uint32_t record_size)
{
	if (cursor->chunk == NULL) {
		if (queue->first == NULL)
			return false;
		*cursor = (struct queue_cursor){queue->first, queue->first_at};
	}
	if (cursor->at < end_of(queue, cursor->chunk, record_size))
		return true;
	if (cursor->chunk->next == NULL)
		return false;
	*cursor = (struct queue_cursor){cursor->chunk->next, 0};
	return cursor->at < end_of(queue, cursor->chunk, record_size);
}

void *queue_next(const struct queue *queue, struct queue_cursor *cursor, uint32_t record_size)
{
	if (!settle(queue, cursor, record_size))
		return NULL;
	return record(cursor->chunk, cursor->at++, record_size);
}

void *queue_peek(const struct queue *queue, const struct queue_cursor *cursor, uint32_t record_size)
{
	struct queue_cursor copy = *cursor;

	return queue_next(queue, &copy, record_size);
}
