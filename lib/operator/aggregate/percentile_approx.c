// PERCENTILE_APPROX(x, p): one of the values, by a KLL sketch of them (kll.h). What has no more
// than 64 bits is sketched as it is, so that whole numbers, times and prices come out as they went
// in.
#include "operator/aggregate/kll.h"
#include "operator/aggregate/ordered.h"
#include "operator/aggregate/out.h"
#include "row/nested.h"

static uint32_t approx_lift(const struct lift *lift)
{
	enum type_kind kind = lift->call->argument_types[0].kind;
	uint32_t width = type_width(kind), n_lost = 0;

	for (uint16_t i = 0; i < lift->n; i++) {
		const void *value = (const char *)lift->values + (size_t)lift->slots[i] * width;

		if (lift->states[i] != NULL)
			n_lost += !kll_add(state_at(lift->states[i], lift->offset),
				ordered_load(kind, value), lift->heap);
	}
	return n_lost;
}

static uint32_t approx_combine(const struct merge *merge)
{
	uint32_t n_lost = 0;

	for (uint16_t i = 0; i < merge->n; i++)
		if (merge->into[i] != NULL)
			n_lost += !kll_merge(state_at(merge->into[i], merge->offset),
				const_state_at(merge->from[i], merge->offset), merge->heap);
	return n_lost;
}

static bool make_array(const struct lower *lower, const struct kll *kll, struct str *result)
{
	const struct percentile_data *data = lower->call->data;
	struct type element = lower->call->argument_types[0];
	struct result_heap *out = lower->out;
	struct nested_writer writer;
	uint32_t len;

	nested_array_begin(
		&writer, element, data->n, out->bytes + out->used, out->size - out->used);
	for (uint16_t i = 0; i < data->n; i++) {
		decimal_8 value;

		ordered_store(element.kind, kll_quantile(kll, data->p[i]), &value);
		nested_put(&writer, &value);
	}
	len = nested_end(&writer, result);
	out->used += len;
	return len > 0;
}

static void approx_lower(const struct lower *lower)
{
	const struct percentile_data *data = lower->call->data;
	enum type_kind kind = lower->call->argument_types[0].kind;
	char *results = lower->column->values;

	for (uint16_t i = 0; i < lower->n; i++) {
		const struct kll *kll = const_state_at(lower->states[i], lower->offset);

		if (kll_count(kll) == 0)
			nulls_set(lower->column->nulls, i);
		else if (data->n == 0)
			ordered_store(kind, kll_quantile(kll, data->p[0]),
				results + (size_t)i * type_width(kind));
		else if (!make_array(lower, kll, (struct str *)(void *)results + i))
			out_lost(lower, i);
	}
}

static void approx_release(const struct release *release)
{
	for (uint16_t i = 0; i < release->n; i++)
		if (release->states[i] != NULL)
			kll_release(state_at(release->states[i], release->offset), release->heap);
}

static void approx_pack(const struct aggregate_call *, const void *state, struct record_out *out)
{
	kll_pack(state, out);
}

static int approx_unpack(const struct aggregate_call *, struct record_reader *in, void *state,
	struct state_heap *heap)
{
	return kll_unpack(state, in, heap);
}

const struct aggregate aggregate_percentile_approx = {
	.state_size = sizeof(struct kll),
	.lift = approx_lift,
	.combine = approx_combine,
	.lower = approx_lower,
	.release = approx_release,
	.pack = approx_pack,
	.unpack = approx_unpack,
};
