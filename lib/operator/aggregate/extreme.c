// MIN and MAX. NaN is larger than every number, so that the order of rows does not matter.
//
// Narrow values share 8 bytes of state with the mark that there is one. Long strings have their
// bytes in the heap, in room that is used again by what fits (string_room.h), so that a state's
// strings take at most about twice what its longest one needed.
#include <errno.h>
#include "operator/aggregate/packed.h"
#include "operator/aggregate/string_room.h"

typedef struct str view;

#define NUMBER_LESS(a, b) ((a) < (b))
// NaN is the only value that differs from itself.
#define REAL_LESS(a, b) ((a) < (b) || ((b) != (b) && (a) == (a)))
#define MIN_WINS(less, a, b) less(a, b)
#define MAX_WINS(less, a, b) less(b, a)

// Kernels of one function for one type. flag is as wide as the value, 8 bytes at most: no padding.
#define EXTREME_KERNELS(name, T, flag, wins, less)                                                 \
	struct name##_state {                                                                      \
		T value;                                                                           \
		flag is_set;                                                                       \
	} __attribute__((aligned(8)));                                                             \
                                                                                                   \
	static inline void name##_take(struct name##_state *state, T value)                        \
	{                                                                                          \
		bool win = !state->is_set | (wins(less, value, state->value));                     \
                                                                                                   \
		state->value = win ? value : state->value;                                         \
		state->is_set = 1;                                                                 \
	}                                                                                          \
                                                                                                   \
	static uint32_t name##_lift(const struct lift *lift)                                       \
	{                                                                                          \
		const struct lift rows = *lift;                                                    \
		const T *values = rows.values;                                                     \
                                                                                                   \
		for (uint16_t i = 0; i < rows.n; i++)                                              \
			if (rows.states[i] != NULL)                                                \
				name##_take(state_at(rows.states[i], rows.offset),                 \
					values[rows.slots[i]]);                                    \
		return 0;                                                                          \
	}                                                                                          \
                                                                                                   \
	static uint32_t name##_lift_one(const struct lift *lift)                                   \
	{                                                                                          \
		const struct lift rows = *lift;                                                    \
		const T *values = rows.values;                                                     \
		T best;                                                                            \
                                                                                                   \
		if (rows.n == 0)                                                                   \
			return 0;                                                                  \
		best = values[rows.slots[0]];                                                      \
		for (uint16_t i = 1; i < rows.n; i++) {                                            \
			T value = values[rows.slots[i]];                                           \
                                                                                                   \
			best = wins(less, value, best) ? value : best;                             \
		}                                                                                  \
		name##_take(state_at(rows.states[0], rows.offset), best);                          \
		return 0;                                                                          \
	}                                                                                          \
                                                                                                   \
	static uint32_t name##_combine(const struct merge *merge)                                  \
	{                                                                                          \
		for (uint16_t i = 0; i < merge->n; i++) {                                          \
			const struct name##_state *from =                                          \
				const_state_at(merge->from[i], merge->offset);                     \
                                                                                                   \
			if (merge->into[i] != NULL && from->is_set)                                \
				name##_take(state_at(merge->into[i], merge->offset), from->value); \
		}                                                                                  \
		return 0;                                                                          \
	}                                                                                          \
                                                                                                   \
	static void name##_lower(const struct lower *lower)                                        \
	{                                                                                          \
		T *results = lower->column->values;                                                \
                                                                                                   \
		for (uint16_t i = 0; i < lower->n; i++) {                                          \
			const struct name##_state *state =                                         \
				const_state_at(lower->states[i], lower->offset);                   \
                                                                                                   \
			results[i] = state->value;                                                 \
			if (!state->is_set)                                                        \
				nulls_set(lower->column->nulls, i);                                \
		}                                                                                  \
	}

#define EXTREMES(name, T, flag, less)                        \
	EXTREME_KERNELS(name##_min, T, flag, MIN_WINS, less) \
	EXTREME_KERNELS(name##_max, T, flag, MAX_WINS, less)

EXTREMES(u8, uint8_t, uint8_t, NUMBER_LESS)
EXTREMES(i8, int8_t, uint8_t, NUMBER_LESS)
EXTREMES(i16, int16_t, uint16_t, NUMBER_LESS)
EXTREMES(i32, int32_t, uint32_t, NUMBER_LESS)
EXTREMES(i64, int64_t, uint64_t, NUMBER_LESS)
EXTREMES(f32, float, uint32_t, REAL_LESS)
EXTREMES(f64, double, uint64_t, REAL_LESS)
EXTREMES(dec, decimal_8, uint64_t, NUMBER_LESS)

struct view_state {
	view value; // of a long string, ptr = room
	char *room; // in the heap
	uint32_t room_size;
	uint32_t is_set;
};

// Keep value in the state. False when there is no room for its bytes: the state stays as it was.
static bool view_keep(struct view_state *state, const view *value, struct state_heap *heap)
{
	if (!string_room_keep(&state->room, &state->room_size, value, &state->value, heap))
		return false;
	state->is_set = 1;
	return true;
}

// Returns 1 when the value won but was lost. sign: 1 = MAX, −1 = MIN.
static inline uint32_t view_take(
	struct view_state *state, const view *value, int sign, struct state_heap *heap)
{
	if (state->is_set && str_compare(value, &state->value) * sign <= 0)
		return 0;
	return !view_keep(state, value, heap);
}

static inline uint32_t view_lift(const struct lift *lift, int sign)
{
	const view *values = lift->values;
	uint32_t n_lost = 0;

	for (uint16_t i = 0; i < lift->n; i++)
		if (lift->states[i] != NULL)
			n_lost += view_take(state_at(lift->states[i], lift->offset),
				&values[lift->slots[i]], sign, lift->heap);
	return n_lost;
}

static inline uint32_t view_combine(const struct merge *merge, int sign)
{
	uint32_t n_lost = 0;

	for (uint16_t i = 0; i < merge->n; i++) {
		const struct view_state *from = const_state_at(merge->from[i], merge->offset);

		if (merge->into[i] != NULL && from->is_set)
			n_lost += view_take(state_at(merge->into[i], merge->offset), &from->value,
				sign, merge->heap);
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
	view *results = lower->column->values;

	for (uint16_t i = 0; i < lower->n; i++) {
		const struct view_state *state = const_state_at(lower->states[i], lower->offset);

		results[i] = state->value;
		if (!state->is_set)
			nulls_set(lower->column->nulls, i);
	}
}

static void view_release(const struct release *release)
{
	for (uint16_t i = 0; i < release->n; i++) {
		struct view_state *state;

		if (release->states[i] == NULL)
			continue;
		state = state_at(release->states[i], release->offset);
		if (state->room != NULL)
			state_heap_give(release->heap, state->room, state->room_size);
	}
}

// is_set 4 │ value
static void view_pack(const struct aggregate_call *, const void *at, struct record_out *out)
{
	const struct view_state *state = at;

	record_put_u32(out, state->is_set);
	if (state->is_set)
		packed_put(out, &state->value, TYPE_VARCHAR);
}

static int view_unpack(const struct aggregate_call *, struct record_reader *in, void *state,
	struct state_heap *heap)
{
	uint32_t is_set = record_get_u32(in);
	struct kept value;

	if (in->is_short || is_set > 1)
		return -EINVAL;
	if (is_set == 0)
		return 0;
	if (packed_get(in, &value, type_of(TYPE_VARCHAR)) != 0)
		return -EINVAL;
	return view_keep(state, &value.str, heap) ? 0 : -ENOMEM;
}

#define ENTRY(name)                                                                            \
	{                                                                                      \
		.state_size = sizeof(struct name##_state), .lift = name##_lift,                \
		.lift_one = name##_lift_one, .combine = name##_combine, .lower = name##_lower, \
	}
#define BOTH(name)                                   \
	{                                            \
		ENTRY(name##_min), ENTRY(name##_max) \
	}
#define VIEW(name)                                                                       \
	{                                                                                \
		.state_size = sizeof(struct view_state), .lift = name##_lift,            \
		.combine = name##_combine, .lower = view_lower, .release = view_release, \
		.pack = view_pack, .unpack = view_unpack,                                \
	}
#define VIEWS                                  \
	{                                      \
		VIEW(view_min), VIEW(view_max) \
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

const struct aggregate *extreme_for(enum type_kind kind, bool max)
{
	const struct aggregate *aggregate = &extremes[kind][max];

	return aggregate->lift != NULL ? aggregate : NULL;
}
