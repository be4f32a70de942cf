// APPROX_COUNT_DISTINCT: HyperLogLog (Flajolet et al. 2007; Heule, Nunkesser, Hall 2013).
//
//   idea   few values: their 64-bit hashes, sorted, so the count is exact. Many: 2^14 registers by
//          the hash's first 14 bits, each the largest number of leading zeros, plus one, that the
//          rest of a hash has had; the more values, the more zeros one of them begins with
//   error  1.04 / sqrt(2^14) = 0.8 % of the count, standard; Flink's own default is 1 %. Counted by
//          Ertl's estimator ("New cardinality estimation algorithms for HyperLogLog sketches",
//          2017, algorithm 6), which needs no tables of corrections at any size
//   space  up to 480 hashes in one piece, then 4 pieces of 4096 registers of 6 bits
//   order  none: states merge in any order to the same bits
//
// The hash has a fixed key (sketch.h), so that a count does not depend on the run.
#include <errno.h>
#include <math.h>
#include <string.h>
#include "operator/aggregate/sketch.h"

enum {
	INDEX_BITS = 14,
	RANK_BITS = 64 - INDEX_BITS,
	RANK_MAX = RANK_BITS + 1,
	PIECES = 4,
	PIECE_REGISTERS = (1 << INDEX_BITS) / PIECES,
	PIECE_BYTES = PIECE_REGISTERS * 6 / 8,
	HASHES_MIN = 8,
	HASHES_MAX = 480,
};

struct approx_state {
	union {
		uint64_t *hashes; // while n_hashes_max > 0: [:n], sorted
		uint8_t *first; // registers: the first piece
	};
	uint8_t *others[PIECES - 1];
	uint32_t n, n_max; // of hashes; n_max 0: registers, or nothing yet
	bool is_dense;
};

// ---- Registers: 6 bits each, 4 in 3 bytes

static uint8_t *piece_of(const struct approx_state *state, uint32_t i)
{
	return i < PIECE_REGISTERS ? state->first : state->others[i / PIECE_REGISTERS - 1];
}

static uint32_t get_register(const uint8_t *piece, uint32_t i)
{
	const uint8_t *bytes = piece + i / 4 * 3;
	uint32_t word = bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16;

	return word >> i % 4 * 6 & 63;
}

static void set_register(uint8_t *piece, uint32_t i, uint32_t rank)
{
	uint8_t *bytes = piece + i / 4 * 3;
	uint32_t word = bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16;

	word = (word & ~(63u << i % 4 * 6)) | rank << i % 4 * 6;
	bytes[0] = (uint8_t)word;
	bytes[1] = (uint8_t)(word >> 8);
	bytes[2] = (uint8_t)(word >> 16);
}

static void raise_register(struct approx_state *state, uint32_t i, uint32_t rank)
{
	uint8_t *piece = piece_of(state, i);

	i %= PIECE_REGISTERS;
	if (get_register(piece, i) < rank)
		set_register(piece, i, rank);
}

static void add_dense(struct approx_state *state, uint64_t hash)
{
	uint64_t rest = hash << INDEX_BITS;
	uint32_t rank = rest == 0 ? RANK_MAX : (uint32_t)__builtin_clzll(rest) + 1;

	raise_register(state, (uint32_t)(hash >> RANK_BITS), rank);
}

// From hashes to registers. False when there is no room: then nothing has changed.
static bool make_dense(struct approx_state *state, struct state_heap *heap)
{
	struct approx_state dense = {.is_dense = true};
	uint8_t *pieces[PIECES];

	for (uint32_t i = 0; i < PIECES; i++) {
		pieces[i] = state_heap_take(heap, PIECE_BYTES);
		if (pieces[i] == NULL) {
			while (i-- > 0)
				state_heap_give(heap, pieces[i], PIECE_BYTES);
			return false;
		}
		memset(pieces[i], 0, PIECE_BYTES);
	}
	dense.first = pieces[0];
	memcpy(dense.others, pieces + 1, sizeof(dense.others));
	for (uint32_t i = 0; i < state->n; i++)
		add_dense(&dense, state->hashes[i]);
	if (state->n_max > 0)
		state_heap_give(heap, state->hashes, state->n_max * sizeof(uint64_t));
	*state = dense;
	return true;
}

// ---- Hashes

static bool grow(struct approx_state *state, struct state_heap *heap)
{
	uint32_t n_max = state->n_max == 0 ? HASHES_MIN : state->n_max * 2;
	uint64_t *hashes;

	n_max = n_max < HASHES_MAX ? n_max : HASHES_MAX;
	hashes = state_heap_take(heap, n_max * sizeof(*hashes));
	if (hashes == NULL)
		return false;
	if (state->n_max > 0) {
		memcpy(hashes, state->hashes, state->n * sizeof(*hashes));
		state_heap_give(heap, state->hashes, state->n_max * sizeof(*hashes));
	}
	state->hashes = hashes;
	state->n_max = n_max;
	return true;
}

static bool add(struct approx_state *state, uint64_t hash, struct state_heap *heap)
{
	uint32_t low = 0, high = state->n;

	while (!state->is_dense && low < high) {
		uint32_t middle = (low + high) / 2;

		if (state->hashes[middle] < hash)
			low = middle + 1;
		else
			high = middle;
	}
	if (!state->is_dense && low < state->n && state->hashes[low] == hash)
		return true;
	if (!state->is_dense && state->n == HASHES_MAX && !make_dense(state, heap))
		return false;
	if (state->is_dense) {
		add_dense(state, hash);
		return true;
	}
	if (state->n == state->n_max && !grow(state, heap))
		return false;
	memmove(state->hashes + low + 1, state->hashes + low,
		(state->n - low) * sizeof(*state->hashes));
	state->hashes[low] = hash;
	state->n++;
	return true;
}

static uint32_t approx_lift(const struct lift *lift)
{
	enum type_kind kind = lift->call->argument_types[0].kind;
	uint32_t width = type_width(kind), n_lost = 0;

	for (uint16_t i = 0; i < lift->n; i++) {
		const void *value = (const char *)lift->values + (size_t)lift->slots[i] * width;

		if (lift->states[i] != NULL)
			n_lost += !add(state_at(lift->states[i], lift->offset),
				sketch_hash(kind, sketch_value(kind, value)), lift->heap);
	}
	return n_lost;
}

// The larger of each of 4 registers, 12 bits apart: bit 6 of a lane stays where a is not less.
static uint64_t larger(uint64_t a, uint64_t b)
{
	const uint64_t lanes = 0x001001001001, tops = lanes << 6;
	uint64_t a_stays = ((a | tops) - b) & tops, mask = a_stays - (a_stays >> 6);

	return (a & mask) | (b & ~mask);
}

// 8 registers in 6 bytes, little endian. Loaded in two parts: what is put together in memory first
// has to wait for it.
static uint64_t load_registers(const uint8_t *at)
{
	uint32_t low;
	uint16_t high;

	memcpy(&low, at, sizeof(low));
	memcpy(&high, at + sizeof(low), sizeof(high));
	return low | (uint64_t)high << 32;
}

// The even registers and the odd ones.
static void merge_piece(uint8_t *into, const uint8_t *from)
{
	enum { WORD_BYTES = 6 };
	const uint64_t even = 0x03f03f03f03f;

	_Static_assert(PIECE_BYTES % WORD_BYTES == 0, "words of a piece");
	for (uint32_t i = 0; i < PIECE_BYTES; i += WORD_BYTES) {
		uint64_t a = load_registers(into + i), b = load_registers(from + i);

		a = larger(a & even, b & even) | larger(a >> 6 & even, b >> 6 & even) << 6;
		memcpy(into + i, &a, WORD_BYTES);
	}
}

static bool merge_dense(
	struct approx_state *into, const struct approx_state *from, struct state_heap *heap)
{
	if (!into->is_dense && !make_dense(into, heap))
		return false;
	for (uint32_t k = 0; k < PIECES; k++)
		merge_piece(
			piece_of(into, k * PIECE_REGISTERS), piece_of(from, k * PIECE_REGISTERS));
	return true;
}

static uint32_t approx_combine(const struct merge *merge)
{
	uint32_t n_lost = 0;

	for (uint16_t i = 0; i < merge->n; i++) {
		const struct approx_state *from = const_state_at(merge->from[i], merge->offset);
		struct approx_state *into;

		if (merge->into[i] == NULL)
			continue;
		into = state_at(merge->into[i], merge->offset);
		if (from->is_dense)
			n_lost += !merge_dense(into, from, merge->heap);
		for (uint32_t k = 0; k < from->n; k++)
			n_lost += !add(into, from->hashes[k], merge->heap);
	}
	return n_lost;
}

// ---- The estimate

static double sigma(double x)
{
	double y = 1, z = x, before;

	if (x == 1)
		return INFINITY;
	do {
		x *= x;
		before = z;
		z += x * y;
		y += y;
	} while (z != before);
	return z;
}

static double tau(double x)
{
	double y = 1, z = 1 - x, before;

	if (x == 0 || x == 1)
		return 0;
	do {
		x = sqrt(x);
		before = z;
		y *= 0.5;
		z -= (1 - x) * (1 - x) * y;
	} while (z != before);
	return z / 3;
}

static int64_t estimate(const struct approx_state *state)
{
	const double m = PIECES * PIECE_REGISTERS;
	uint32_t counts[RANK_MAX + 1] = {0};
	double z;

	for (uint32_t i = 0; i < PIECES * PIECE_REGISTERS; i++)
		counts[get_register(piece_of(state, i), i % PIECE_REGISTERS)]++;
	z = m * tau(1 - counts[RANK_MAX] / m);
	for (uint32_t k = RANK_BITS; k >= 1; k--)
		z = 0.5 * (z + counts[k]);
	z += m * sigma(counts[0] / m);
	return llround(m * m / (2 * log(2) * z));
}

static void approx_lower(const struct lower *lower)
{
	int64_t *results = lower->column->values;

	for (uint16_t i = 0; i < lower->n; i++) {
		const struct approx_state *state = const_state_at(lower->states[i], lower->offset);

		results[i] = state->is_dense ? estimate(state) : state->n;
	}
}

static void approx_release(const struct release *release)
{
	for (uint16_t i = 0; i < release->n; i++) {
		struct approx_state *state;

		if (release->states[i] == NULL)
			continue;
		state = state_at(release->states[i], release->offset);
		if (!state->is_dense && state->n_max > 0)
			state_heap_give(
				release->heap, state->hashes, state->n_max * sizeof(uint64_t));
		for (uint32_t k = 0; state->is_dense && k < PIECES; k++)
			state_heap_give(
				release->heap, piece_of(state, k * PIECE_REGISTERS), PIECE_BYTES);
	}
}

// ---- Checkpoints: is_dense 4 │ n 4 │ hashes, or registers

static void approx_pack(const struct aggregate_call *, const void *at, struct record_out *out)
{
	const struct approx_state *state = at;

	record_put_u32(out, state->is_dense);
	record_put_u32(out, state->n);
	if (state->n > 0)
		record_put(out, state->hashes, state->n * sizeof(*state->hashes));
	for (uint32_t k = 0; state->is_dense && k < PIECES; k++)
		record_put(out, piece_of(state, k * PIECE_REGISTERS), PIECE_BYTES);
}

static int unpack_dense(
	struct record_reader *in, struct approx_state *state, struct state_heap *heap)
{
	if (!make_dense(state, heap))
		return -ENOMEM;
	for (uint32_t k = 0; k < PIECES; k++)
		record_get(in, piece_of(state, k * PIECE_REGISTERS), PIECE_BYTES);
	for (uint32_t i = 0; i < PIECES * PIECE_REGISTERS; i++)
		if (get_register(piece_of(state, i), i % PIECE_REGISTERS) > RANK_MAX)
			return -EINVAL;
	return in->is_short ? -EINVAL : 0;
}

static int approx_unpack(
	const struct aggregate_call *, struct record_reader *in, void *at, struct state_heap *heap)
{
	struct approx_state *state = at;
	uint32_t is_dense = record_get_u32(in), n = record_get_u32(in);

	if (in->is_short || is_dense > 1 || n > (is_dense ? 0 : HASHES_MAX))
		return -EINVAL;
	if (is_dense)
		return unpack_dense(in, state, heap);
	for (uint32_t i = 0; i < n; i++) {
		uint64_t hash = record_get_u64(in);

		if (in->is_short || (i > 0 && hash <= state->hashes[i - 1]))
			return -EINVAL;
		if (!add(state, hash, heap))
			return -ENOMEM;
	}
	return 0;
}

const struct aggregate aggregate_approx_count = {
	.state_size = sizeof(struct approx_state),
	.state_version = 1, // 0: hashes by hash_bytes(), with a key of their own
	.lift = approx_lift,
	.combine = approx_combine,
	.lower = approx_lower,
	.release = approx_release,
	.pack = approx_pack,
	.unpack = approx_unpack,
};
