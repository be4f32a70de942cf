// SUM and AVG. Integers are summed in 64 bits, wrapping; SUM's result wraps to the argument's type
// as the sum of that type would have (Flink's SUM(INT) is INT), AVG truncates. FLOAT is summed as
// FLOAT and averaged as DOUBLE, as in Flink. A DECIMAL sum that leaves 38 digits stays NULL,
// whatever comes after, so that the order of rows does not matter.
#include "operator/aggregate/kernels.h"
#include <assert.h>
#include "row/decimal.h"

// One state for SUM and AVG of every type: n values have come. n = 0: the result is NULL.
struct int_state {
	int64_t sum, n;
};

struct float_state {
	int64_t n;
	float sum;
};

struct double_state {
	double sum;
	int64_t n;
};

enum { DECIMAL_OVERFLOWN = -1 };

struct decimal_state {
	decimal_8 sum;
	int64_t n; // DECIMAL_OVERFLOWN: for ever NULL
};

// Lift and retract: one value into the state's sum and n, or out of them. What a sum of
// floating-point numbers has lost to rounding stays lost, as in Flink.
#define SUM_LIFT(name, state_type, T, add)                             \
	static uint32_t name(const struct lift *lift)                  \
	{                                                              \
		const struct lift rows = *lift;                        \
		const T *values = rows.values;                         \
                                                                       \
		for (uint16_t i = 0; i < rows.n; i++) {                \
			struct state_type *state;                      \
                                                                       \
			if (rows.states[i] == NULL)                    \
				continue;                              \
			state = state_at(rows.states[i], rows.offset); \
			add(state, values[rows.slots[i]], 1);          \
		}                                                      \
		return 0;                                              \
	}

#define SUM_LIFT_ONE(name, state_type, T, add)                 \
	static uint32_t name##_one(const struct lift *lift)    \
	{                                                      \
		const struct lift rows = *lift;                \
		const T *values = rows.values;                 \
		struct state_type *at, state;                  \
                                                               \
		if (rows.n == 0)                               \
			return 0;                              \
		at = state_at(rows.states[0], rows.offset);    \
		state = *at;                                   \
		for (uint16_t i = 0; i < rows.n; i++)          \
			add(&state, values[rows.slots[i]], 1); \
		*at = state;                                   \
		return 0;                                      \
	}

#define SUM_COMBINE(name, state_type, add)                                                        \
	static uint32_t name(const struct merge *merge)                                           \
	{                                                                                         \
		for (uint16_t i = 0; i < merge->n; i++) {                                         \
			const struct state_type *from =                                           \
				const_state_at(merge->from[i], merge->offset);                    \
                                                                                                  \
			if (merge->into[i] != NULL && from->n != 0)                               \
				add((struct state_type *)state_at(merge->into[i], merge->offset), \
					from->sum, from->n);                                      \
		}                                                                                 \
		return 0;                                                                         \
	}

static inline void int_add(struct int_state *state, int64_t value, int64_t n)
{
	state->sum = (int64_t)((uint64_t)state->sum + (uint64_t)value);
	state->n += n;
}

static inline void float_add(struct float_state *state, float value, int64_t n)
{
	state->sum += value;
	state->n += n;
}

static inline void double_add(struct double_state *state, double value, int64_t n)
{
	state->sum += value;
	state->n += n;
}

static inline void int_take(struct int_state *state, int64_t value, int64_t n)
{
	state->sum = (int64_t)((uint64_t)state->sum - (uint64_t)value);
	state->n -= n;
}

static inline void float_take(struct float_state *state, float value, int64_t n)
{
	state->sum -= value;
	state->n -= n;
}

static inline void double_take(struct double_state *state, double value, int64_t n)
{
	state->sum -= value;
	state->n -= n;
}

static inline void decimal_add_to(struct decimal_state *state, decimal value, int64_t n)
{
	decimal sum;

	if (state->n == DECIMAL_OVERFLOWN || n == DECIMAL_OVERFLOWN ||
		__builtin_add_overflow((decimal)state->sum, value, &sum) ||
		!decimal_fits(sum, DECIMAL_PRECISION_MAX)) {
		state->sum = 0;
		state->n = DECIMAL_OVERFLOWN;
		return;
	}
	state->sum = sum;
	state->n += n;
}

static inline void decimal_take(struct decimal_state *state, decimal value, int64_t n)
{
	if (state->n == DECIMAL_OVERFLOWN)
		return;
	decimal_add_to(state, -value, 0);
	state->n -= state->n != DECIMAL_OVERFLOWN ? n : 0;
}

SUM_LIFT(tinyint_lift, int_state, int8_t, int_add)
SUM_LIFT_ONE(tinyint_lift, int_state, int8_t, int_add)
SUM_LIFT(tinyint_retract, int_state, int8_t, int_take)
SUM_LIFT(smallint_lift, int_state, int16_t, int_add)
SUM_LIFT_ONE(smallint_lift, int_state, int16_t, int_add)
SUM_LIFT(smallint_retract, int_state, int16_t, int_take)
SUM_LIFT(int_lift, int_state, int32_t, int_add)
SUM_LIFT_ONE(int_lift, int_state, int32_t, int_add)
SUM_LIFT(int_retract, int_state, int32_t, int_take)
SUM_LIFT(bigint_lift, int_state, int64_t, int_add)
SUM_LIFT_ONE(bigint_lift, int_state, int64_t, int_add)
SUM_LIFT(bigint_retract, int_state, int64_t, int_take)
SUM_LIFT(float_sum_lift, float_state, float, float_add)
SUM_LIFT_ONE(float_sum_lift, float_state, float, float_add)
SUM_LIFT(float_sum_retract, float_state, float, float_take)
SUM_LIFT(float_avg_lift, double_state, float, double_add)
SUM_LIFT_ONE(float_avg_lift, double_state, float, double_add)
SUM_LIFT(float_avg_retract, double_state, float, double_take)
SUM_LIFT(double_lift, double_state, double, double_add)
SUM_LIFT_ONE(double_lift, double_state, double, double_add)
SUM_LIFT(double_retract, double_state, double, double_take)
SUM_LIFT(decimal_lift, decimal_state, decimal_8, decimal_add_to)
SUM_LIFT_ONE(decimal_lift, decimal_state, decimal_8, decimal_add_to)
SUM_LIFT(decimal_retract, decimal_state, decimal_8, decimal_take)
SUM_COMBINE(int_combine, int_state, int_add)
SUM_COMBINE(float_combine, float_state, float_add)
SUM_COMBINE(double_combine, double_state, double_add)
SUM_COMBINE(decimal_combine, decimal_state, decimal_add_to)

// Lower: `result` of `state` where n says that there is one, else NULL.
#define SUM_LOWER(name, state_type, T, result)                                   \
	static void name(const struct lower *lower)                              \
	{                                                                        \
		T *results = lower->column->values;                              \
                                                                                 \
		for (uint16_t i = 0; i < lower->n; i++) {                        \
			const struct state_type *state =                         \
				const_state_at(lower->states[i], lower->offset); \
                                                                                 \
			results[i] = 0;                                          \
			if (state->n > 0)                                        \
				results[i] = (T)(result);                        \
			else                                                     \
				nulls_set(lower->column->nulls, i);              \
		}                                                                \
	}

SUM_LOWER(tinyint_sum, int_state, int8_t, state->sum)
SUM_LOWER(smallint_sum, int_state, int16_t, state->sum)
SUM_LOWER(int_sum, int_state, int32_t, state->sum)
SUM_LOWER(bigint_sum, int_state, int64_t, state->sum)
SUM_LOWER(float_sum, float_state, float, state->sum)
SUM_LOWER(double_sum, double_state, double, state->sum)
SUM_LOWER(decimal_sum, decimal_state, decimal_8, state->sum)
SUM_LOWER(tinyint_avg, int_state, int8_t, state->sum / state->n)
SUM_LOWER(smallint_avg, int_state, int16_t, state->sum / state->n)
SUM_LOWER(int_avg, int_state, int32_t, state->sum / state->n)
SUM_LOWER(bigint_avg, int_state, int64_t, state->sum / state->n)
SUM_LOWER(float_avg, double_state, float, state->sum / (double)state->n)
SUM_LOWER(double_avg, double_state, double, state->sum / (double)state->n)

// DECIMAL(38, s) / BIGINT at the result's scale, HALF_UP (Flink's LogicalTypeMerging.findAvgAggType
// and DecimalDataUtils.divide); NULL when that does not fit.
static void decimal_avg(const struct lower *lower)
{
	decimal_8 *results = lower->column->values;

	for (uint16_t i = 0; i < lower->n; i++) {
		const struct decimal_state *state = const_state_at(lower->states[i], lower->offset);
		decimal result = 0;

		if (state->n <= 0 ||
			!decimal_divide(state->sum, lower->call->argument_types[0].scale, state->n,
				0, lower->call->result_type.precision,
				lower->call->result_type.scale, &result))
			nulls_set(lower->column->nulls, i);
		results[i] = result;
	}
}

#define SUM_PARTS(state_type, name, combine_, lower_)                                              \
	.state_size = sizeof(struct state_type), .lift = name##_lift, .lift_one = name##_lift_one, \
	.combine = combine_, .retract = name##_retract, .lower = lower_
#define SUM_ENTRY(...)                 \
	{                              \
		SUM_PARTS(__VA_ARGS__) \
	}
#define ROUNDING_SUM_ENTRY(...)                        \
	{                                              \
		SUM_PARTS(__VA_ARGS__), .rounds = true \
	}

static const struct aggregate sums[TYPE_KINDS] = {
	[TYPE_TINYINT] = SUM_ENTRY(int_state, tinyint, int_combine, tinyint_sum),
	[TYPE_SMALLINT] = SUM_ENTRY(int_state, smallint, int_combine, smallint_sum),
	[TYPE_INT] = SUM_ENTRY(int_state, int, int_combine, int_sum),
	[TYPE_BIGINT] = SUM_ENTRY(int_state, bigint, int_combine, bigint_sum),
	[TYPE_FLOAT] = ROUNDING_SUM_ENTRY(float_state, float_sum, float_combine, float_sum),
	[TYPE_DOUBLE] = ROUNDING_SUM_ENTRY(double_state, double, double_combine, double_sum),
	[TYPE_DECIMAL] = SUM_ENTRY(decimal_state, decimal, decimal_combine, decimal_sum),
};

static const struct aggregate averages[TYPE_KINDS] = {
	[TYPE_TINYINT] = SUM_ENTRY(int_state, tinyint, int_combine, tinyint_avg),
	[TYPE_SMALLINT] = SUM_ENTRY(int_state, smallint, int_combine, smallint_avg),
	[TYPE_INT] = SUM_ENTRY(int_state, int, int_combine, int_avg),
	[TYPE_BIGINT] = SUM_ENTRY(int_state, bigint, int_combine, bigint_avg),
	[TYPE_FLOAT] = ROUNDING_SUM_ENTRY(double_state, float_avg, double_combine, float_avg),
	[TYPE_DOUBLE] = ROUNDING_SUM_ENTRY(double_state, double, double_combine, double_avg),
	[TYPE_DECIMAL] = SUM_ENTRY(decimal_state, decimal, decimal_combine, decimal_avg),
};

const struct aggregate *sum_for(enum type_kind kind)
{
	return sums[kind].lift != NULL ? &sums[kind] : NULL;
}

const struct aggregate *avg_for(enum type_kind kind)
{
	return averages[kind].lift != NULL ? &averages[kind] : NULL;
}
