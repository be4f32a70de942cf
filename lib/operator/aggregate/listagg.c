// LISTAGG(x [, separator]): the strings in the order in which they came, NULLs left out; NULL when
// there is none (ListAggFunction, ListAggWsWithRetractAggFunction).
#include "operator/aggregate/out.h"

static uint64_t joined_len(
	const struct aggregate_call *call, const struct list_state *list, uint32_t separator_len)
{
	uint64_t len = 0;
	struct queue_cursor cursor = {0};
	const struct listed *listed;

	while ((listed = queue_next(&list->queue, &cursor, listed_size(call))) != NULL)
		len += listed->values[0].str.len + separator_len;
	return len - separator_len;
}

static bool join(const struct lower *lower, const struct list_state *list, struct str *result)
{
	const struct str *separator = &((const struct listagg_data *)lower->call->data)->separator;
	uint64_t len = joined_len(lower->call, list, separator->len);
	char *start = out_room(lower->out, len), *at = start;
	struct queue_cursor cursor = {0};
	const struct listed *listed;
	bool is_first = true;

	if (start == NULL)
		return false;
	while ((listed = queue_next(&list->queue, &cursor, listed_size(lower->call))) != NULL) {
		const struct str *value = &listed->values[0].str;

		if (!is_first) {
			memcpy(at, str_data(separator), separator->len);
			at += separator->len;
		}
		is_first = false;
		memcpy(at, str_data(value), value->len);
		at += value->len;
	}
	*result = str_view(start, (uint32_t)len);
	return true;
}

static void listagg_lower(const struct lower *lower)
{
	struct str *results = lower->column->values;

	for (uint16_t i = 0; i < lower->n; i++) {
		const struct list_state *list = const_state_at(lower->states[i], lower->offset);

		if (list->queue.n == 0)
			nulls_set(lower->column->nulls, i);
		else if (!join(lower, list, &results[i]))
			out_lost(lower, i);
	}
}

const struct aggregate aggregate_listagg = {
	.state_size = sizeof(struct list_state),
	.is_list = true,
	.order = AGGREGATE_NEWEST_FIRST,
	.lift = list_lift,
	.combine = list_combine,
	.retract = list_retract,
	.lower = listagg_lower,
	.release = list_release,
	.pack = list_pack,
	.unpack = list_unpack,
};
