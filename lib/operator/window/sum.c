#include "operator/window/window_state.h"

void sum_refuse(struct window_aggregate *window, uint64_t n)
{
	if (n == 0)
		return;
	op_count(&window->op, window->result_lost, n);
	if (!window->op.task->drop_new_keys)
		fault_set(&window->op.task->fault,
			"state.max-memory is used up: no room to merge the slices of a window");
}

// States of images[:n] in store.
static void look_up(struct window_aggregate *window, struct keyed_store *store, enum sum_keys keys,
	uint16_t n, void **into)
{
	bool is_total = store == &window->sum.total;
	uint16_t n_refused;

	if (keys == SUM_FIND) {
		keyed_store_find(store, window->images, window->hashes, n, into);
		return;
	}
	if (is_total && window->sum.is_full) {
		for (uint16_t i = 0; i < n; i++)
			keyed_store_touch(store, window->hashes[i]);
		n_refused = n - keyed_store_find(store, window->images, window->hashes, n, into);
	} else
		n_refused = keyed_store_upsert(store, window->images, window->hashes, n, into);
	window->sum.is_full |= is_total && n_refused > 0;
	sum_refuse(window, n_refused);
}

void sum_hash(struct window_aggregate *window, uint16_t n)
{
	uint32_t size = window->keys.size;

	for (uint16_t i = 0; i < n; i++)
		copy_words((char *)window->images + (size_t)i * size, window->entries[i], size);
	key_hashes(&window->keys, window->op.task->seed, window->images, n, window->hashes);
}

uint16_t sum_next(struct window_aggregate *window, const struct slice *slice,
	struct keyed_store *store, enum sum_keys keys, void **states, void **into)
{
	struct keyed_cursor *cursor = &window->sum.cursor;
	uint16_t n =
		keyed_store_next(&slice->store, cursor, window->entries, states, BLOCK_ROWS_MAX);

	if (n == 0) {
		*cursor = (struct keyed_cursor){0};
		return 0;
	}
	sum_hash(window, n);
	look_up(window, store, keys, n, into);
	return n;
}

void sum_combine(struct window_aggregate *window, void *const *into, void *const *from, uint16_t n,
	struct keyed_store *heap)
{
	const struct window_aggregate_config *config = window->config;
	struct state_heap state_heap = {.store = heap};
	uint32_t n_lost = 0;

	for (uint16_t i = 0; i < config->n_aggregates; i++)
		n_lost += aggregate_combine(&config->aggregates[i], into, (const void *const *)from,
			n, window->offsets[i], &state_heap);
	op_count(&window->op, window->value_lost, n_lost);
}
