// MIN and MAX of an OVER frame, which rows leave in the order in which they came: a queue of the
// candidates alone.
//
//   idea   a value that comes makes all earlier ones that are not better than it useless: they
//          leave before it does. So the queue is sorted, and its front is the result.
//   time   O(1) amortised: each value is pushed and popped once
//   space  the candidates; all values of the frame at worst (values that fall, for MAX)
//   paper  Lemire, "Streaming maximum-minimum filter", 2006
//
// Values are numbered as they come, those that are lost too: one leaves when its number does.
#include <assert.h>
#include <errno.h>
#include "operator/aggregate/packed.h"
#include "state/queue.h"

struct sliding_state {
	struct queue queue; // of candidates
	uint32_t n_in, n_out; // values that came and went
};

#define NUMBER_LESS(a, b) ((a) < (b))
// NaN is the largest number, and the only value that differs from itself.
#define REAL_LESS(a, b) ((a) < (b) || ((b) != (b) && (a) == (a)))
#define MIN_BEATS(less, a, b) (!less(b, a))
#define MAX_BEATS(less, a, b) (!less(a, b))

// Where a candidate of a value of width bytes has its number, and how large it is.
#define NUMBER_AT(width) ((width) > 4 ? (width) : 4)
#define CANDIDATE_SIZE(width) ((NUMBER_AT(width) + 4 + 7) & ~7u)

// Kernels of one function for one type of numbers. beats: a, the newer one, is as good as b.
#define SLIDING_KERNELS(name, T, beats, less)                                                   \
	struct name##_candidate {                                                               \
		T value;                                                                        \
		uint32_t number;                                                                \
	} __attribute__((aligned(8)));                                                          \
	static_assert(sizeof(struct name##_candidate) == CANDIDATE_SIZE(sizeof(T)) &&           \
		      offsetof(struct name##_candidate, number) == NUMBER_AT(sizeof(T)));       \
                                                                                                \
	static bool name##_add(                                                                 \
		struct sliding_state *state, T value, uint32_t number, struct state_heap *heap) \
	{                                                                                       \
		struct name##_candidate *last;                                                  \
                                                                                                \
		while ((last = queue_back(&state->queue, sizeof(*last))) != NULL &&             \
			beats(less, value, last->value))                                        \
			queue_pop_back(&state->queue, heap, sizeof(*last));                     \
		last = queue_push(&state->queue, heap, sizeof(*last));                          \
		if (last == NULL)                                                               \
			return false;                                                           \
		last->value = value;                                                            \
		last->number = number;                                                          \
		return true;                                                                    \
	}                                                                                       \
                                                                                                \
	static uint32_t name##_lift(const struct lift *lift)                                    \
	{                                                                                       \
		const T *values = lift->values;                                                 \
		uint32_t n_lost = 0;                                                            \
                                                                                                \
		for (uint16_t i = 0; i < lift->n; i++) {                                        \
			struct sliding_state *state;                                            \
                                                                                                \
			if (lift->states[i] == NULL)                                            \
				continue;                                                       \
			state = state_at(lift->states[i], lift->offset);                        \
			n_lost += !name##_add(                                                  \
				state, values[lift->slots[i]], state->n_in++, lift->heap);      \
		}                                                                               \
		return n_lost;                                                                  \
	}                                                                                       \
                                                                                                \
	static uint32_t name##_retract(const struct lift *lift)                                 \
	{                                                                                       \
		for (uint16_t i = 0; i < lift->n; i++) {                                        \
			struct sliding_state *state;                                            \
			struct name##_candidate *first;                                         \
                                                                                                \
			if (lift->states[i] == NULL)                                            \
				continue;                                                       \
			state = state_at(lift->states[i], lift->offset);                        \
			first = queue_front(&state->queue, sizeof(*first));                     \
			if (first != NULL && first->number == state->n_out)                     \
				queue_pop_front(&state->queue, lift->heap, sizeof(*first));     \
			state->n_out++;                                                         \
		}                                                                               \
		return 0;                                                                       \
	}                                                                                       \
                                                                                                \
	static uint32_t name##_combine(const struct merge *merge)                               \
	{                                                                                       \
		uint32_t n_lost = 0;                                                            \
                                                                                                \
		for (uint16_t i = 0; i < merge->n; i++) {                                       \
			const struct sliding_state *from =                                      \
				const_state_at(merge->from[i], merge->offset);                  \
			struct sliding_state *into;                                             \
			struct queue_cursor cursor = {0};                                       \
			const struct name##_candidate *candidate;                               \
                                                                                                \
			if (merge->into[i] == NULL)                                             \
				continue;                                                       \
			into = state_at(merge->into[i], merge->offset);                         \
			while ((candidate = queue_next(                                         \
					&from->queue, &cursor, sizeof(*candidate))) != NULL)    \
				n_lost += !name##_add(into, candidate->value,                   \
					into->n_in + (candidate->number - from->n_out),         \
					merge->heap);                                           \
			into->n_in += from->n_in - from->n_out;                                 \
		}                                                                               \
		return n_lost;                                                                  \
	}                                                                                       \
                                                                                                \
	static void name##_lower(const struct lower *lower)                                     \
	{                                                                                       \
		T *results = lower->column->values;                                             \
                                                                                                \
		for (uint16_t i = 0; i < lower->n; i++) {                                       \
			const struct sliding_state *state =                                     \
				const_state_at(lower->states[i], lower->offset);                \
			const struct name##_candidate *first =                                  \
				queue_front(&state->queue, sizeof(*first));                     \
                                                                                                \
			if (first != NULL)                                                      \
				results[i] = first->value;                                      \
			else                                                                    \
				nulls_set(lower->column->nulls, i);                             \
		}                                                                               \
	}

#define SLIDING(name, T, less)                          \
	SLIDING_KERNELS(name##_min, T, MIN_BEATS, less) \
	SLIDING_KERNELS(name##_max, T, MAX_BEATS, less)

SLIDING(u8, uint8_t, NUMBER_LESS)
SLIDING(i8, int8_t, NUMBER_LESS)
SLIDING(i16, int16_t, NUMBER_LESS)
SLIDING(i32, int32_t, NUMBER_LESS)
SLIDING(i64, int64_t, NUMBER_LESS)
SLIDING(f32, float, REAL_LESS)
SLIDING(f64, double, REAL_LESS)
SLIDING(dec, decimal_8, NUMBER_LESS)

static void numbers_release(const struct release *release)
{
	for (uint16_t i = 0; i < release->n; i++)
		if (release->states[i] != NULL)
			queue_clear(&((struct sliding_state *)state_at(
					      release->states[i], release->offset))
					     ->queue,
				release->heap);
}

// n_in 4 │ n_out 4 │ n 4 │ n × (number 4, value)
static void head_pack(const struct sliding_state *state, struct record_out *out)
{
	record_put_u32(out, state->n_in);
	record_put_u32(out, state->n_out);
	record_put_u32(out, state->queue.n);
}

// Returns n.
static uint32_t head_unpack(struct sliding_state *state, struct record_reader *in)
{
	state->n_in = record_get_u32(in);
	state->n_out = record_get_u32(in);
	return record_get_u32(in);
}

static void numbers_pack(const struct aggregate_call *call, const void *at, struct record_out *out)
{
	uint32_t width = type_width(call->argument_types[0].kind);
	const struct sliding_state *state = at;
	struct queue_cursor cursor = {0};
	const char *candidate;

	head_pack(state, out);
	while ((candidate = queue_next(&state->queue, &cursor, CANDIDATE_SIZE(width))) != NULL) {
		record_put(out, candidate + NUMBER_AT(width), sizeof(uint32_t));
		record_put(out, candidate, width);
	}
}

static int numbers_unpack(const struct aggregate_call *call, struct record_reader *in, void *at,
	struct state_heap *heap)
{
	uint32_t width = type_width(call->argument_types[0].kind);
	struct sliding_state *state = at;
	uint32_t n = head_unpack(state, in);

	for (uint32_t i = 0; i < n; i++) {
		const char *bytes = record_take(in, sizeof(uint32_t) + width);
		char *candidate;

		if (bytes == NULL)
			return -EINVAL;
		candidate = queue_push(&state->queue, heap, CANDIDATE_SIZE(width));
		if (candidate == NULL)
			return -ENOMEM;
		memcpy(candidate + NUMBER_AT(width), bytes, sizeof(uint32_t));
		memcpy(candidate, bytes + sizeof(uint32_t), width);
	}
	return in->is_short ? -EINVAL : 0;
}

// ---- Strings: the bytes of long ones are in the heap

struct view_candidate {
	struct kept value;
	uint64_t number; // of n_in's 32 bits
};

static void pop_view(struct sliding_state *state, struct view_candidate *candidate, bool front,
	struct state_heap *heap)
{
	kept_give(&candidate->value, TYPE_VARCHAR, heap);
	if (front)
		queue_pop_front(&state->queue, heap, sizeof(*candidate));
	else
		queue_pop_back(&state->queue, heap, sizeof(*candidate));
}

// sign: 1 = MAX, −1 = MIN.
static bool view_add(struct sliding_state *state, const struct str *value, uint32_t number,
	int sign, struct state_heap *heap)
{
	struct column column = {.values = (void *)value};
	struct view_candidate *last;
	struct kept kept;

	if (!kept_take(&kept, &column, 0, TYPE_VARCHAR, heap))
		return false;
	while ((last = queue_back(&state->queue, sizeof(*last))) != NULL &&
		str_compare(value, &last->value.str) * sign >= 0)
		pop_view(state, last, false, heap);
	last = queue_push(&state->queue, heap, sizeof(*last));
	if (last == NULL) {
		kept_give(&kept, TYPE_VARCHAR, heap);
		return false;
	}
	last->value = kept;
	last->number = number;
	return true;
}

static inline uint32_t view_lift(const struct lift *lift, int sign)
{
	const struct str *values = lift->values;
	uint32_t n_lost = 0;

	for (uint16_t i = 0; i < lift->n; i++) {
		struct sliding_state *state;

		if (lift->states[i] == NULL)
			continue;
		state = state_at(lift->states[i], lift->offset);
		n_lost +=
			!view_add(state, &values[lift->slots[i]], state->n_in++, sign, lift->heap);
	}
	return n_lost;
}

static uint32_t view_min_lift(const struct lift *lift)
{
	return view_lift(lift, -1);
}

static uint32_t view_max_lift(const struct lift *lift)
{
	return view_lift(lift, 1);
}

static uint32_t view_retract(const struct lift *lift)
{
	for (uint16_t i = 0; i < lift->n; i++) {
		struct sliding_state *state;
		struct view_candidate *first;

		if (lift->states[i] == NULL)
			continue;
		state = state_at(lift->states[i], lift->offset);
		first = queue_front(&state->queue, sizeof(*first));
		if (first != NULL && first->number == state->n_out)
			pop_view(state, first, true, lift->heap);
		state->n_out++;
	}
	return 0;
}

static inline uint32_t view_combine(const struct merge *merge, int sign)
{
	uint32_t n_lost = 0;

	for (uint16_t i = 0; i < merge->n; i++) {
		const struct sliding_state *from = const_state_at(merge->from[i], merge->offset);
		struct sliding_state *into;
		struct queue_cursor cursor = {0};
		const struct view_candidate *candidate;

		if (merge->into[i] == NULL)
			continue;
		into = state_at(merge->into[i], merge->offset);
		while ((candidate = queue_next(&from->queue, &cursor, sizeof(*candidate))) != NULL)
			n_lost += !view_add(into, &candidate->value.str,
				into->n_in + ((uint32_t)candidate->number - from->n_out), sign,
				merge->heap);
		into->n_in += from->n_in - from->n_out;
	}
	return n_lost;
}

static uint32_t view_min_combine(const struct merge *merge)
{
	return view_combine(merge, -1);
}

static uint32_t view_max_combine(const struct merge *merge)
{
	return view_combine(merge, 1);
}

static void view_lower(const struct lower *lower)
{
	for (uint16_t i = 0; i < lower->n; i++) {
		const struct sliding_state *state = const_state_at(lower->states[i], lower->offset);
		const struct view_candidate *first = queue_front(&state->queue, sizeof(*first));

		if (first != NULL)
			kept_put(&first->value, lower->column, i, TYPE_VARCHAR);
		else
			nulls_set(lower->column->nulls, i);
	}
}

static void views_release(const struct release *release)
{
	for (uint16_t i = 0; i < release->n; i++) {
		struct sliding_state *state;
		struct view_candidate *first;

		if (release->states[i] == NULL)
			continue;
		state = state_at(release->states[i], release->offset);
		while ((first = queue_front(&state->queue, sizeof(*first))) != NULL)
			pop_view(state, first, true, release->heap);
		queue_clear(&state->queue, release->heap);
	}
}

static void views_pack(const struct aggregate_call *, const void *at, struct record_out *out)
{
	const struct sliding_state *state = at;
	struct queue_cursor cursor = {0};
	const struct view_candidate *candidate;

	head_pack(state, out);
	while ((candidate = queue_next(&state->queue, &cursor, sizeof(*candidate))) != NULL) {
		record_put_u32(out, (uint32_t)candidate->number);
		packed_put(out, &candidate->value, TYPE_VARCHAR);
	}
}

static int views_unpack(
	const struct aggregate_call *, struct record_reader *in, void *at, struct state_heap *heap)
{
	struct sliding_state *state = at;
	uint32_t n = head_unpack(state, in);

	for (uint32_t i = 0; i < n; i++) {
		uint32_t number = record_get_u32(in);
		struct kept value;
		struct column column = {.values = &value};
		struct view_candidate *candidate;

		if (packed_get(in, &value, type_of(TYPE_VARCHAR)) != 0)
			return -EINVAL;
		candidate = queue_push(&state->queue, heap, sizeof(*candidate));
		if (candidate == NULL)
			return -ENOMEM;
		*candidate = (struct view_candidate){.number = number};
		if (!kept_take(&candidate->value, &column, 0, TYPE_VARCHAR, heap)) {
			candidate->value = (struct kept){0};
			return -ENOMEM;
		}
	}
	return in->is_short ? -EINVAL : 0;
}

#define ENTRY(name, retract_, lower_, values)                                                  \
	{                                                                                      \
		.state_size = sizeof(struct sliding_state), .lift = name##_lift,               \
		.combine = name##_combine, .retract = retract_, .lower = lower_,               \
		.release = values##_release, .pack = values##_pack, .unpack = values##_unpack, \
	}
#define BOTH(name)                                                                       \
	{                                                                                \
		ENTRY(name##_min, name##_min_retract, name##_min_lower, numbers),        \
			ENTRY(name##_max, name##_max_retract, name##_max_lower, numbers) \
	}
#define VIEWS                                                            \
	{                                                                \
		ENTRY(view_min, view_retract, view_lower, views),        \
			ENTRY(view_max, view_retract, view_lower, views) \
	}

static const struct aggregate extremes[TYPE_KINDS][2] = {
	[TYPE_BOOLEAN] = BOTH(u8),
	[TYPE_TINYINT] = BOTH(i8),
	[TYPE_SMALLINT] = BOTH(i16),
	[TYPE_INT] = BOTH(i32),
	[TYPE_BIGINT] = BOTH(i64),
	[TYPE_FLOAT] = BOTH(f32),
	[TYPE_DOUBLE] = BOTH(f64),
	[TYPE_DECIMAL] = BOTH(dec),
	[TYPE_CHAR] = VIEWS,
	[TYPE_VARCHAR] = VIEWS,
	[TYPE_BINARY] = VIEWS,
	[TYPE_VARBINARY] = VIEWS,
	[TYPE_DATE] = BOTH(i32),
	[TYPE_TIME] = BOTH(i32),
	[TYPE_TIMESTAMP] = BOTH(i64),
	[TYPE_TIMESTAMP_LTZ] = BOTH(i64),
	[TYPE_INTERVAL_DAY] = BOTH(i64),
	[TYPE_INTERVAL_YEAR] = BOTH(i32),
};

const struct aggregate *sliding_extreme_for(enum type_kind kind, bool max)
{
	const struct aggregate *aggregate = &extremes[kind][max];

	return aggregate->lift != NULL ? aggregate : NULL;
}
