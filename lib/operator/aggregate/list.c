#include "operator/aggregate/list.h"
#include <errno.h>
#include "operator/aggregate/packed.h"

static void give_values(
	const struct aggregate_call *call, struct listed *listed, struct state_heap *heap)
{
	for (uint16_t i = 0; i < call->n_arguments; i++)
		if (!(listed->nulls >> i & 1))
			kept_give(&listed->values[i], call->argument_types[i].kind, heap);
}

void list_drop_first(
	const struct aggregate_call *call, struct list_state *list, struct state_heap *heap)
{
	uint32_t size = listed_size(call);

	give_values(call, queue_front(&list->queue, size), heap);
	queue_pop_front(&list->queue, heap, size);
}

static bool drop_last(
	const struct aggregate_call *call, struct list_state *list, struct state_heap *heap)
{
	uint32_t size = listed_size(call);

	give_values(call, queue_back(&list->queue, size), heap);
	queue_pop_back(&list->queue, heap, size);
	return false;
}

// A row with all values NULL for now; NULL when there is no room.
static struct listed *push(
	const struct aggregate_call *call, struct list_state *list, struct state_heap *heap)
{
	struct listed *listed = queue_push(&list->queue, heap, listed_size(call));
	uint32_t number = list->n_in++;

	if (listed != NULL) {
		listed->number = number;
		listed->nulls = UINT8_MAX;
	}
	return listed;
}

bool list_add(const struct aggregate_call *call, struct list_state *list,
	const struct column *const *columns, uint16_t slot, struct state_heap *heap)
{
	struct listed *listed = push(call, list, heap);

	if (listed == NULL)
		return false;
	for (uint16_t i = 0; i < call->n_arguments; i++) {
		if (nulls_get(columns[i]->nulls, slot))
			continue;
		if (!kept_take(&listed->values[i], columns[i], slot, call->argument_types[i].kind,
			    heap))
			return drop_last(call, list, heap);
		listed->nulls &= (uint8_t) ~(1u << i);
	}
	return true;
}

bool list_copy(const struct aggregate_call *call, struct list_state *list,
	const struct listed *from, struct state_heap *heap)
{
	struct listed *listed = push(call, list, heap);

	if (listed == NULL)
		return false;
	for (uint16_t i = 0; i < call->n_arguments; i++) {
		struct column column = {.values = (void *)&from->values[i]};

		if (from->nulls >> i & 1)
			continue;
		if (!kept_take(&listed->values[i], &column, 0, call->argument_types[i].kind, heap))
			return drop_last(call, list, heap);
		listed->nulls &= (uint8_t) ~(1u << i);
	}
	return true;
}

uint32_t list_lift(const struct lift *lift)
{
	uint32_t n_lost = 0;

	for (uint16_t i = 0; i < lift->n; i++)
		if (lift->states[i] != NULL)
			n_lost += !list_add(lift->call, state_at(lift->states[i], lift->offset),
				lift->columns, lift->slots[i], lift->heap);
	return n_lost;
}

uint32_t list_retract(const struct lift *lift)
{
	for (uint16_t i = 0; i < lift->n; i++) {
		struct list_state *list;
		struct listed *first;

		if (lift->states[i] == NULL)
			continue;
		list = state_at(lift->states[i], lift->offset);
		first = queue_front(&list->queue, listed_size(lift->call));
		if (first != NULL && first->number == list->n_out)
			list_drop_first(lift->call, list, lift->heap);
		list->n_out++;
	}
	return 0;
}

uint32_t list_combine(const struct merge *merge)
{
	uint32_t size = listed_size(merge->call), n_lost = 0;

	for (uint16_t i = 0; i < merge->n; i++) {
		const struct list_state *from = const_state_at(merge->from[i], merge->offset);
		struct queue_cursor cursor = {0};
		const struct listed *listed;

		if (merge->into[i] == NULL)
			continue;
		while ((listed = queue_next(&from->queue, &cursor, size)) != NULL)
			n_lost += !list_copy(merge->call, state_at(merge->into[i], merge->offset),
				listed, merge->heap);
	}
	return n_lost;
}

void list_release(const struct release *release)
{
	uint32_t size = listed_size(release->call);

	for (uint16_t i = 0; i < release->n; i++) {
		struct list_state *list;
		struct queue_cursor cursor = {0};
		struct listed *listed;

		if (release->states[i] == NULL)
			continue;
		list = state_at(release->states[i], release->offset);
		while ((listed = queue_next(&list->queue, &cursor, size)) != NULL)
			give_values(release->call, listed, release->heap);
		queue_clear(&list->queue, release->heap);
	}
}

// ---- Checkpoints

void list_pack(const struct aggregate_call *call, const void *state, struct record_out *out)
{
	const struct list_state *list = state;
	struct queue_cursor cursor = {0};
	const struct listed *listed;

	record_put_u32(out, list->n_in);
	record_put_u32(out, list->n_out);
	record_put_u32(out, list->queue.n);
	while ((listed = queue_next(&list->queue, &cursor, listed_size(call))) != NULL) {
		record_put_u32(out, listed->number);
		record_put(out, &listed->nulls, sizeof(listed->nulls));
		for (uint16_t i = 0; i < call->n_arguments; i++)
			if (!(listed->nulls >> i & 1))
				packed_put(out, &listed->values[i], call->argument_types[i].kind);
	}
}

// The values of a row that was pushed, all NULL. Those that a function passes over cannot be.
static int unpack_values(const struct aggregate_call *call, struct record_reader *in,
	struct listed *listed, struct state_heap *heap)
{
	uint8_t nulls;

	record_get(in, &nulls, sizeof(nulls));
	if (in->is_short || (nulls & 1 && !call->function->takes_nulls))
		return -EINVAL;
	for (uint16_t i = 0; i < call->n_arguments; i++) {
		enum type_kind kind = call->argument_types[i].kind;
		struct kept value;
		struct column column = {.values = &value};

		if (nulls >> i & 1)
			continue;
		if (packed_get(in, &value, call->argument_types[i]) != 0)
			return -EINVAL;
		if (!kept_take(&listed->values[i], &column, 0, kind, heap))
			return -ENOMEM;
		listed->nulls &= (uint8_t) ~(1u << i);
	}
	return 0;
}

int list_unpack(const struct aggregate_call *call, struct record_reader *in, void *state,
	struct state_heap *heap)
{
	struct list_state *list = state;
	uint32_t n;
	int result;

	list->n_in = record_get_u32(in);
	list->n_out = record_get_u32(in);
	n = record_get_u32(in);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t number = record_get_u32(in);
		struct listed *listed;

		if (in->is_short)
			return -EINVAL;
		listed = queue_push(&list->queue, heap, listed_size(call));
		if (listed == NULL)
			return -ENOMEM;
		listed->number = number;
		listed->nulls = UINT8_MAX;
		result = unpack_values(call, in, listed, heap);
		if (result != 0)
			return result;
	}
	return in->is_short ? -EINVAL : 0;
}
