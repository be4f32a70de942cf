#include "exchange/sharder.h"
#include <assert.h>
#include <errno.h>
#include <rte_common.h>

// A channel that gets no rows, or few, hears of the watermark after this many at the latest: so
// many for each target, since the more there are the longer it takes until one has rows worth a
// block.
enum { WATERMARKS_HELD_MIN = 16, WATERMARKS_HELD_PER_TARGET = 4 };

// Of blocks with fewer rows for each target than this the rows are scattered one by one; of others,
// grouped by target and copied group by group, which costs less a row and more a group.
enum { GROUP_ROWS_MIN = 16 };

struct target {
	struct channel *channel;
	struct block_store *open; // being filled, NULL when there is none
	int64_t watermark_sent;
	uint32_t n_watermarks_held; // watermarks since something was sent
};

struct sharder {
	struct mem *mem;
	const struct key_layout *keys; // NULL = all to one channel
	const struct hash_seed *seed;
	struct combiner *combiner; // or NULL
	int64_t watermark; // what the rows so far have reached
	uint32_t n_watermarks_held_max;
	uint64_t rx_tsc; // of the packet that moved it
	struct block held_watermark; // came while blocked: counts behind the block in hand
	uint64_t n_too_long;

	// The block in hand, and how far it has got. Its header is ours: senders have it on their
	// stacks; its vectors stay theirs and stay as they are.
	struct block block;
	bool is_blocked; // the block in hand is not done
	uint32_t target; // in hand
	uint16_t row; // index into order: the next row of that target
	uint64_t hashes[BLOCK_ROWS_MAX]; // of the selected rows' keys
	uint16_t owners[BLOCK_ROWS_MAX]; // target of each selected row
	uint16_t order[BLOCK_ROWS_MAX]; // slots, grouped by target
	uint16_t *ends; // [:n_targets] where a target's group ends in order
	struct block_store **stores; // [:n_targets] the open blocks, for scattering

	void *images; // BLOCK_ROWS_MAX keys
	uint32_t n_targets;
	struct target targets[];
};

struct sharder *sharder_new(struct mem *mem, struct channel *const *channels, uint32_t n,
	const struct key_layout *keys, const struct hash_seed *seed)
{
	struct sharder *sharder;

	sharder = mem_zalloc(mem, sizeof(*sharder) + n * sizeof(sharder->targets[0]));
	if (sharder == NULL)
		return NULL;
	*sharder = (struct sharder){
		.mem = mem,
		.keys = keys,
		.seed = seed,
		.watermark = WATERMARK_NONE,
		.n_targets = n,
		.n_watermarks_held_max =
			RTE_MAX((uint32_t)WATERMARKS_HELD_MIN, n * WATERMARKS_HELD_PER_TARGET),
	};
	sharder->ends = mem_zalloc(mem, n * sizeof(*sharder->ends));
	sharder->stores = mem_zalloc(mem, n * sizeof(struct block_store *));
	if (keys != NULL)
		sharder->images = mem_zalloc(mem, (size_t)BLOCK_ROWS_MAX * keys->size);
	if (sharder->ends == NULL || sharder->stores == NULL ||
		(keys != NULL && sharder->images == NULL)) {
		sharder_free(sharder);
		errno = ENOMEM;
		return NULL;
	}
	for (uint32_t i = 0; i < n; i++)
		sharder->targets[i] = (struct target){
			.channel = channels[i],
			.watermark_sent = WATERMARK_NONE,
		};
	return sharder;
}

void sharder_free(struct sharder *sharder)
{
	if (sharder == NULL)
		return;
	mem_free(sharder->mem, sharder->ends);
	mem_free(sharder->mem, sharder->stores);
	mem_free(sharder->mem, sharder->images);
	mem_free(sharder->mem, sharder);
}

void sharder_combine(struct sharder *sharder, struct combiner *combiner)
{
	sharder->combiner = combiner;
}

static void send_open(struct sharder *sharder, struct target *target)
{
	target->open->block.watermark = sharder->watermark;
	channel_send(target->channel, target->open);
	target->open = NULL;
	target->watermark_sent = sharder->watermark;
	target->n_watermarks_held = 0;
}

static bool has_rows(const struct target *target)
{
	return target->open != NULL && target->open->block.n_rows > 0;
}

static bool open_block(struct target *target)
{
	if (target->open == NULL)
		target->open = channel_take(target->channel);
	return target->open != NULL;
}

// Send what is open, then a control message. False when there is no credit for it.
static bool send_control(
	struct sharder *sharder, struct target *target, const struct block *control)
{
	struct block *block;

	if (has_rows(target))
		send_open(sharder, target);
	if (!open_block(target))
		return false;
	block = &target->open->block;
	block->kind = control->kind;
	block->checkpoint_id = control->checkpoint_id;
	block->rx_tsc = control->rx_tsc;
	send_open(sharder, target);
	return true;
}

// The keys' hashes, and the rows that are to be sent.
static const struct block *hash_rows(struct sharder *sharder, const struct block *block)
{
	uint64_t *hashes = sharder->hashes;

	key_images(sharder->keys, block, sharder->images);
	key_hashes(sharder->keys, sharder->seed, sharder->images, block->n_rows, hashes);
	if (sharder->combiner == NULL)
		return block;
	return sharder->combiner->combine(sharder->combiner, block, sharder->images, hashes);
}

// The owner of each row's key, and in ends how many rows each target gets.
static void find_owners(struct sharder *sharder, const struct block *block)
{
	for (uint32_t t = 0; t < sharder->n_targets; t++)
		sharder->ends[t] = 0;
	for (uint16_t i = 0; i < block->n_rows; i++) {
		uint32_t owner = key_group_owner(key_group(sharder->hashes[i]), sharder->n_targets);

		sharder->owners[i] = (uint16_t)owner;
		sharder->ends[owner]++;
	}
}

// Group the selected slots by owner (a counting sort).
static void group_by_target(struct sharder *sharder, const struct block *block)
{
	uint16_t *ends = sharder->ends;
	uint16_t sum = 0;

	for (uint32_t t = 0; t < sharder->n_targets; t++) {
		uint16_t n = ends[t];

		ends[t] = sum; // where it begins; filling moves it to where it ends
		sum += n;
	}
	for (uint16_t i = 0; i < block->n_rows; i++)
		sharder->order[ends[sharder->owners[i]]++] = block_slot(block, i);
}

// Open blocks that have room for what each target gets, and for so many bytes in each. False when
// there is no credit for them.
static bool make_room(struct sharder *sharder, uint32_t n_bytes)
{
	for (uint32_t t = 0; t < sharder->n_targets; t++) {
		struct target *target = &sharder->targets[t];
		uint16_t n = sharder->ends[t];

		if (n == 0)
			continue;
		if (has_rows(target) && target->open->block.n_rows + n > BLOCK_ROWS_MAX)
			send_open(sharder, target);
		if (!open_block(target) || target->open->block.kinds != NULL ||
			target->open->heap_size - target->open->heap_used < n_bytes)
			return false;
		sharder->stores[t] = target->open;
	}
	return true;
}

// What a small block costs must not grow with the number of targets that its rows go to. False:
// nothing was done, its rows are to be grouped.
static bool scatter_rows(struct sharder *sharder, const struct block *block)
{
	uint16_t slots[BLOCK_ROWS_MAX];

	const struct schema *schema;

	if (block->n_rows >= GROUP_ROWS_MIN * sharder->n_targets)
		return false;
	for (uint16_t i = 0; i < block->n_rows; i++)
		slots[i] = block_slot(block, i);
	if (!make_room(sharder, block_store_partial_bytes(block, slots, block->n_rows)))
		return false;
	schema = sharder->stores[sharder->owners[0]]->schema;
	if (!block_store_is_plain(schema, block, slots, block->n_rows))
		return false;
	block_store_scatter(sharder->stores, block, slots, sharder->owners, block->n_rows);
	return true;
}

static void group_all_in_one(struct sharder *sharder, const struct block *block)
{
	for (uint16_t i = 0; i < block->n_rows; i++)
		sharder->order[i] = block_slot(block, i);
	for (uint32_t t = 0; t < sharder->n_targets; t++)
		sharder->ends[t] = block->n_rows;
}

// Put the target's rows of the block in hand into its channel. False when there is no credit.
static bool scatter(struct sharder *sharder, struct target *target, uint16_t end)
{
	const struct block *block = &sharder->block;

	while (sharder->row < end) {
		const uint16_t *slots = sharder->order + sharder->row;
		uint16_t n;

		if (!open_block(target))
			return false;
		n = block_store_append(target->open, block, slots, end - sharder->row);
		sharder->row += n;
		if (n == 0 && target->open->block.n_rows == 0) { // it never will
			sharder->n_too_long++;
			sharder->row++;
		} else if (sharder->row < end || target->open->block.n_rows == BLOCK_ROWS_MAX) {
			send_open(sharder, target);
		}
	}
	return true;
}

// Watermarks wait for rows to travel with, but not for ever.
static void note_watermark(struct sharder *sharder, const struct block *block)
{
	struct block control = {.kind = BLOCK_WATERMARK, .rx_tsc = block->rx_tsc};

	sharder->watermark = block->watermark;
	sharder->rx_tsc = block->rx_tsc;
	for (uint32_t i = 0; i < sharder->n_targets; i++) {
		struct target *target = &sharder->targets[i];

		if (++target->n_watermarks_held < sharder->n_watermarks_held_max)
			continue;
		if (has_rows(target))
			send_open(sharder, target);
		else
			send_control(sharder, target, &control); // no credit: the next one
	}
}

bool sharder_resume(struct sharder *sharder)
{
	if (!sharder->is_blocked)
		return true;
	for (; sharder->target < sharder->n_targets; sharder->target++) {
		struct target *target = &sharder->targets[sharder->target];
		bool done;

		if (sharder->block.kind == BLOCK_ROWS)
			done = scatter(sharder, target, sharder->ends[sharder->target]);
		else
			done = send_control(sharder, target, &sharder->block);
		if (!done)
			return false;
	}
	sharder->is_blocked = false;
	if (sharder->held_watermark.kind == BLOCK_WATERMARK) {
		sharder->held_watermark.kind = BLOCK_ROWS;
		note_watermark(sharder, &sharder->held_watermark);
	}
	return true;
}

bool sharder_send(struct sharder *sharder, const struct block *block)
{
	if (block->kind == BLOCK_WATERMARK) {
		if (sharder->is_blocked)
			sharder->held_watermark = *block;
		else
			note_watermark(sharder, block);
		return true;
	}
	assert(!sharder->is_blocked);
	if (block->kind == BLOCK_ROWS && block->n_rows == 0)
		return true;
	if (block->kind == BLOCK_ROWS && sharder->keys != NULL &&
		(sharder->n_targets > 1 || sharder->combiner != NULL))
		block = hash_rows(sharder, block);
	if (block->kind == BLOCK_ROWS && sharder->keys != NULL && sharder->n_targets > 1) {
		find_owners(sharder, block);
		if (scatter_rows(sharder, block))
			return true;
		group_by_target(sharder, block);
	} else if (block->kind == BLOCK_ROWS)
		group_all_in_one(sharder, block);
	sharder->block = *block;
	sharder->is_blocked = true;
	sharder->target = 0;
	sharder->row = 0;
	return sharder_resume(sharder);
}

void sharder_restore(struct sharder *sharder, int64_t watermark)
{
	sharder->watermark = watermark;
}

bool sharder_is_blocked(const struct sharder *sharder)
{
	return sharder->is_blocked;
}

bool sharder_flush(struct sharder *sharder)
{
	struct block control = {.kind = BLOCK_WATERMARK, .rx_tsc = sharder->rx_tsc};
	bool done = true;

	for (uint32_t i = 0; i < sharder->n_targets; i++) {
		struct target *target = &sharder->targets[i];

		if (has_rows(target))
			send_open(sharder, target);
		else if (target->watermark_sent < sharder->watermark)
			done &= send_control(sharder, target, &control);
	}
	return done;
}

void sharder_send_open(struct sharder *sharder)
{
	for (uint32_t i = 0; i < sharder->n_targets; i++)
		if (has_rows(&sharder->targets[i]))
			send_open(sharder, &sharder->targets[i]);
}

uint64_t sharder_n_too_long(const struct sharder *sharder)
{
	return sharder->n_too_long;
}
