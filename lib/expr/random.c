// Random numbers. With a seed they are those of java.util.Random, as Flink's; without one the
// generator starts from the time handed in, so that nothing here reads a clock or a device.
//
// java.util.Random (its documentation gives the formulas): a linear congruential generator of 48
// bits whose upper bits are used (Knuth, TAOCP 2, 3.2.1). UUIDs come from SplitMix64 (Steele, Lea,
// Flood 2014).
#include "expr/call.h"
#include "expr/families.h"
#include "expr/string_call.h"
#include <errno.h>

#define JAVA_MULTIPLIER 0x5deece66dull
#define JAVA_MASK ((1ull << 48) - 1)
#define STARTED (1ull << 63) // in a state: it has been seeded

enum { UUID_LEN = 36 };

static uint64_t seed_java(int32_t seed)
{
	return (((uint64_t)(int64_t)seed ^ JAVA_MULTIPLIER) & JAVA_MASK) | STARTED;
}

static int32_t next_bits(uint64_t *state, int bits)
{
	*state = ((*state * JAVA_MULTIPLIER + 0xb) & JAVA_MASK) | STARTED;
	return (int32_t)((*state & JAVA_MASK) >> (48 - bits));
}

static double next_double(uint64_t *state)
{
	int64_t high = (int64_t)next_bits(state, 26) << 27;

	return (double)(high + next_bits(state, 27)) * 0x1p-53;
}

// 0 … bound − 1, each as likely.
static int32_t next_int(uint64_t *state, int32_t bound)
{
	int32_t bits, value;

	if ((bound & (bound - 1)) == 0)
		return (int32_t)((int64_t)bound * next_bits(state, 31) >> 31);
	do {
		bits = next_bits(state, 31);
		value = bits % bound;
	} while ((int64_t)bits - value + (bound - 1) > INT32_MAX);
	return value;
}

static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return x ^ x >> 31;
}

// A generator that nobody seeded: from the time, and from where it is, so that two of one lcore or
// of two differ.
static void start(struct call *call)
{
	const struct now *now = &call->eval->now;

	if (*call->random == 0)
		*call->random =
			mix(mix((uint64_t)now->wall_ns) + now->tsc + (uintptr_t)call->random) |
			STARTED;
}

// A constant seed starts one sequence; a seed from a column starts one for each row.
static void seed(struct call *call, uint16_t row, bool has_seed)
{
	if (!has_seed)
		start(call);
	else if (*call->random == 0 || !expr_is_literal(call->expr->args[0]))
		*call->random = seed_java(int_arg(call, 0, row));
}

static void rand_double(struct call *call)
{
	bool has_seed = call->expr->n_args > 0;

	CALL_FOREACH(call, row)
	{
		seed(call, row, has_seed);
		((double *)call->values)[row] = next_double(call->random);
	}
}

static void rand_integer(struct call *call)
{
	uint16_t n_args = call->expr->n_args;

	CALL_FOREACH(call, row)
	{
		int32_t bound = int_arg(call, n_args - 1, row);

		seed(call, row, n_args > 1);
		if (bound <= 0)
			call_fail(call, row, "the bound of RAND_INTEGER must be positive");
		else
			set_int(call, row, next_int(call->random, bound));
	}
}

static uint64_t next_word(uint64_t *state)
{
	*state += 0x9e3779b97f4a7c15ull;
	return mix(*state);
}

// RFC 9562 §5.4: version 4, variant 10.
static void uuid(struct call *call)
{
	static const char digits[] = "0123456789abcdef";

	start(call);
	CALL_FOREACH(call, row)
	{
		char *room = call_str_room(call, row, UUID_LEN), *to = room;
		uint64_t words[2];

		if (room == NULL)
			continue;
		words[0] = (next_word(call->random) & ~0xf000ull) | 0x4000;
		words[1] = next_word(call->random) >> 2 | 1ull << 63;
		for (int i = 0; i < 32; i++) {
			if (i == 8 || i == 12 || i == 16 || i == 20)
				*to++ = '-';
			*to++ = digits[words[i / 16] >> (60 - i % 16 * 4) & 15];
		}
		call_str_done(call, row, room, UUID_LEN);
	}
}

#define F(sql, letters, min, max, run, more, kind, use, text)                             \
	{                                                                                 \
		.name = sql, .args = letters, .n_min = min, .n_max = max, .varies = true, \
		.kernel = {run, more}, .result = kind, .usage = use, .doc = text          \
	}

static const struct function functions[] = {
	F("RAND", "i", 0, 1, rand_double, 0, TYPE_DOUBLE, "RAND([seed])",
		"a random number from 0 to below 1; a seed makes the same sequence each time"),
	F("RAND_INTEGER", "ii", 1, 2, rand_integer, KERNEL_FAULTS, TYPE_INT,
		"RAND_INTEGER([seed,] bound)", "a random whole number from 0 to below bound"),
	F("UUID", "", 0, 0, uuid, KERNEL_NULLS, TYPE_VARCHAR, "UUID()",
		"a random UUID (version 4)"),
};

const struct function_family family_random = {
	"Random values", functions, sizeof(functions) / sizeof(*functions)};
