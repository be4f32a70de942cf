// JSON_ARRAYAGG and JSON_OBJECTAGG. Their arguments come as JSON already (the binder makes
// JSON_STRING(x) of them, as Flink's WrapJsonAggFunctionArgumentsRule does), so that a result is
// put together of lists of strings.
//
// An array keeps the order in which values came. An object's keys are sorted; a key that came
// twice has the value that came last (Flink ends the job).
#include <stdlib.h>
#include "operator/aggregate/out.h"

static const struct str null_text = {.len = 4, .prefix = "null"};

static bool is_absent(const struct aggregate_call *call, uint8_t nulls, uint16_t which)
{
	return nulls >> which & 1 && ((const struct json_data *)call->data)->absent_on_null;
}

static const struct str *text_of(const struct listed *listed, uint16_t which)
{
	return listed->nulls >> which & 1 ? &null_text : &listed->values[which].str;
}

static char *put(char *at, const struct str *text)
{
	memcpy(at, str_data(text), text->len);
	return at + text->len;
}

// ---- JSON_ARRAYAGG

static uint64_t array_len(const struct aggregate_call *call, const struct list_state *list)
{
	struct queue_cursor cursor = {0};
	const struct listed *listed;
	uint64_t len = 2;

	while ((listed = queue_next(&list->queue, &cursor, listed_size(call))) != NULL)
		len += text_of(listed, 0)->len + 1;
	return len - (list->queue.n > 0);
}

static void array_lower(const struct lower *lower)
{
	struct str *results = lower->column->values;
	uint32_t size = listed_size(lower->call);

	for (uint16_t i = 0; i < lower->n; i++) {
		const struct list_state *list = const_state_at(lower->states[i], lower->offset);
		uint64_t len = array_len(lower->call, list);
		char *start = out_room(lower->out, len), *at = start;
		struct queue_cursor cursor = {0};
		const struct listed *listed;

		if (start == NULL) {
			out_lost(lower, i);
			continue;
		}
		*at++ = '[';
		while ((listed = queue_next(&list->queue, &cursor, size)) != NULL) {
			if (at != start + 1)
				*at++ = ',';
			at = put(at, text_of(listed, 0));
		}
		*at++ = ']';
		results[i] = str_view(start, (uint32_t)len);
	}
}

// ---- JSON_OBJECTAGG

static int by_key_and_age(const void *a, const void *b)
{
	const struct listed *x = *(const struct listed *const *)a;
	const struct listed *y = *(const struct listed *const *)b;
	int order = str_compare(&x->values[0].str, &y->values[0].str);

	return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

// The rows that are in the object, sorted: pairs[:n]. Returns n.
static uint32_t sort_pairs(
	const struct aggregate_call *call, const struct list_state *list, const void **pairs)
{
	struct queue_cursor cursor = {0};
	const struct listed *listed;
	uint32_t n = 0, n_kept = 0;

	while ((listed = queue_next(&list->queue, &cursor, listed_size(call))) != NULL)
		if (!is_absent(call, listed->nulls, 1))
			pairs[n++] = listed;
	qsort(pairs, n, sizeof(*pairs), by_key_and_age);
	for (uint32_t i = 0; i < n; i++) {
		const struct listed *pair = pairs[i], *next = i + 1 < n ? pairs[i + 1] : NULL;

		if (next == NULL || !str_equal(&pair->values[0].str, &next->values[0].str))
			pairs[n_kept++] = pair;
	}
	return n_kept;
}

static bool make_object(
	const struct lower *lower, const struct list_state *list, struct str *result)
{
	uint64_t n_free, len = 2;
	const void **pairs = out_pointers(lower->out, list->queue.n, &n_free);
	uint32_t n;
	char *at, *start;

	if (pairs == NULL)
		return false;
	n = sort_pairs(lower->call, list, pairs);
	for (uint32_t i = 0; i < n; i++)
		len += (i > 0) + text_of(pairs[i], 0)->len + 1 + text_of(pairs[i], 1)->len;
	if (len > n_free)
		return false;
	start = at = out_room(lower->out, len);
	*at++ = '{';
	for (uint32_t i = 0; i < n; i++) {
		if (i > 0)
			*at++ = ',';
		at = put(at, text_of(pairs[i], 0));
		*at++ = ':';
		at = put(at, text_of(pairs[i], 1));
	}
	*at++ = '}';
	*result = str_view(start, (uint32_t)len);
	return true;
}

static void object_lower(const struct lower *lower)
{
	struct str *results = lower->column->values;

	for (uint16_t i = 0; i < lower->n; i++)
		if (!make_object(
			    lower, const_state_at(lower->states[i], lower->offset), &results[i]))
			out_lost(lower, i);
}

#define LIST_OF(takes_nulls_, order_, lower_)                                                 \
	{                                                                                     \
		.state_size = sizeof(struct list_state), .takes_nulls = takes_nulls_,         \
		.is_list = true, .order = order_, .lift = list_lift, .combine = list_combine, \
		.retract = list_retract, .lower = lower_, .release = list_release,            \
		.pack = list_pack, .unpack = list_unpack,                                     \
	}

const struct aggregate aggregate_json_array = LIST_OF(false, AGGREGATE_NEWEST_FIRST, array_lower);
const struct aggregate aggregate_json_array_nulls =
	LIST_OF(true, AGGREGATE_NEWEST_FIRST, array_lower);
const struct aggregate aggregate_json_object = LIST_OF(false, AGGREGATE_OLDEST_FIRST, object_lower);
