// ARRAY_AGG: a list, as an ARRAY in the order in which values came. COLLECT: a set that counts, as
// a MULTISET in the order of the values' bytes, so that it does not depend on the run.
#include <stdlib.h>
#include "operator/aggregate/out.h"
#include "operator/aggregate/packed.h"
#include "operator/aggregate/set_of.h"
#include "row/nested.h"

static bool make_array(const struct lower *lower, const struct list_state *list, struct str *result)
{
	struct result_heap *out = lower->out;
	struct queue_cursor cursor = {0};
	const struct listed *listed;
	struct nested_writer writer;
	uint32_t len;

	nested_array_begin(&writer, type_part(lower->call->result_type, PART_ELEMENT),
		list->queue.n, out->bytes + out->used, out->size - out->used);
	while ((listed = queue_next(&list->queue, &cursor, listed_size(lower->call))) != NULL)
		nested_put(&writer, listed->nulls & 1 ? NULL : &listed->values[0]);
	len = nested_end(&writer, result);
	out->used += len;
	return len > 0;
}

// NULL when there is nothing (ArrayAggFunction.getValue).
static void array_lower(const struct lower *lower)
{
	struct str *results = lower->column->values;

	for (uint16_t i = 0; i < lower->n; i++) {
		const struct list_state *list = const_state_at(lower->states[i], lower->offset);

		if (list->queue.n == 0)
			nulls_set(lower->column->nulls, i);
		else if (!make_array(lower, list, &results[i]))
			out_lost(lower, i);
	}
}

#define ARRAY(takes_nulls_)                                                             \
	{                                                                               \
		.state_size = sizeof(struct list_state), .takes_nulls = takes_nulls_,   \
		.is_list = true, .order = AGGREGATE_NEWEST_FIRST, .lift = list_lift,    \
		.combine = list_combine, .retract = list_retract, .lower = array_lower, \
		.release = list_release, .pack = list_pack, .unpack = list_unpack,      \
	}

const struct aggregate aggregate_array = ARRAY(false);
const struct aggregate aggregate_array_nulls = ARRAY(true);

// ---- COLLECT

static uint32_t collect_lift(const struct lift *lift)
{
	struct value_set_of of = set_of(lift->call, lift->heap);
	uint32_t width = type_width(of.kind), n_lost = 0;

	for (uint16_t i = 0; i < lift->n; i++)
		if (lift->states[i] != NULL)
			n_lost +=
				value_set_add(state_at(lift->states[i], lift->offset), &of,
					(const char *)lift->values + (size_t)lift->slots[i] * width,
					1) < 0;
	return n_lost;
}

static uint32_t collect_retract(const struct lift *lift)
{
	struct value_set_of of = set_of(lift->call, lift->heap);
	uint32_t width = type_width(of.kind);

	for (uint16_t i = 0; i < lift->n; i++)
		if (lift->states[i] != NULL)
			value_set_remove(state_at(lift->states[i], lift->offset), &of,
				(const char *)lift->values + (size_t)lift->slots[i] * width);
	return 0;
}

static uint32_t collect_combine(const struct merge *merge)
{
	struct value_set_of of = set_of(merge->call, merge->heap);
	uint32_t n_lost = 0;

	for (uint16_t i = 0; i < merge->n; i++) {
		const struct value_set *from = const_state_at(merge->from[i], merge->offset);
		struct value_set_cursor cursor = {0};
		const void *value;
		uint64_t times;

		if (merge->into[i] == NULL)
			continue;
		while ((value = value_set_next(from, of.kind, &cursor, &times)) != NULL)
			n_lost += value_set_add(state_at(merge->into[i], merge->offset), &of, value,
					  times) < 0;
	}
	return n_lost;
}

static void collect_release(const struct release *release)
{
	struct value_set_of of = set_of(release->call, release->heap);

	for (uint16_t i = 0; i < release->n; i++)
		if (release->states[i] != NULL)
			value_set_clear(state_at(release->states[i], release->offset), &of);
}

static void collect_pack(
	const struct aggregate_call *call, const void *state, struct record_out *out)
{
	packed_put_set(out, state, call->argument_types[0].kind);
}

static int collect_unpack(const struct aggregate_call *call, struct record_reader *in, void *state,
	struct state_heap *heap)
{
	struct value_set_of of = set_of(call, heap);

	return packed_get_set(in, state, &of, call->argument_types[0]);
}

static int by_text(const void *a, const void *b)
{
	return str_compare(*(const struct str *const *)a, *(const struct str *const *)b);
}

// As whole numbers: narrow values fill 8 bytes with zeros.
static int by_bits_8(const void *a, const void *b)
{
	uint64_t x = **(const uint64_t *const *)a, y = **(const uint64_t *const *)b;

	return (x > y) - (x < y);
}

static int by_bits_16(const void *a, const void *b)
{
	decimal x = **(const decimal_8 *const *)a, y = **(const decimal_8 *const *)b;

	return (x > y) - (x < y);
}

static void sort_values(const void **values, uint64_t n, enum type_kind kind)
{
	qsort(values, n, sizeof(*values),
		type_is_view(kind)     ? by_text
		: type_width(kind) > 8 ? by_bits_16
				       : by_bits_8);
}

static bool make_multiset(
	const struct lower *lower, const struct value_set *set, struct str *result)
{
	enum type_kind kind = lower->call->argument_types[0].kind;
	struct result_heap *out = lower->out;
	struct value_set_cursor cursor = {0};
	struct nested_writer writer;
	uint64_t n_free, times, n = 0;
	const void **values = out_pointers(out, set->n, &n_free), *value;
	uint32_t len;

	if (values == NULL)
		return false;
	while ((value = value_set_next(set, kind, &cursor, &times)) != NULL)
		values[n++] = value;
	sort_values(values, n, kind);
	nested_map_begin(
		&writer, lower->call->result_type, (uint32_t)n, out->bytes + out->used, n_free);
	for (uint64_t i = 0; i < n; i++)
		nested_put(&writer, values[i]);
	nested_map_values(&writer);
	for (uint64_t i = 0; i < n; i++) {
		uint64_t count = value_set_times(values[i]);
		int32_t item = count < INT32_MAX ? (int32_t)count : INT32_MAX;

		nested_put(&writer, &item);
	}
	len = nested_end(&writer, result);
	out->used += len;
	return len > 0;
}

static void collect_lower(const struct lower *lower)
{
	struct str *results = lower->column->values;

	for (uint16_t i = 0; i < lower->n; i++)
		if (!make_multiset(
			    lower, const_state_at(lower->states[i], lower->offset), &results[i]))
			out_lost(lower, i);
}

const struct aggregate aggregate_collect = {
	.state_size = sizeof(struct value_set),
	.lift = collect_lift,
	.combine = collect_combine,
	.retract = collect_retract,
	.lower = collect_lower,
	.release = collect_release,
	.pack = collect_pack,
	.unpack = collect_unpack,
};
