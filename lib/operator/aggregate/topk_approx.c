// TOPK_APPROX(x, k [, tracked]): the values that come most often by Space-Saving (heavy.h), as an
// ARRAY of ROWs, the most frequent first; of those that count the same the surer first, then the
// smaller value, so that the order does not depend on the run.
#include <stdlib.h>
#include "operator/aggregate/heavy.h"
#include "operator/aggregate/ordered.h"
#include "operator/aggregate/out.h"
#include "row/nested.h"

static struct heavy_of of_call(const struct aggregate_call *call, struct state_heap *heap)
{
	const struct topk_data *data = call->data;

	return heavy_of(heap, call->argument_types[0].kind, data->n_tracked);
}

static uint32_t topk_lift(const struct lift *lift)
{
	struct heavy_of of = of_call(lift->call, lift->heap);
	uint32_t width = type_width(of.kind), n_lost = 0;

	for (uint16_t i = 0; i < lift->n; i++)
		if (lift->states[i] != NULL)
			n_lost += !heavy_add(state_at(lift->states[i], lift->offset), &of,
				(const char *)lift->values + (size_t)lift->slots[i] * width);
	return n_lost;
}

static uint32_t topk_combine(const struct merge *merge)
{
	struct heavy_of of = of_call(merge->call, merge->heap);
	uint32_t n_lost = 0;

	for (uint16_t i = 0; i < merge->n; i++)
		if (merge->into[i] != NULL)
			n_lost += !heavy_merge(state_at(merge->into[i], merge->offset),
				const_state_at(merge->from[i], merge->offset), &of);
	return n_lost;
}

// ---- The result

static int by_value(const struct kept *a, const struct kept *b, enum type_kind kind)
{
	uint64_t x, y;

	if (type_is_view(kind))
		return str_compare(&a->str, &b->str);
	if (kind == TYPE_DECIMAL)
		return (a->decimal > b->decimal) - (a->decimal < b->decimal);
	x = ordered_load(kind, a);
	y = ordered_load(kind, b);
	return (x > y) - (x < y);
}

static int compare(
	const struct heavy_counter *a, const struct heavy_counter *b, enum type_kind kind)
{
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	if (a->error != b->error)
		return a->error < b->error ? -1 : 1;
	return by_value(&a->value, &b->value, kind);
}

// The first k of all, sorted, by insertion: top[:n]. Returns n.
static uint32_t pick(const struct heavy *heavy, enum type_kind kind, uint32_t k,
	const struct heavy_counter **top)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < heavy->n; i++) {
		const struct heavy_counter *counter = heavy_at(heavy, i);
		uint32_t at = n;

		if (n == k && compare(counter, top[n - 1], kind) > 0)
			continue;
		n += n < k;
		for (at = at < n ? at : n - 1; at > 0 && compare(counter, top[at - 1], kind) < 0;
			at--)
			top[at] = top[at - 1];
		top[at] = counter;
	}
	return n;
}

static bool make_array(const struct lower *lower, const struct heavy *heavy, struct str *result)
{
	const struct topk_data *data = lower->call->data;
	struct type row = type_part(lower->call->result_type, PART_ELEMENT);
	const struct heavy_counter *top[TOPK_MAX];
	struct result_heap *out = lower->out;
	struct nested_writer array;
	uint32_t n = pick(heavy, lower->call->argument_types[0].kind, data->k, top), len;

	nested_array_begin(&array, row, n, out->bytes + out->used, out->size - out->used);
	for (uint32_t i = 0; i < n; i++) {
		struct nested_writer item;
		uint64_t size;
		char *room = nested_room(&array, &size);

		nested_row_begin(&item, row, room, size);
		nested_put(&item, &top[i]->value);
		nested_put(&item, &top[i]->count);
		nested_put(&item, &top[i]->error);
		nested_put_written(&array, nested_end(&item, NULL));
	}
	len = nested_end(&array, result);
	out->used += len;
	return len > 0;
}

static void topk_lower(const struct lower *lower)
{
	struct str *results = lower->column->values;

	for (uint16_t i = 0; i < lower->n; i++) {
		const struct heavy *heavy = const_state_at(lower->states[i], lower->offset);

		if (heavy->n == 0)
			nulls_set(lower->column->nulls, i);
		else if (!make_array(lower, heavy, &results[i]))
			out_lost(lower, i);
	}
}

// ---- The heap and checkpoints

static void topk_release(const struct release *release)
{
	struct heavy_of of = of_call(release->call, release->heap);

	for (uint16_t i = 0; i < release->n; i++)
		if (release->states[i] != NULL)
			heavy_release(state_at(release->states[i], release->offset), &of);
}

static void topk_pack(const struct aggregate_call *call, const void *state, struct record_out *out)
{
	struct heavy_of of = of_call(call, NULL);

	heavy_pack(state, &of, out);
}

static int topk_unpack(const struct aggregate_call *call, struct record_reader *in, void *state,
	struct state_heap *heap)
{
	struct heavy_of of = of_call(call, heap);

	return heavy_unpack(state, &of, call->argument_types[0], in);
}

const struct aggregate aggregate_topk = {
	.state_size = sizeof(struct heavy),
	.lift = topk_lift,
	.combine = topk_combine,
	.lower = topk_lower,
	.release = topk_release,
	.pack = topk_pack,
	.unpack = topk_unpack,
};
