// PERCENTILE(x, p [, frequency]): exact, of the values in their order with linear interpolation
// between neighbours, as Flink's PercentileAggFunction: the place is p * (n − 1).
//
//   idea   the state is a list of the values as they came; the k-th smallest of it is found by
//          radix selection, a byte of its bit pattern at a time, the most significant first: each
//          pass counts the values that begin with the bytes found so far by their next byte
//   time   8 passes over the list for each of both neighbours, when the result is wanted
//   space  the list; a pass has 256 counters and copies nothing
#include "operator/aggregate/ordered.h"
#include "operator/aggregate/out.h"
#include "row/nested.h"

enum { BYTE_VALUES = 256 };

// How often the row's value counts: 0 when the frequency is NULL or not positive.
static uint64_t times(const struct aggregate_call *call, const struct listed *listed)
{
	int64_t frequency;

	if (call->n_arguments == 1)
		return 1;
	frequency = (int64_t)listed->values[1].words[0];
	if (listed->nulls & 2 || frequency < 0)
		return 0;
	return frequency < UINT32_MAX ? (uint64_t)frequency : UINT32_MAX; // sums fit 64 bits
}

static uint64_t count_all(const struct aggregate_call *call, const struct list_state *list)
{
	struct queue_cursor cursor = {0};
	const struct listed *listed;
	uint64_t n = 0;

	while ((listed = queue_next(&list->queue, &cursor, listed_size(call))) != NULL)
		n += times(call, listed);
	return n;
}

// The k-th smallest value, k from 0.
static double select_value(
	const struct aggregate_call *call, const struct list_state *list, uint64_t k)
{
	uint64_t found = 0, mask = 0;

	for (int shift = 56; shift >= 0; shift -= 8) {
		uint64_t counts[BYTE_VALUES] = {0}, byte = 0;
		struct queue_cursor cursor = {0};
		const struct listed *listed;

		while ((listed = queue_next(&list->queue, &cursor, listed_size(call))) != NULL) {
			uint64_t ordered = ordered_from_bits(listed->values[0].words[0]);

			if ((ordered & mask) == found)
				counts[ordered >> shift & 0xff] += times(call, listed);
		}
		for (; k >= counts[byte]; byte++)
			k -= counts[byte];
		found |= byte << shift;
		mask |= 0xffull << shift;
	}
	return ordered_to_double(found);
}

static double percentile(
	const struct aggregate_call *call, const struct list_state *list, uint64_t n, double p)
{
	double place = p * (double)(n - 1);
	uint64_t k = (uint64_t)place;
	double low = select_value(call, list, k), high;

	if ((double)k == place)
		return low;
	high = select_value(call, list, k + 1);
	if (low == high)
		return low;
	return ((double)(k + 1) - place) * low + (place - (double)k) * high;
}

static bool make_array(
	const struct lower *lower, const struct list_state *list, uint64_t n, struct str *result)
{
	const struct percentile_data *data = lower->call->data;
	struct result_heap *out = lower->out;
	struct nested_writer writer;
	uint32_t len;

	nested_array_begin(&writer, type_of(TYPE_DOUBLE), data->n, out->bytes + out->used,
		out->size - out->used);
	for (uint16_t i = 0; i < data->n; i++) {
		double value = percentile(lower->call, list, n, data->p[i]);

		nested_put(&writer, &value);
	}
	len = nested_end(&writer, result);
	out->used += len;
	return len > 0;
}

static void percentile_lower(const struct lower *lower)
{
	const struct percentile_data *data = lower->call->data;
	void *results = lower->column->values;

	for (uint16_t i = 0; i < lower->n; i++) {
		const struct list_state *list = const_state_at(lower->states[i], lower->offset);
		uint64_t n = count_all(lower->call, list);

		if (n == 0)
			nulls_set(lower->column->nulls, i);
		else if (data->n == 0)
			((double *)results)[i] = percentile(lower->call, list, n, data->p[0]);
		else if (!make_array(lower, list, n, (struct str *)results + i))
			out_lost(lower, i);
	}
}

const struct aggregate aggregate_percentile = {
	.state_size = sizeof(struct list_state),
	.is_list = true,
	.lift = list_lift,
	.combine = list_combine,
	.retract = list_retract,
	.lower = percentile_lower,
	.release = list_release,
	.pack = list_pack,
	.unpack = list_unpack,
};
