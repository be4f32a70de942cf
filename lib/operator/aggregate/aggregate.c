#include "operator/aggregate/aggregate.h"
#include <assert.h>
#include <errno.h>
#include <string.h>
#include "operator/aggregate/kernels.h"

uint32_t aggregate_state_size(const struct aggregate_call *call)
{
	return call->function->state_size;
}

uint32_t aggregate_state_version(const struct aggregate_call *call)
{
	return call->function->state_version;
}

bool aggregate_can_retract(const struct aggregate_call *call)
{
	return call->function->retract != NULL;
}

bool aggregate_is_of_last_row(const struct aggregate_call *call)
{
	return call->function->is_of_last_row;
}

bool aggregate_rounds(const struct aggregate_call *call)
{
	return call->function->rounds;
}

bool aggregate_has_heap(const struct aggregate_call *call)
{
	return call->function->release != NULL;
}

enum aggregate_order aggregate_order(const struct aggregate_call *call)
{
	return call->function->order;
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

// Give a kernel the rows that count.
static uint32_t lift_rows(
	uint32_t (*kernel)(const struct lift *lift), struct lift *lift, const struct block *block)
{
	const struct aggregate_call *call = lift->call;
	const struct column *filter = call->filter >= 0 ? &block->columns[call->filter] : NULL;
	const struct column *argument = NULL;
	struct chosen chosen;

	for (uint16_t i = 0; i < call->n_arguments; i++)
		lift->columns[i] = &block->columns[call->arguments[i]];
	if (call->n_arguments > 0)
		lift->values = lift->columns[0]->values;
	if (call->n_arguments > 0 && !call->function->takes_nulls)
		argument = lift->columns[0];
	if (filter != NULL || (argument != NULL && nulls_any(argument->nulls))) {
		choose(&chosen, lift, filter, argument);
		lift->slots = chosen.slots;
		lift->states = chosen.states;
		lift->n = chosen.n;
	}
	return kernel(lift);
}

uint32_t aggregate_update(const struct aggregate_call *call, const struct block *block,
	const uint16_t *slots, uint16_t n, void *const *states, uint32_t offset,
	struct state_heap *heap)
{
	struct lift lift = {
		.call = call,
		.slots = slots,
		.states = states,
		.n = n,
		.offset = offset,
		.heap = heap,
	};

	return lift_rows(call->function->lift, &lift, block);
}

void aggregate_update_one(const struct aggregate_call *call, const struct block *block,
	const uint16_t *slots, uint16_t n, void *state, uint32_t offset)
{
	void *states[BLOCK_ROWS_MAX];
	struct lift lift = {
		.call = call,
		.slots = slots,
		.states = states,
		.n = n,
		.offset = offset,
	};
	bool has_one = call->function->lift_one != NULL;

	for (uint16_t i = 0; i < n; i++)
		states[i] = state;
	lift_rows(has_one ? call->function->lift_one : call->function->lift, &lift, block);
}

uint32_t aggregate_retract(const struct aggregate_call *call, const struct block *block,
	const uint16_t *slots, uint16_t n, void *const *states, uint32_t offset,
	struct state_heap *heap)
{
	struct lift lift = {
		.call = call,
		.slots = slots,
		.states = states,
		.n = n,
		.offset = offset,
		.heap = heap,
	};

	assert(aggregate_can_retract(call));
	return lift_rows(call->function->retract, &lift, block);
}

uint32_t aggregate_combine(const struct aggregate_call *call, void *const *into,
	const void *const *from, uint16_t n, uint32_t offset, struct state_heap *heap)
{
	struct merge merge = {
		.call = call,
		.into = into,
		.from = from,
		.n = n,
		.offset = offset,
		.heap = heap,
	};

	return call->function->combine(&merge);
}

void aggregate_release(const struct aggregate_call *call, void *const *states, uint16_t n,
	uint32_t offset, struct state_heap *heap)
{
	struct release release = {
		.call = call, .states = states, .n = n, .offset = offset, .heap = heap};

	if (call->function->release != NULL)
		call->function->release(&release);
}

void aggregate_pack(const struct aggregate_call *call, const void *state, uint32_t offset,
	struct record_out *out)
{
	const void *at = const_state_at(state, offset);

	if (call->function->pack != NULL)
		call->function->pack(call, at, out);
	else
		record_put(out, at, call->function->state_size);
}

static int unpack_plain(const struct aggregate_call *call, struct record_reader *in, void *state)
{
	record_get(in, state, call->function->state_size);
	return in->is_short ? -EINVAL : 0;
}

int aggregate_unpack(const struct aggregate_call *call, struct record_reader *in, void *state,
	uint32_t offset, struct state_heap *heap)
{
	void *at = state_at(state, offset);
	int result;

	if (call->function->unpack == NULL)
		return unpack_plain(call, in, at);
	result = call->function->unpack(call, in, at, heap);
	if (result != 0) {
		aggregate_release(call, &state, 1, offset, heap);
		memset(at, 0, call->function->state_size);
	}
	return result;
}

void aggregate_result(const struct aggregate_call *call, void *const *states, uint16_t n,
	uint32_t offset, struct column *column, struct result_heap *out)
{
	struct lower lower = {
		.call = call,
		.states = states,
		.n = n,
		.offset = offset,
		.column = column,
		.out = out,
	};

	nulls_clear_all(column->nulls);
	call->function->lower(&lower);
}
