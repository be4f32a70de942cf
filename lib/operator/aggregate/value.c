// FIRST_VALUE, LAST_VALUE and LAG. The first two pass over NULLs, as in Flink's group aggregates
// and OVER windows alike (FirstValueAggFunction, LastValueAggFunction); LAG counts them.
//
//   FIRST_VALUE   its value; where rows leave, a list of all: the first of them
//   LAST_VALUE    its value, and how many are left
//   LAG           a list of the last n + 1 rows; Flink's LagAggFunction does not look at the frame
#include <errno.h>
#include "operator/aggregate/list.h"
#include "operator/aggregate/packed.h"
#include "operator/aggregate/string_room.h"

struct value_state {
	struct kept value; // of a long string, ptr = room
	char *room; // in the heap, used again by what fits
	uint32_t room_size;
	uint32_t n_in, n_out; // values that came and went
};

// The value at values[slot] takes the place of the one before.
static inline bool keep(struct value_state *state, const void *values, uint16_t slot,
	enum type_kind kind, uint32_t width, struct state_heap *heap)
{
	if (type_is_view(kind))
		return string_room_keep(&state->room, &state->room_size,
			(const struct str *)values + slot, &state->value.str, heap);
	memcpy(&state->value, (const char *)values + (size_t)slot * width, width);
	return true;
}

static inline uint32_t lift_value(const struct lift *lift, bool first)
{
	enum type_kind kind = lift->call->argument_types[0].kind;
	uint32_t width = type_width(kind), n_lost = 0;

	for (uint16_t i = 0; i < lift->n; i++) {
		struct value_state *state;

		if (lift->states[i] == NULL)
			continue;
		state = state_at(lift->states[i], lift->offset);
		if (first && state->n_in != state->n_out)
			continue;
		if (!keep(state, lift->values, lift->slots[i], kind, width, lift->heap)) {
			n_lost++;
			if (state->n_in == state->n_out)
				continue;
		}
		state->n_in++;
	}
	return n_lost;
}

static uint32_t first_lift(const struct lift *lift)
{
	return lift_value(lift, true);
}

static uint32_t last_lift(const struct lift *lift)
{
	return lift_value(lift, false);
}

// A value that was lost when there was no other was not counted.
static uint32_t last_retract(const struct lift *lift)
{
	for (uint16_t i = 0; i < lift->n; i++) {
		struct value_state *state;

		if (lift->states[i] == NULL)
			continue;
		state = state_at(lift->states[i], lift->offset);
		state->n_out += state->n_out != state->n_in;
	}
	return 0;
}

// States are merged in the order of their rows.
static inline uint32_t merge_value(const struct merge *merge, bool first)
{
	enum type_kind kind = merge->call->argument_types[0].kind;
	uint32_t width = type_width(kind), n_lost = 0;

	for (uint16_t i = 0; i < merge->n; i++) {
		const struct value_state *from = const_state_at(merge->from[i], merge->offset);
		struct value_state *into;

		if (merge->into[i] == NULL || from->n_in == from->n_out)
			continue;
		into = state_at(merge->into[i], merge->offset);
		if (first && into->n_in != into->n_out)
			continue;
		if (keep(into, &from->value, 0, kind, width, merge->heap))
			into->n_in += from->n_in - from->n_out;
		else
			n_lost++;
	}
	return n_lost;
}

static uint32_t first_combine(const struct merge *merge)
{
	return merge_value(merge, true);
}

static uint32_t last_combine(const struct merge *merge)
{
	return merge_value(merge, false);
}

static void value_lower(const struct lower *lower)
{
	enum type_kind kind = lower->call->result_type.kind;

	for (uint16_t i = 0; i < lower->n; i++) {
		const struct value_state *state = const_state_at(lower->states[i], lower->offset);

		kept_put(&state->value, lower->column, i, kind);
		if (state->n_in == state->n_out)
			nulls_set(lower->column->nulls, i);
	}
}

static void value_release(const struct release *release)
{
	for (uint16_t i = 0; i < release->n; i++) {
		struct value_state *state;

		if (release->states[i] == NULL)
			continue;
		state = state_at(release->states[i], release->offset);
		if (state->room != NULL)
			state_heap_give(release->heap, state->room, state->room_size);
		state->room = NULL;
	}
}

// n_in 4 │ n_out 4 │ the value, unless all went
static void value_pack(const struct aggregate_call *call, const void *at, struct record_out *out)
{
	const struct value_state *state = at;

	record_put_u32(out, state->n_in);
	record_put_u32(out, state->n_out);
	if (state->n_in != state->n_out)
		packed_put(out, &state->value, call->argument_types[0].kind);
}

static int value_unpack(const struct aggregate_call *call, struct record_reader *in, void *at,
	struct state_heap *heap)
{
	enum type_kind kind = call->argument_types[0].kind;
	struct value_state *state = at;
	struct kept value;

	state->n_in = record_get_u32(in);
	state->n_out = record_get_u32(in);
	if (in->is_short)
		return -EINVAL;
	if (state->n_in == state->n_out)
		return 0;
	if (packed_get(in, &value, call->argument_types[0]) != 0)
		return -EINVAL;
	return keep(state, &value, 0, kind, type_width(kind), heap) ? 0 : -ENOMEM;
}

// The first or the last row of a list; NULL where there is none.
static inline void put_listed(
	const struct lower *lower, uint16_t i, const struct listed *listed, uint16_t which)
{
	if (listed == NULL || listed->nulls >> which & 1)
		nulls_set(lower->column->nulls, i);
	else
		kept_put(&listed->values[which], lower->column, i, lower->call->result_type.kind);
}

static void list_first_lower(const struct lower *lower)
{
	for (uint16_t i = 0; i < lower->n; i++) {
		const struct list_state *list = const_state_at(lower->states[i], lower->offset);

		put_listed(lower, i, queue_front(&list->queue, listed_size(lower->call)), 0);
	}
}

static void list_last_lower(const struct lower *lower)
{
	for (uint16_t i = 0; i < lower->n; i++) {
		const struct list_state *list = const_state_at(lower->states[i], lower->offset);

		put_listed(lower, i, queue_back(&list->queue, listed_size(lower->call)), 0);
	}
}

// ---- LAG

static uint32_t lag_lift(const struct lift *lift)
{
	const struct lag_data *lag = lift->call->data;
	uint32_t n_lost = 0;

	for (uint16_t i = 0; i < lift->n; i++) {
		struct list_state *list;

		if (lift->states[i] == NULL)
			continue;
		list = state_at(lift->states[i], lift->offset);
		n_lost += !list_add(lift->call, list, lift->columns, lift->slots[i], lift->heap);
		if (list->queue.n > lag->offset + 1)
			list_drop_first(lift->call, list, lift->heap);
	}
	return n_lost;
}

static uint32_t lag_retract(const struct lift *)
{
	return 0;
}

static void lag_lower(const struct lower *lower)
{
	const struct lag_data *lag = lower->call->data;
	uint32_t size = listed_size(lower->call);
	bool has_default = lower->call->n_arguments > 1;

	for (uint16_t i = 0; i < lower->n; i++) {
		const struct list_state *list = const_state_at(lower->states[i], lower->offset);
		bool is_there = list->queue.n > lag->offset;

		if (is_there)
			put_listed(lower, i, queue_front(&list->queue, size), 0);
		else if (has_default) // the one that the newest row brings
			put_listed(lower, i, queue_back(&list->queue, size), 1);
		else
			nulls_set(lower->column->nulls, i);
	}
}

const struct aggregate aggregate_first = {
	.state_size = sizeof(struct value_state),
	.order = AGGREGATE_OLDEST_FIRST,
	.lift = first_lift,
	.combine = first_combine,
	.lower = value_lower,
	.release = value_release,
	.pack = value_pack,
	.unpack = value_unpack,
};

const struct aggregate aggregate_last = {
	.state_size = sizeof(struct value_state),
	.order = AGGREGATE_OLDEST_FIRST,
	.lift = last_lift,
	.combine = last_combine,
	.retract = last_retract,
	.lower = value_lower,
	.release = value_release,
	.pack = value_pack,
	.unpack = value_unpack,
};

const struct aggregate aggregate_list_first = {
	.state_size = sizeof(struct list_state),
	.is_list = true,
	.order = AGGREGATE_OLDEST_FIRST,
	.lift = list_lift,
	.combine = list_combine,
	.retract = list_retract,
	.lower = list_first_lower,
	.release = list_release,
	.pack = list_pack,
	.unpack = list_unpack,
};

const struct aggregate aggregate_list_last = {
	.state_size = sizeof(struct list_state),
	.is_list = true,
	.order = AGGREGATE_OLDEST_FIRST,
	.lift = list_lift,
	.combine = list_combine,
	.lower = list_last_lower,
	.release = list_release,
	.pack = list_pack,
	.unpack = list_unpack,
};

const struct aggregate aggregate_lag = {
	.state_size = sizeof(struct list_state),
	.takes_nulls = true,
	.lift = lag_lift,
	.combine = list_combine,
	.retract = lag_retract,
	.lower = lag_lower,
	.release = list_release,
	.pack = list_pack,
	.unpack = list_unpack,
};
