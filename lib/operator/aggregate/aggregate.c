#include "operator/aggregate/aggregate.h"
#include <string.h>
#include "operator/aggregate/kernels.h"

uint32_t aggregate_state_size(const struct aggregate *function)
{
	return function->state_size;
}

static bool any_null(const struct column *column)
{
	uint64_t any = 0;

	if (column->nulls == NULL)
		return false;
	for (int i = 0; i < BLOCK_NULL_WORDS; i++)
		any |= column->nulls[i];
	return any != 0;
}

// Which rows count: those that the filter lets through and whose argument is not NULL.
struct chosen {
	uint16_t n;
	uint16_t slots[BLOCK_ROWS_MAX];
	void *states[BLOCK_ROWS_MAX];
};

static void choose(struct chosen *chosen, const struct lift *all, const struct column *filter,
	const struct column *argument)
{
	const uint8_t *passes = filter != NULL ? filter->values : NULL;

	chosen->n = 0;
	for (uint16_t i = 0; i < all->n; i++) {
		uint16_t slot = all->slots[i];
		bool skip = argument != NULL && nulls_get(argument->nulls, slot);

		if (filter != NULL)
			skip |= !passes[slot] || nulls_get(filter->nulls, slot);
		chosen->slots[chosen->n] = slot;
		chosen->states[chosen->n] = all->states[i];
		chosen->n += !skip;
	}
}

uint32_t aggregate_update(const struct aggregate_call *call, const struct block *block,
	const uint16_t *slots, uint16_t n, void *const *states, uint32_t offset,
	struct keyed_store *heap)
{
	const struct column *filter = call->filter >= 0 ? &block->columns[call->filter] : NULL;
	const struct column *argument =
		call->function->takes_nulls ? NULL : &block->columns[call->argument];
	struct lift lift = {.slots = slots, .states = states, .n = n, .offset = offset};
	struct chosen chosen;

	lift.heap = heap;
	if (argument != NULL)
		lift.values = argument->values;
	if (filter != NULL || (argument != NULL && any_null(argument))) {
		choose(&chosen, &lift, filter, argument);
		lift.slots = chosen.slots;
		lift.states = chosen.states;
		lift.n = chosen.n;
	}
	return call->function->lift(&lift);
}

uint32_t aggregate_combine(const struct aggregate_call *call, void *const *into,
	const void *const *from, uint16_t n, uint32_t offset, struct keyed_store *heap)
{
	struct merge merge = {.into = into, .from = from, .n = n, .offset = offset, .heap = heap};

	return call->function->combine(&merge);
}

void aggregate_result(const struct aggregate_call *call, void *const *states, uint16_t n,
	uint32_t offset, struct column *column)
{
	nulls_clear_all(column->nulls);
	call->function->lower(call, states, n, offset, column);
}
