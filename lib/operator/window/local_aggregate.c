// Combining a block costs its rows some cycles, so it is done where that pays:
//
//   watch    the hashes of eight rows of a block; one that is there twice is watched for among the
//            next HOLD_ROWS rows. (All keys: every hash of the block is.)
//   pick     the rows of watched hashes, without a branch: they come at random
//   group    those by key and slice; the first row of a group is to stand for all. A hash that has
//            too few rows is not watched any more
//   add      the rows of each group to its partial, by the aggregates' own kernels
//
// "Too few" is half of what an owner gets of the block on average: a key with fewer rows makes its
// owner half as busy again as the others at most.
#include "operator/window/local_aggregate.h"
#include <errno.h>
#include <string.h>

enum { SAMPLES = 8, SAMPLE_EVERY = 128, HOLD_ROWS = 4096 }; // rows
enum { ROWS_MIN = 16, LEAST_HOT = 4, LEAST = 2 };
enum { WATCHED_MAX = 256, GROUPS_MAX = 64, NO_GROUP = UINT8_MAX };
// Bytes of a row's long strings: with more it might fit a block only without a partial.
enum { ROW_STRINGS_MAX = 32768 };

struct group {
	int64_t start, end; // instants of the slice
	int64_t closes_at; // rows whose late mark has reached it are late
	uint16_t watched; // place of its hash
	uint16_t n_rows;
	uint16_t first; // index of its first row, which stands for all
	struct partial *partial; // NULL = too few rows
};

struct local_aggregate {
	struct combiner combiner; // first
	struct mem *mem;
	const struct window_aggregate_config *config;
	const struct schema *input;
	const struct key_layout *keys;
	enum local_strategy strategy;
	uint32_t n_owners;
	uint32_t partial_size;
	struct zone_span span; // of the last group

	uint64_t watched[WATCHED_MAX]; // a hash at its low bits; 0 = none
	int32_t n_held; // rows for which these are still watched
	uint32_t n_unsampled; // rows since the last sample
	uint32_t n_samples;

	// room for one block
	uint16_t picked[BLOCK_ROWS_MAX]; // indices of its rows
	uint16_t n_picked;
	uint8_t group_of[BLOCK_ROWS_MAX]; // of each row that was picked, or NO_GROUP
	uint8_t newest[WATCHED_MAX]; // group of each watched hash, or NO_GROUP
	struct group groups[GROUPS_MAX];
	uint16_t n_groups;
	char *bytes; // of partials
	uint8_t is_left[BLOCK_ROWS_MAX]; // whether a row goes on
	const struct partial *partials[BLOCK_ROWS_MAX]; // [slot]
	uint16_t rows[BLOCK_ROWS_MAX]; // slots of those that go on
	struct block block; // of them
};

static bool is_possible(const struct aggregate_call *call, bool all_keys)
{
	return !aggregate_has_heap(call) && aggregate_order(call) == AGGREGATE_ANY_ORDER &&
	       (all_keys || !aggregate_rounds(call));
}

enum local_strategy local_aggregate_choose(
	const struct window_aggregate_config *config, enum local_strategy wanted)
{
	if (config->window.shape == WINDOW_ATTACHED ||
		(wanted == LOCAL_HOT_KEYS && config->n_keys == 0))
		return LOCAL_NEVER;
	for (uint16_t i = 0; i < config->n_aggregates; i++)
		if (!is_possible(&config->aggregates[i], wanted == LOCAL_ALL_KEYS))
			return LOCAL_NEVER;
	return wanted;
}

// ---- Watch, pick

static void watch(struct local_aggregate *local, uint64_t hash)
{
	local->watched[hash % WATCHED_MAX] = hash;
}

// Watch for what some rows far from each other have in common. Their distance is odd and they begin
// elsewhere each time, so that a feed's own rhythm hides nothing for long.
static void take_sample(struct local_aggregate *local, const uint64_t *hashes, uint16_t n_rows)
{
	uint32_t distance = (n_rows / SAMPLES - 1) | 1, at = local->n_samples++ % n_rows;
	uint64_t sample[SAMPLES];

	for (uint32_t i = 0; i < SAMPLES; i++) {
		sample[i] = hashes[(at + i * distance) % n_rows];
		for (uint32_t k = 0; k < i; k++)
			if (sample[k] == sample[i]) {
				watch(local, sample[i]);
				local->n_held = HOLD_ROWS;
			}
	}
	local->n_unsampled = 0;
}

// False when there is nothing to watch for.
static bool look_out(struct local_aggregate *local, const uint64_t *hashes, uint16_t n_rows)
{
	if (local->strategy == LOCAL_ALL_KEYS) {
		memset(local->watched, 0, sizeof(local->watched));
		for (uint16_t i = 0; i < n_rows; i++)
			watch(local, hashes[i]);
		return true;
	}
	if (n_rows < ROWS_MIN)
		return false;
	local->n_unsampled += n_rows;
	if (local->n_unsampled >= SAMPLE_EVERY)
		take_sample(local, hashes, n_rows);
	if (local->n_held <= 0)
		return false;
	local->n_held -= n_rows;
	if (local->n_held <= 0)
		memset(local->watched, 0, sizeof(local->watched));
	return true;
}

static void pick_rows(struct local_aggregate *local, const uint64_t *hashes, uint16_t n_rows)
{
	uint16_t n = 0;

	for (uint16_t i = 0; i < n_rows; i++) {
		local->picked[n] = i;
		n += local->watched[hashes[i] % WATCHED_MAX] == hashes[i];
	}
	local->n_picked = n;
}

static uint16_t least_rows(const struct local_aggregate *local, uint16_t n_rows)
{
	uint32_t half = n_rows / (2 * local->n_owners);

	if (local->strategy == LOCAL_ALL_KEYS)
		return LEAST;
	return half > LEAST_HOT ? (uint16_t)half : LEAST_HOT;
}

// ---- Group

// A block and what belongs to its rows.
struct input {
	const struct block *block;
	const char *images;
	const uint64_t *hashes;
};

// Nearly always they are, and most keys are a few words.
static bool have_same_key(
	const struct local_aggregate *local, const struct input *input, uint16_t i, uint16_t k)
{
	const uint64_t *a = (const uint64_t *)(input->images + (size_t)i * local->keys->size);
	const uint64_t *b = (const uint64_t *)(input->images + (size_t)k * local->keys->size);
	uint64_t differ = 0;

	for (uint32_t word = 0; word < local->keys->size / sizeof(*a); word++)
		differ |= a[word] ^ b[word];
	return differ == 0 || key_equal(local->keys, a, b);
}

static int64_t time_of(const struct local_aggregate *local, const struct input *input, uint16_t i)
{
	const struct block *block = input->block;
	const struct column *times = &block->columns[local->config->window.time_column];

	return ((const int64_t *)times->values)[block_slot(block, i)];
}

static bool belongs(const struct local_aggregate *local, const struct input *input,
	const struct group *group, uint16_t i, int64_t time)
{
	return time >= group->start && time < group->end &&
	       block_late_mark(input->block, block_slot(input->block, i)) < group->closes_at &&
	       have_same_key(local, input, group->first, i);
}

static bool fits_with_partial(
	const struct local_aggregate *local, const struct block *block, uint16_t slot)
{
	uint64_t n_bytes = 0;

	for (uint16_t c = 0; c < local->input->n_fields; c++) {
		const struct column *column = &block->columns[c];

		if (type_is_view(local->input->fields[c].type.kind) &&
			!nulls_get(column->nulls, slot))
			n_bytes += ((const struct str *)column->values)[slot].len;
	}
	return n_bytes <= ROW_STRINGS_MAX;
}

// The slice of a time, as instants: where clocks change, the part of it that the time is in.
static void set_slice(struct local_aggregate *local, struct group *group, int64_t time)
{
	const struct slices *slices = &local->config->window.slices;
	int64_t local_time = slices_local(slices, time, &local->span);
	int64_t end = slices_end(slices, local_time);

	group->closes_at = slices_closes_at(slices, end);
	group->end = time + (end - local_time);
	group->start = group->end - slices->slide;
	if (slices->zone != NULL && group->start < local->span.start_ms)
		group->start = local->span.start_ms;
	if (slices->zone != NULL && group->end > local->span.end_ms)
		group->end = local->span.end_ms;
}

// A group that begins with the i-th row: its index, or NO_GROUP when the row can be in none.
static uint8_t new_group(
	struct local_aggregate *local, const struct input *input, uint16_t i, int64_t time)
{
	struct group *group = &local->groups[local->n_groups];

	if (local->n_groups == GROUPS_MAX || time < -WINDOW_TIME_LIMIT ||
		time > WINDOW_TIME_LIMIT ||
		!fits_with_partial(local, input->block, block_slot(input->block, i)))
		return NO_GROUP;
	*group = (struct group){.watched = input->hashes[i] % WATCHED_MAX, .first = i};
	set_slice(local, group, time);
	if (!belongs(local, input, group, i, time)) // it is late
		return NO_GROUP;
	return (uint8_t)local->n_groups++;
}

// The group of the i-th row, most often the one of the last row of its hash.
static uint8_t find_group(struct local_aggregate *local, const struct input *input, uint16_t i)
{
	const struct column *times = &input->block->columns[local->config->window.time_column];
	uint16_t watched = input->hashes[i] % WATCHED_MAX;
	uint8_t found = local->newest[watched];
	int64_t time = time_of(local, input, i);

	if (nulls_get(times->nulls, block_slot(input->block, i)))
		return NO_GROUP;
	if (found != NO_GROUP && belongs(local, input, &local->groups[found], i, time))
		return found;
	for (uint8_t k = 0; k < local->n_groups; k++)
		if (local->groups[k].watched == watched &&
			belongs(local, input, &local->groups[k], i, time))
			return local->newest[watched] = k;
	found = new_group(local, input, i, time);
	if (found != NO_GROUP)
		local->newest[watched] = found;
	return found;
}

static void group_rows(struct local_aggregate *local, const struct input *input)
{
	memset(local->newest, NO_GROUP, sizeof(local->newest));
	local->n_groups = 0;
	for (uint16_t p = 0; p < local->n_picked; p++) {
		uint8_t k = find_group(local, input, local->picked[p]);

		local->group_of[p] = k;
		if (k != NO_GROUP)
			local->groups[k].n_rows++;
	}
}

// ---- Add

// Zeroed partials for groups of enough rows. Returns whether there are any.
static bool make_partials(struct local_aggregate *local, uint16_t least)
{
	char *at = local->bytes;

	for (uint16_t k = 0; k < local->n_groups; k++) {
		struct group *group = &local->groups[k];

		if (group->n_rows < least) {
			local->watched[group->watched] = 0;
			continue;
		}
		group->partial = memset(at, 0, local->partial_size);
		group->partial->n_rows = group->n_rows;
		at += local->partial_size;
	}
	return at != local->bytes;
}

// order[…] = slots of the rows of groups with partials, group by group (a counting sort); ends[k]
// is where group k ends.
static void order_by_group(
	struct local_aggregate *local, const struct block *block, uint16_t *order, uint16_t *ends)
{
	uint16_t sum = 0;

	for (uint16_t k = 0; k < local->n_groups; k++) {
		const struct group *group = &local->groups[k];

		ends[k] = sum; // where it begins; filling moves it to where it ends
		sum += group->partial != NULL ? group->n_rows : 0;
	}
	memset(local->is_left, true, block->n_rows);
	for (uint16_t p = 0; p < local->n_picked; p++) {
		uint8_t k = local->group_of[p];
		uint16_t i = local->picked[p];

		if (k == NO_GROUP || local->groups[k].partial == NULL)
			continue;
		local->is_left[i] = i == local->groups[k].first;
		order[ends[k]++] = block_slot(block, i);
	}
}

static void add_up(struct local_aggregate *local, const struct block *block)
{
	uint16_t order[BLOCK_ROWS_MAX], ends[GROUPS_MAX];

	order_by_group(local, block, order, ends);
	for (uint16_t k = 0; k < local->n_groups; k++) {
		const struct group *group = &local->groups[k];
		uint32_t offset = 0;

		for (uint16_t i = 0; i < local->config->n_aggregates && group->partial != NULL;
			i++) {
			const struct aggregate_call *call = &local->config->aggregates[i];

			aggregate_update_one(call, block, order + ends[k] - group->n_rows,
				group->n_rows, group->partial->states, offset);
			offset += aggregate_state_size(call);
		}
	}
}

// The rows that go on, the first of each group with what it came to, and their hashes.
static const struct block *leave(
	struct local_aggregate *local, const struct block *block, uint64_t *hashes)
{
	uint16_t n = 0;

	memset(local->partials, 0, block->n_slots * sizeof(local->partials[0]));
	for (uint16_t k = 0; k < local->n_groups; k++) {
		const struct group *group = &local->groups[k];

		if (group->partial != NULL)
			local->partials[block_slot(block, group->first)] = group->partial;
	}
	for (uint16_t i = 0; i < block->n_rows; i++) {
		local->rows[n] = block_slot(block, i);
		hashes[n] = hashes[i];
		n += local->is_left[i];
	}
	local->block = *block;
	local->block.rows = local->rows;
	local->block.n_rows = n;
	local->block.partials = local->partials;
	local->block.partial_size = local->partial_size;
	return &local->block;
}

static const struct block *combine(
	struct combiner *combiner, const struct block *block, const void *images, uint64_t *hashes)
{
	struct local_aggregate *local = (struct local_aggregate *)combiner;
	struct input input = {block, images, hashes};

	if (block->kinds != NULL || !look_out(local, hashes, block->n_rows))
		return block;
	pick_rows(local, hashes, block->n_rows);
	group_rows(local, &input);
	if (!make_partials(local, least_rows(local, block->n_rows)))
		return block;
	add_up(local, block);
	return leave(local, block, hashes);
}

// ----

struct local_aggregate *local_aggregate_new(struct mem *mem,
	const struct window_aggregate_config *config, const struct schema *input,
	const struct key_layout *keys, enum local_strategy strategy, uint32_t n_owners)
{
	struct local_aggregate *local = mem_zalloc(mem, sizeof(*local));

	if (local == NULL)
		return NULL;
	*local = (struct local_aggregate){
		.combiner.combine = combine,
		.mem = mem,
		.config = config,
		.input = input,
		.keys = keys,
		.strategy = strategy,
		.n_owners = n_owners,
		.partial_size = sizeof(struct partial),
	};
	for (uint16_t i = 0; i < config->n_aggregates; i++)
		local->partial_size += aggregate_state_size(&config->aggregates[i]);
	local->bytes = mem_zalloc(mem, (size_t)GROUPS_MAX * local->partial_size);
	if (local->bytes == NULL) {
		local_aggregate_free(local);
		errno = ENOMEM;
		return NULL;
	}
	return local;
}

void local_aggregate_free(struct local_aggregate *local)
{
	if (local == NULL)
		return;
	mem_free(local->mem, local->bytes);
	mem_free(local->mem, local);
}

struct combiner *local_aggregate_combiner(struct local_aggregate *local)
{
	return &local->combiner;
}
