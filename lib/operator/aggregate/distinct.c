// DISTINCT: a wrapper around another function. Its state is the set of the values that the group
// has, then the other function's state, which is given each value when it is new and gives it back
// when its last occurrence goes.
//
// Merging adds what the set of the one has and that of the other has not: to a list (LISTAGG …) in
// the list's order, to all others in the set's, which is no matter but for the rounding of sums of
// floating-point numbers.
#include "operator/aggregate/list.h"
#include "operator/aggregate/packed.h"
#include "operator/aggregate/set_of.h"

struct distinct_state {
	struct value_set set;
	uint64_t n_nulls; // rows with NULL, where the function takes them
	char inner[]; // the other function's state
};

enum { INNER = offsetof(struct distinct_state, inner) };

struct distinct_data {
	struct aggregate wrapper;
	struct aggregate_call inner;
};

static const struct aggregate_call *inner_of(const struct aggregate_call *call)
{
	return &((const struct distinct_data *)call->data)->inner;
}

// The rows of a block whose values are new, or gone.
struct changed {
	uint16_t n;
	uint16_t slots[BLOCK_ROWS_MAX];
	void *states[BLOCK_ROWS_MAX];
};

static uint32_t pass_on(const struct lift *lift, const struct changed *changed,
	uint32_t (*kernel)(const struct lift *lift))
{
	struct lift inner = *lift;

	inner.call = inner_of(lift->call);
	inner.slots = changed->slots;
	inner.states = changed->states;
	inner.n = changed->n;
	inner.offset += INNER;
	return kernel(&inner);
}

static uint32_t distinct_lift(const struct lift *lift)
{
	struct value_set_of of = set_of(lift->call, lift->heap);
	uint32_t width = type_width(of.kind), n_lost = 0;
	struct changed changed;

	changed.n = 0;
	for (uint16_t i = 0; i < lift->n; i++) {
		const char *value = (const char *)lift->values + (size_t)lift->slots[i] * width;
		struct distinct_state *state;
		int added;

		if (lift->states[i] == NULL)
			continue;
		state = state_at(lift->states[i], lift->offset);
		if (nulls_get(lift->columns[0]->nulls, lift->slots[i]))
			added = state->n_nulls++ == 0;
		else
			added = value_set_add(&state->set, &of, value, 1);
		changed.slots[changed.n] = lift->slots[i];
		changed.states[changed.n] = lift->states[i];
		changed.n += added > 0;
		n_lost += added < 0;
	}
	return n_lost + pass_on(lift, &changed, inner_of(lift->call)->function->lift);
}

static uint32_t distinct_retract(const struct lift *lift)
{
	struct value_set_of of = set_of(lift->call, lift->heap);
	uint32_t width = type_width(of.kind);
	struct changed changed;

	changed.n = 0;
	for (uint16_t i = 0; i < lift->n; i++) {
		const char *value = (const char *)lift->values + (size_t)lift->slots[i] * width;
		struct distinct_state *state;

		if (lift->states[i] == NULL)
			continue;
		state = state_at(lift->states[i], lift->offset);
		changed.slots[changed.n] = lift->slots[i];
		changed.states[changed.n] = lift->states[i];
		changed.n += value_set_remove(&state->set, &of, value);
	}
	return pass_on(lift, &changed, inner_of(lift->call)->function->retract);
}

// ---- Merging

// Values on their way from one state's set to the other's function.
struct batch {
	struct column column;
	struct changed changed;
	_Alignas(16) char values[BLOCK_ROWS_MAX * 16];
};

static uint32_t flush(const struct merge *merge, struct batch *batch)
{
	const struct aggregate_call *inner = inner_of(merge->call);
	struct lift lift = {
		.call = inner,
		.values = batch->values,
		.columns = {&batch->column},
		.slots = batch->changed.slots,
		.states = batch->changed.states,
		.n = batch->changed.n,
		.offset = merge->offset + INNER,
		.heap = merge->heap,
	};

	batch->changed.n = 0;
	return inner->function->lift(&lift);
}

static uint32_t merge_sets(const struct merge *merge, uint16_t i, struct batch *batch)
{
	struct value_set_of of = set_of(merge->call, merge->heap);
	const struct distinct_state *from = const_state_at(merge->from[i], merge->offset);
	struct distinct_state *into = state_at(merge->into[i], merge->offset);
	uint32_t width = type_width(of.kind), n_lost = 0;
	struct value_set_cursor cursor = {0};
	const void *value;
	uint64_t times;

	while ((value = value_set_next(&from->set, of.kind, &cursor, &times)) != NULL) {
		uint16_t k = batch->changed.n;
		int added = value_set_add(&into->set, &of, value, times);

		n_lost += added < 0;
		if (added <= 0)
			continue;
		memcpy(batch->values + (size_t)k * width, value, width);
		batch->changed.slots[k] = k;
		batch->changed.states[k] = merge->into[i];
		if (++batch->changed.n == BLOCK_ROWS_MAX)
			n_lost += flush(merge, batch);
	}
	return n_lost;
}

// What is new in the order of the list.
static uint32_t merge_lists(const struct merge *merge, uint16_t i)
{
	const struct aggregate_call *inner = inner_of(merge->call);
	struct value_set_of of = set_of(merge->call, merge->heap);
	const struct distinct_state *from = const_state_at(merge->from[i], merge->offset);
	struct distinct_state *into = state_at(merge->into[i], merge->offset);
	const struct list_state *list = const_state_at(from, INNER);
	struct queue_cursor cursor = {0};
	const struct listed *listed;
	uint32_t n_lost = 0;

	while ((listed = queue_next(&list->queue, &cursor, listed_size(inner))) != NULL) {
		int added;

		if (listed->nulls & 1)
			added = into->n_nulls++ == 0;
		else
			added = value_set_add(&into->set, &of, &listed->values[0], 1);
		n_lost += added < 0;
		if (added > 0)
			n_lost += !list_copy(inner, state_at(into, INNER), listed, merge->heap);
	}
	return n_lost;
}

static uint32_t distinct_combine(const struct merge *merge)
{
	bool is_list = inner_of(merge->call)->function->is_list;
	struct batch batch = {.column.values = batch.values};
	uint32_t n_lost = 0;

	for (uint16_t i = 0; i < merge->n; i++) {
		if (merge->into[i] == NULL)
			continue;
		n_lost += is_list ? merge_lists(merge, i) : merge_sets(merge, i, &batch);
	}
	return n_lost + (batch.changed.n > 0 ? flush(merge, &batch) : 0);
}

static void distinct_lower(const struct lower *lower)
{
	struct lower inner = *lower;

	inner.call = inner_of(lower->call);
	inner.offset += INNER;
	inner.call->function->lower(&inner);
}

static void distinct_release(const struct release *release)
{
	struct value_set_of of = set_of(release->call, release->heap);
	struct release inner = *release;

	for (uint16_t i = 0; i < release->n; i++)
		if (release->states[i] != NULL)
			value_set_clear(&((struct distinct_state *)state_at(
						  release->states[i], release->offset))
						 ->set,
				&of);
	inner.call = inner_of(release->call);
	inner.offset += INNER;
	if (inner.call->function->release != NULL)
		inner.call->function->release(&inner);
}

// n_nulls 8 │ set │ the other function's state
static void distinct_pack(const struct aggregate_call *call, const void *at, struct record_out *out)
{
	const struct distinct_state *state = at;

	record_put_u64(out, state->n_nulls);
	packed_put_set(out, &state->set, call->argument_types[0].kind);
	aggregate_pack(inner_of(call), state, INNER, out);
}

static int distinct_unpack(const struct aggregate_call *call, struct record_reader *in, void *at,
	struct state_heap *heap)
{
	struct value_set_of of = set_of(call, heap);
	struct distinct_state *state = at;
	int result;

	state->n_nulls = record_get_u64(in);
	result = packed_get_set(in, &state->set, &of, call->argument_types[0]);
	return result != 0 ? result : aggregate_unpack(inner_of(call), in, state, INNER, heap);
}

void distinct_wrap(struct aggregate_call *call, struct arena *arena)
{
	struct distinct_data *data = arena_alloc(arena, sizeof(*data));
	const struct aggregate *function = call->function;

	data->inner = *call;
	data->wrapper = (struct aggregate){
		.state_size = INNER + function->state_size,
		.state_version = function->state_version,
		.takes_nulls = function->takes_nulls,
		.order = function->order,
		.lift = distinct_lift,
		.combine = distinct_combine,
		// A list gives back its oldest value only.
		.retract =
			function->retract != NULL && !function->is_list ? distinct_retract : NULL,
		.lower = distinct_lower,
		.release = distinct_release,
		.pack = distinct_pack,
		.unpack = distinct_unpack,
	};
	call->function = &data->wrapper;
	call->data = data;
	call->distinct = true;
}
