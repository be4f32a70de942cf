// The way out of a task: rows are scattered by their key's group into the open block of the channel
// to the instance that owns it, column by column. Without keys all rows go to one channel (the only
// one, or all to the first). A block is sent when it is full, when the input ran dry
// (sharder_flush), or with a control message behind it.
//
// A row's block takes with it what lateness needs (late marks) and the watermark that the rows'
// split has reached: a channel that gets rows needs no extra watermark messages.
//
// When a channel has no credit the sharder is blocked: it keeps its place in the block that it was
// given. That block's columns and vectors must stay as they are until sharder_resume() has finished
// it; its header is copied. One lcore.
#pragma once
#include "base/hash.h"
#include "exchange/channel.h"
#include "row/key.h"

struct sharder;

// What may make fewer rows of a block before they are sent, by their keys.
struct combiner {
	// block, or one of fewer of its rows that stays as it is until the next call.
	// hashes[:n_rows], images[:n_rows] are those of the block's keys; of what is returned the
	// hashes must be.
	const struct block *(*combine)(struct combiner *combiner, const struct block *block,
		const void *images, uint64_t *hashes);
};

// To channels[:n] (the caller's) by the key columns of keys with this seed; keys NULL = all to
// channels[0]. Returns NULL with errno ENOMEM.
struct sharder *sharder_new(struct mem *mem, struct channel *const *channels, uint32_t n,
	const struct key_layout *keys, const struct hash_seed *seed);
void sharder_free(struct sharder *sharder);
// Before the first block: let it (the caller's) see all rows that have keys. NULL = nothing does.
void sharder_combine(struct sharder *sharder, struct combiner *combiner);

// Take a block: rows, or a control message, which goes to every channel behind what came before.
// Returns true when all of it is in the channels or in open blocks; false when blocked.
// While blocked it may be called with a watermark only, which then counts behind the block in hand.
bool sharder_send(struct sharder *sharder, const struct block *block);
// Go on with the block that did not fit. True when it is done.
bool sharder_resume(struct sharder *sharder);
// Before the first block: what went before it had reached this watermark. It is sent with whatever
// is sent first, at the latest by sharder_flush().
void sharder_restore(struct sharder *sharder, int64_t watermark);
bool sharder_is_blocked(const struct sharder *sharder);

// The input ran dry: send what the open blocks hold, and the watermark to channels that have none
// to take it along. Returns false when a channel had no credit for it: try again later.
bool sharder_flush(struct sharder *sharder);

// The input paused: send what the open blocks hold, and no watermark by itself, so that rows do not
// wait for company and instances that have no rows are not woken.
void sharder_send_open(struct sharder *sharder);

// Rows whose strings no block could hold: dropped and counted.
uint64_t sharder_n_too_long(const struct sharder *sharder);
