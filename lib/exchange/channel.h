// A channel carries row blocks from one task to one other: an rte_ring, single producer and single
// consumer, and the blocks that travel on it. It owns its blocks: the consumer gives them back over
// a second ring, so what the producer can take is the credit the consumer grants (Flink's
// credit-based flow control). Memory is bounded, nothing is shared between channels, and since the
// way back has room for all blocks it never blocks: there is no cycle to deadlock.
//
//   producer   channel_take ─► fill ─► channel_send ──ring──► channel_receive   consumer
//                   ▲                                               │
//                   └──────────────── free blocks ◄─────────── channel_release
//
// Control messages (watermark, barrier, idle, end) travel as blocks too, in the order sent.
#pragma once
#include <stdbool.h>
#include "base/mem.h"
#include "row/store.h"

enum { CHANNEL_BLOCKS_MAX = 64, CHANNEL_BLOCKS_MIN = 4 };

struct channel;

// A channel of n_blocks blocks (a power of two, CHANNEL_BLOCKS_MIN to _MAX) for rows of schema,
// each with heap_size bytes for strings. Returns NULL with errno EINVAL or ENOMEM.
struct channel *channel_new(
	struct mem *mem, const struct schema *schema, uint32_t n_blocks, uint32_t heap_size);
void channel_free(struct channel *channel); // with all its blocks, wherever they are

// Producer. An empty block to fill, or NULL when the consumer is behind.
struct block_store *channel_take(struct channel *channel);
// How many blocks channel_take() could give now.
uint32_t channel_credit(const struct channel *channel);
// Hand a taken block on. Never fails.
void channel_send(struct channel *channel, struct block_store *store);

// Consumer. The next block, or NULL; the consumer has it until channel_release().
struct block_store *channel_receive(struct channel *channel);
void channel_release(struct channel *channel, struct block_store *store);

bool channel_is_empty(const struct channel *channel);
