// Control messages that wait for an operator that has rows to emit before them. One lcore.
#pragma once
#include <assert.h>
#include "operator/op.h"

enum { CONTROL_QUEUE_MAX = 4 };

// All zero is an empty queue.
struct control_queue {
	uint32_t n;
	struct block waiting[CONTROL_QUEUE_MAX]; // [:n], oldest first
};

// A watermark behind one that waits takes its place: what is done for it is done for both. The
// first one is in work and stays as it is. There is always room: only watermarks come while an
// operator is pending, until another message closes it.
static inline void control_queue_push(struct control_queue *queue, const struct block *block)
{
	struct block *last = &queue->waiting[queue->n];

	if (queue->n > 1 && block->kind == BLOCK_WATERMARK && last[-1].kind == BLOCK_WATERMARK) {
		last[-1] = *block;
		return;
	}
	assert(queue->n < CONTROL_QUEUE_MAX);
	*last = *block;
	queue->n++;
}

static inline struct block control_queue_pop(struct control_queue *queue)
{
	struct block first = queue->waiting[0];

	queue->n--;
	for (uint32_t i = 0; i < queue->n; i++)
		queue->waiting[i] = queue->waiting[i + 1];
	return first;
}

// Whether rows may come in front of what waits: only watermarks do, and the last one is at most
// lead_ms ahead of the one in work, so that not much more is held than the windows that it fires.
static inline bool control_queue_is_open(const struct control_queue *queue, int64_t lead_ms)
{
	const struct block *first = &queue->waiting[0];

	for (uint32_t i = 0; i < queue->n; i++)
		if (queue->waiting[i].kind != BLOCK_WATERMARK ||
			(uint64_t)queue->waiting[i].watermark - (uint64_t)first->watermark >
				(uint64_t)lead_ms)
			return false;
	return true;
}
