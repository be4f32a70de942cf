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
#include "operator/aggregate/kept.h"
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

// Kernels of one function for one type of numbers. beats: a, the newer one, is as good as b.
#define SLIDING_KERNELS(name, T, beats, less)                                                   \
	struct name##_candidate {                                                               \
		T value;                                                                        \
		uint32_t number;                                                                \
	} __attribute__((aligned(8)));                                                          \
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

#define ENTRY(name, retract_, lower_, release_)                                  \
	{                                                                        \
		.state_size = sizeof(struct sliding_state), .lift = name##_lift, \
		.combine = name##_combine, .retract = retract_, .lower = lower_, \
		.release = release_,                                             \
	}
#define BOTH(name)                                                                               \
	{                                                                                        \
		ENTRY(name##_min, name##_min_retract, name##_min_lower, numbers_release),        \
			ENTRY(name##_max, name##_max_retract, name##_max_lower, numbers_release) \
	}
#define VIEWS                                                                    \
	{                                                                        \
		ENTRY(view_min, view_retract, view_lower, views_release),        \
			ENTRY(view_max, view_retract, view_lower, views_release) \
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
