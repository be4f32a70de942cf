// COUNT_MIN(x [, v]): about how many x are the v of the row that came last; v is x when it is not
// said. By a Count-Min sketch (Cormode, Muthukrishnan, "An improved data stream summary: the
// count-min sketch and its applications", 2005).
//
//   idea    few values: their 64-bit hashes, sorted, each with its count, so the result is exact.
//           Many: 5 rows of 1000 counters; a value counts in one of each row, picked by its hash,
//           and the least of these has the fewest others in it
//   error   never too small. With n values in all it is too large by more than e/1000 * n = 0.27 %
//           of n at most once in e^5 = 148 times
//   space   250 values in one piece of up to 4000 bytes, then 5 of them
//   order   none, but for the row that comes last. Values can be taken back
//
// The question is asked of the state, not of the query: a sketch that nobody can ask later is of no
// use, and a value that is known beforehand is counted exactly by COUNT(*) FILTER (WHERE x = v).
#include <errno.h>
#include "operator/aggregate/sketch.h"

enum {
	ROWS = 5,
	WIDTH = STATE_HEAP_MAX / sizeof(uint32_t),
	FEW_MIN = 8,
	FEW_MAX = STATE_HEAP_MAX / 16,
};

enum asked { ASKED_NOTHING, ASKED_NULL, ASKED_VALUE };

struct counted {
	uint64_t hash;
	uint64_t n;
};
_Static_assert(sizeof(struct counted) * FEW_MAX <= STATE_HEAP_MAX, "few values");

struct count_min {
	union {
		struct counted *few; // while n_max > 0: [:n], by hash
		uint32_t *rows[ROWS]; // of WIDTH counters, which stop at UINT32_MAX
	};
	uint64_t hash; // of the last row's v
	uint64_t n_rows; // that are there, NULLs too
	uint16_t n, n_max;
	uint8_t asked; // enum asked
	bool is_dense;
};

// ---- Many values

static uint32_t *counter(const struct count_min *sketch, uint32_t row, uint64_t hash)
{
	uint64_t mixed = hash_mix(hash + row * 0x9e3779b97f4a7c15u);

	return &sketch->rows[row][(mixed >> 32) * WIDTH >> 32];
}

// One that has reached the top stays there: it is too large, as it may be.
static void raise(uint32_t *at, uint64_t n)
{
	*at = n < UINT32_MAX - *at ? *at + (uint32_t)n : UINT32_MAX;
}

static void add_dense(struct count_min *sketch, uint64_t hash, uint64_t n)
{
	for (uint32_t row = 0; row < ROWS; row++)
		raise(counter(sketch, row, hash), n);
}

static void take_dense(struct count_min *sketch, uint64_t hash)
{
	for (uint32_t row = 0; row < ROWS; row++) {
		uint32_t *at = counter(sketch, row, hash);

		*at -= *at > 0 && *at < UINT32_MAX;
	}
}

// False when there is no room: then nothing has changed.
static bool make_dense(struct count_min *sketch, struct state_heap *heap)
{
	struct count_min dense = *sketch;

	dense.is_dense = true;
	dense.n = dense.n_max = 0;
	for (uint32_t row = 0; row < ROWS; row++) {
		dense.rows[row] = state_heap_take(heap, WIDTH * sizeof(uint32_t));
		if (dense.rows[row] == NULL) {
			while (row-- > 0)
				state_heap_give(heap, dense.rows[row], WIDTH * sizeof(uint32_t));
			return false;
		}
		memset(dense.rows[row], 0, WIDTH * sizeof(uint32_t));
	}
	for (uint32_t i = 0; i < sketch->n; i++)
		add_dense(&dense, sketch->few[i].hash, sketch->few[i].n);
	if (sketch->n_max > 0)
		state_heap_give(heap, sketch->few, sketch->n_max * sizeof(*sketch->few));
	*sketch = dense;
	return true;
}

// ---- Few values

// Where the hash is, or would be.
static uint32_t place_of(const struct count_min *sketch, uint64_t hash)
{
	uint32_t low = 0, high = sketch->n;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (sketch->few[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_at(const struct count_min *sketch, uint32_t place, uint64_t hash)
{
	return place < sketch->n && sketch->few[place].hash == hash;
}

static bool grow(struct count_min *sketch, struct state_heap *heap)
{
	uint32_t n_max = sketch->n_max == 0 ? FEW_MIN : sketch->n_max * 2u;
	struct counted *few;

	n_max = n_max < FEW_MAX ? n_max : FEW_MAX;
	few = state_heap_take(heap, n_max * (uint32_t)sizeof(*few));
	if (few == NULL)
		return false;
	if (sketch->n_max > 0) {
		memcpy(few, sketch->few, sketch->n * sizeof(*few));
		state_heap_give(heap, sketch->few, sketch->n_max * sizeof(*few));
	}
	sketch->few = few;
	sketch->n_max = (uint16_t)n_max;
	return true;
}

static bool add(struct count_min *sketch, uint64_t hash, uint64_t n, struct state_heap *heap)
{
	uint32_t at = sketch->is_dense ? 0 : place_of(sketch, hash);

	if (!sketch->is_dense && is_at(sketch, at, hash)) {
		sketch->few[at].n += n;
		return true;
	}
	if (!sketch->is_dense && sketch->n == FEW_MAX && !make_dense(sketch, heap))
		return false;
	if (sketch->is_dense) {
		add_dense(sketch, hash, n);
		return true;
	}
	if (sketch->n == sketch->n_max && !grow(sketch, heap))
		return false;
	memmove(sketch->few + at + 1, sketch->few + at, (sketch->n - at) * sizeof(*sketch->few));
	sketch->few[at] = (struct counted){hash, n};
	sketch->n++;
	return true;
}

static void take_back(struct count_min *sketch, uint64_t hash)
{
	uint32_t at;

	if (sketch->is_dense) {
		take_dense(sketch, hash);
		return;
	}
	at = place_of(sketch, hash);
	if (!is_at(sketch, at, hash) || --sketch->few[at].n > 0)
		return;
	sketch->n--;
	memmove(sketch->few + at, sketch->few + at + 1, (sketch->n - at) * sizeof(*sketch->few));
}

static int64_t estimate(const struct count_min *sketch, uint64_t hash)
{
	uint32_t least = UINT32_MAX, at;

	if (!sketch->is_dense) {
		at = place_of(sketch, hash);
		return is_at(sketch, at, hash) ? (int64_t)sketch->few[at].n : 0;
	}
	for (uint32_t row = 0; row < ROWS; row++) {
		uint32_t n = *counter(sketch, row, hash);

		least = n < least ? n : least;
	}
	return least;
}

// ---- Kernels

static uint64_t hash_at(const struct lift *lift, uint16_t argument, uint16_t slot)
{
	enum type_kind kind = lift->call->argument_types[argument].kind;
	const char *values = lift->columns[argument]->values;

	return sketch_hash(kind, sketch_value(kind, values + (size_t)slot * type_width(kind)));
}

static bool is_null(const struct lift *lift, uint16_t argument, uint16_t slot)
{
	return nulls_get(lift->columns[argument]->nulls, slot);
}

static uint32_t count_min_lift(const struct lift *lift)
{
	uint16_t asked = lift->call->n_arguments - 1;
	uint32_t n_lost = 0;

	for (uint16_t i = 0; i < lift->n; i++) {
		uint16_t slot = lift->slots[i];
		struct count_min *sketch;
		uint64_t hash = 0;

		if (lift->states[i] == NULL)
			continue;
		sketch = state_at(lift->states[i], lift->offset);
		if (!is_null(lift, 0, slot)) {
			hash = hash_at(lift, 0, slot);
			n_lost += !add(sketch, hash, 1, lift->heap);
		}
		sketch->n_rows++;
		sketch->asked = is_null(lift, asked, slot) ? ASKED_NULL : ASKED_VALUE;
		if (sketch->asked == ASKED_VALUE)
			sketch->hash = asked == 0 ? hash : hash_at(lift, asked, slot);
	}
	return n_lost;
}

// The row that asks is the last one to leave.
static uint32_t count_min_retract(const struct lift *lift)
{
	for (uint16_t i = 0; i < lift->n; i++) {
		uint16_t slot = lift->slots[i];
		struct count_min *sketch;

		if (lift->states[i] == NULL)
			continue;
		sketch = state_at(lift->states[i], lift->offset);
		if (!is_null(lift, 0, slot))
			take_back(sketch, hash_at(lift, 0, slot));
		if (--sketch->n_rows == 0)
			sketch->asked = ASKED_NOTHING;
	}
	return 0;
}

static bool merge_dense(
	struct count_min *into, const struct count_min *from, struct state_heap *heap)
{
	if (!into->is_dense && !make_dense(into, heap))
		return false;
	for (uint32_t row = 0; row < ROWS; row++)
		for (uint32_t i = 0; i < WIDTH; i++)
			raise(&into->rows[row][i], from->rows[row][i]);
	return true;
}

static uint32_t count_min_combine(const struct merge *merge)
{
	uint32_t n_lost = 0;

	for (uint16_t i = 0; i < merge->n; i++) {
		const struct count_min *from = const_state_at(merge->from[i], merge->offset);
		struct count_min *into;

		if (merge->into[i] == NULL)
			continue;
		into = state_at(merge->into[i], merge->offset);
		if (from->is_dense)
			n_lost += !merge_dense(into, from, merge->heap);
		for (uint32_t k = 0; k < from->n; k++)
			n_lost += !add(into, from->few[k].hash, from->few[k].n, merge->heap);
		into->n_rows += from->n_rows;
		if (from->asked == ASKED_NOTHING)
			continue;
		into->asked = from->asked;
		into->hash = from->hash;
	}
	return n_lost;
}

static void count_min_lower(const struct lower *lower)
{
	int64_t *results = lower->column->values;

	for (uint16_t i = 0; i < lower->n; i++) {
		const struct count_min *sketch = const_state_at(lower->states[i], lower->offset);

		if (sketch->asked == ASKED_VALUE)
			results[i] = estimate(sketch, sketch->hash);
		else
			nulls_set(lower->column->nulls, i);
	}
}

static void count_min_release(const struct release *release)
{
	for (uint16_t i = 0; i < release->n; i++) {
		struct count_min *sketch;

		if (release->states[i] == NULL)
			continue;
		sketch = state_at(release->states[i], release->offset);
		if (!sketch->is_dense && sketch->n_max > 0)
			state_heap_give(
				release->heap, sketch->few, sketch->n_max * sizeof(*sketch->few));
		for (uint32_t row = 0; sketch->is_dense && row < ROWS; row++)
			state_heap_give(release->heap, sketch->rows[row], WIDTH * sizeof(uint32_t));
	}
}

// ---- Checkpoints

// is_dense 1 │ asked 1 │ hash 8 │ rows 8 │ n 4 │ n × (hash 8, count 8), or the counters

static void count_min_pack(const struct aggregate_call *, const void *at, struct record_out *out)
{
	const struct count_min *sketch = at;
	uint8_t is_dense = sketch->is_dense;

	record_put(out, &is_dense, sizeof(is_dense));
	record_put(out, &sketch->asked, sizeof(sketch->asked));
	record_put_u64(out, sketch->hash);
	record_put_u64(out, sketch->n_rows);
	record_put_u32(out, sketch->n);
	if (sketch->n > 0)
		record_put(out, sketch->few, sketch->n * sizeof(*sketch->few));
	for (uint32_t row = 0; is_dense && row < ROWS; row++)
		record_put(out, sketch->rows[row], WIDTH * sizeof(uint32_t));
}

static int unpack_few(
	struct count_min *sketch, uint32_t n, struct record_reader *in, struct state_heap *heap)
{
	uint64_t before = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint64_t hash = record_get_u64(in), times = record_get_u64(in);

		if (in->is_short || times == 0 || times > INT64_MAX || (i > 0 && hash <= before))
			return -EINVAL;
		if (!add(sketch, hash, times, heap))
			return -ENOMEM;
		before = hash;
	}
	return 0;
}

static int count_min_unpack(
	const struct aggregate_call *, struct record_reader *in, void *at, struct state_heap *heap)
{
	struct count_min *sketch = at;
	uint8_t is_dense = 0, asked = 0;
	uint32_t n;

	record_get(in, &is_dense, sizeof(is_dense));
	record_get(in, &asked, sizeof(asked));
	sketch->hash = record_get_u64(in);
	sketch->n_rows = record_get_u64(in);
	n = record_get_u32(in);
	if (in->is_short || is_dense > 1 || asked > ASKED_VALUE || n > (is_dense ? 0 : FEW_MAX))
		return -EINVAL;
	if ((sketch->n_rows == 0) != (asked == ASKED_NOTHING))
		return -EINVAL;
	sketch->asked = asked;
	if (!is_dense)
		return unpack_few(sketch, n, in, heap);
	if (!make_dense(sketch, heap))
		return -ENOMEM;
	for (uint32_t row = 0; row < ROWS; row++)
		record_get(in, sketch->rows[row], WIDTH * sizeof(uint32_t));
	return in->is_short ? -EINVAL : 0;
}

const struct aggregate aggregate_count_min = {
	.state_size = sizeof(struct count_min),
	.state_version = 1, // 0: hashes by hash_bytes(), and no count of rows
	.takes_nulls = true,
	.is_of_last_row = true,
	.order = AGGREGATE_OLDEST_FIRST,
	.lift = count_min_lift,
	.combine = count_min_combine,
	.retract = count_min_retract,
	.lower = count_min_lower,
	.release = count_min_release,
	.pack = count_min_pack,
	.unpack = count_min_unpack,
};
