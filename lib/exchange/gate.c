#include "exchange/gate.h"
#include <assert.h>
#include <errno.h>

int gate_init(struct gate *gate, struct mem *mem, struct channel *const *channels, uint32_t n)
{
	*gate = (struct gate){.mem = mem, .n_inputs = n};
	if (n > GATE_CHANNELS_MAX)
		return -E2BIG;
	gate->inputs = mem_zalloc(mem, n * sizeof(*gate->inputs));
	if (gate->inputs == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		gate->inputs[i].channel = channels[i];
	if (watermark_merge_init(&gate->watermarks, mem, n) < 0) {
		mem_free(mem, gate->inputs);
		return -ENOMEM;
	}
	return 0;
}

void gate_destroy(struct gate *gate)
{
	watermark_merge_destroy(&gate->watermarks, gate->mem);
	mem_free(gate->mem, gate->inputs);
}

static void merge_change(struct gate *gate, struct watermark_change change)
{
	gate->change.advanced |= change.advanced;
	if (change.became_active)
		gate->change.became_idle = false;
	gate->change.became_idle |= change.became_idle;
}

static const struct block *give_control(struct gate *gate, enum block_kind kind)
{
	gate->control.kind = kind;
	gate->control.watermark = gate->watermarks.output;
	return &gate->control;
}

// Done with the block that was handed out: what it said about time takes effect now.
static void finish_held(struct gate *gate, uint64_t tsc)
{
	struct block_store *held = gate->held;

	if (held == NULL)
		return;
	gate->held = NULL;
	if (held->block.watermark != WATERMARK_NONE) {
		gate->control.rx_tsc = held->block.rx_tsc;
		merge_change(gate, watermark_merge_advance(&gate->watermarks, gate->held_input,
					   held->block.watermark, tsc));
	}
	channel_release(gate->inputs[gate->held_input].channel, held);
}

// An input has brought a message that is not rows.
static void take_control(struct gate *gate, uint32_t i, const struct block *block, uint64_t tsc)
{
	struct gate_input *input = &gate->inputs[i];

	// Whatever a message is about, it brings along the watermark that went before it.
	if (block->watermark > gate->watermarks.inputs[i].watermark) {
		gate->control.rx_tsc = block->rx_tsc;
		merge_change(
			gate, watermark_merge_advance(&gate->watermarks, i, block->watermark, tsc));
	}
	switch (block->kind) {
	case BLOCK_IDLE:
		merge_change(gate, watermark_merge_idle(&gate->watermarks, i));
		return;
	case BLOCK_BARRIER:
		assert(gate->n_at_barrier == 0 ||
			block->checkpoint_id == gate->control.checkpoint_id);
		input->at_barrier = true;
		gate->control.checkpoint_id = block->checkpoint_id;
		gate->n_at_barrier++;
		return;
	case BLOCK_END:
		input->ended = true;
		gate->n_ended++;
		merge_change(
			gate, watermark_merge_advance(&gate->watermarks, i, WATERMARK_END, tsc));
		return;
	default: // BLOCK_WATERMARK, which also says that the input is not idle
		merge_change(gate, watermark_merge_active(&gate->watermarks, i));
	}
}

// What all inputs together have come to since the last call, if anything.
static const struct block *give_merged(struct gate *gate)
{
	if (gate->change.advanced) {
		gate->change.advanced = false;
		return give_control(gate, BLOCK_WATERMARK);
	}
	if (gate->change.became_idle) {
		gate->change.became_idle = false;
		return give_control(gate, BLOCK_IDLE);
	}
	if (gate->n_at_barrier > 0 && gate->n_at_barrier + gate->n_ended == gate->n_inputs &&
		!gate->holds_barriers) {
		for (uint32_t i = 0; i < gate->n_inputs; i++)
			gate->inputs[i].at_barrier = false;
		gate->n_at_barrier = 0;
		return give_control(gate, BLOCK_BARRIER);
	}
	if (gate->n_ended == gate->n_inputs && !gate->end_given) {
		gate->end_given = true;
		return give_control(gate, BLOCK_END);
	}
	return NULL;
}

const struct block *gate_take(struct gate *gate, uint64_t tsc)
{
	const struct block *merged;

	finish_held(gate, tsc);
	merged = give_merged(gate);
	for (uint32_t tried = 0; tried < gate->n_inputs && merged == NULL; tried++) {
		uint32_t i = gate->next;
		struct gate_input *input = &gate->inputs[i];
		struct block_store *store = NULL;

		gate->next = i + 1 < gate->n_inputs ? i + 1 : 0;
		if (!input->at_barrier && !input->ended)
			store = channel_receive(input->channel);
		if (store == NULL)
			continue;
		if (store->block.kind == BLOCK_ROWS) {
			merge_change(gate, watermark_merge_active(&gate->watermarks, i));
			gate->held = store;
			gate->held_input = i;
			return &store->block;
		}
		take_control(gate, i, &store->block, tsc);
		channel_release(input->channel, store);
		merged = give_merged(gate);
	}
	return merged;
}
