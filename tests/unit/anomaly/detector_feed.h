// What tests of detectors share: one made from its options, events fed one by one or in blocks, and
// series to feed.
#pragma once
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "operator/anomaly/detector.h"

enum { RIG_STATE_MAX = 4096 };

struct rig {
	struct arena *arena;
	const struct detector_kind *kind;
	const void *config;
	_Alignas(64) uint8_t state[RIG_STATE_MAX]; // of the one key of rig_feed()
	struct verdict verdict; // the last
	double value; // the last
};

static inline void rig_begin(struct rig *rig, const struct detector_kind *kind,
	const struct detector_option *options, uint32_t n_options)
{
	struct detector_call call = {.options = options, .n_options = n_options, .n_columns = 1};
	struct err err = {0};

	*rig = (struct rig){.arena = arena_new(), .kind = kind};
	call.arena = rig->arena;
	rig->config = kind->configure(&call, &err);
	if (rig->config == NULL)
		fail_msg("%s", err.text);
	assert_in_range(kind->state_size(rig->config), 8, RIG_STATE_MAX);
	assert_int_equal(kind->state_size(rig->config) % 8, 0);
}

static inline void rig_end(struct rig *rig)
{
	arena_free(rig->arena);
}

// The surprise at the key's next event.
static inline double rig_feed_at(struct rig *rig, int64_t time_ms, double value)
{
	void *state = rig->state;
	const double *values = &rig->value;

	rig->value = value;
	memset(&rig->verdict, 0xa5, sizeof(rig->verdict)); // all of it must be written
	rig->kind->score(rig->config, &state, &time_ms, &values, 1, &rig->verdict);
	assert_true(rig->verdict.surprise >= 0);
	return rig->verdict.surprise;
}

static inline double rig_feed(struct rig *rig, double value)
{
	return rig_feed_at(rig, 0, value);
}

// What explain() says of the last event.
static inline const char *rig_words(struct rig *rig)
{
	static char text[300];

	rig->kind->explain(rig->config, &rig->verdict, &rig->value, text, sizeof(text));
	return text;
}

static inline void rig_assert_words(struct rig *rig, const char *part)
{
	const char *words = rig_words(rig);

	if (strstr(words, part) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", words, part);
}

// The error of a configuration that is wrong must be this.
static inline void rig_assert_refused(
	const struct detector_kind *kind, const struct detector_option *option, const char *text)
{
	struct detector_call call = {
		.options = option, .n_options = 1, .n_columns = 1, .arena = arena_new()};
	struct err err = {0};

	assert_null(kind->configure(&call, &err));
	assert_string_equal(err.text, text);
	arena_free(call.arena);
}

// xorshift64: the same numbers everywhere.
static inline uint64_t rig_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static inline double rig_uniform(uint64_t *seed)
{
	return (double)(rig_random(seed) >> 11) / 0x1p53;
}

// Near enough to a normal law, mean 0 and deviation 1.
static inline double rig_normal(uint64_t *seed)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += rig_uniform(seed);
	return sum;
}

// Any bits: NaN, infinities, the smallest and the greatest among them.
static inline double rig_any(uint64_t *seed)
{
	uint64_t bits = rig_random(seed);
	double value;

	memcpy(&value, &bits, sizeof(value));
	return bits % 16 == 0 ? (double)INFINITY : bits % 16 == 1 ? (double)NAN : value;
}

enum rig_series { SERIES_NORMAL, SERIES_HEAVY, SERIES_WALK, SERIES_WHOLE, SERIES_DAILY, SERIES };

// The next value of a series of some kind, with something odd now and then.
static inline double rig_next(enum rig_series series, uint64_t i, double last, uint64_t *seed)
{
	double odd = rig_random(seed) % 300 == 0 ? 20 * rig_uniform(seed) : 0;

	switch (series) {
	case SERIES_NORMAL:
		return 50 + 3 * rig_normal(seed) + odd;
	case SERIES_HEAVY:
		return 1 / (rig_uniform(seed) + 1e-4);
	case SERIES_WALK:
		return last + rig_normal(seed) + odd;
	case SERIES_WHOLE:
		return (double)(rig_random(seed) % 7) + floor(odd);
	default:
		return 10 * sin((double)i * 6.283 / 288) + rig_normal(seed) + odd;
	}
}

// One seed, n events of three keys, fed one by one and in blocks of any sizes: the same bits.
static inline void rig_assert_blocks_are_nothing(struct rig *rig)
{
	enum { EVENTS = 3000, KEYS = 3 };
	static uint8_t ones[KEYS][RIG_STATE_MAX], blocks[KEYS][RIG_STATE_MAX];
	static struct verdict verdicts[EVENTS], verdict;
	static double values[EVENTS];
	static int64_t times[EVENTS];
	static void *states[EVENTS];
	uint64_t seed = 77;

	memset(ones, 0, sizeof(ones));
	memset(blocks, 0, sizeof(blocks));
	for (int i = 0; i < EVENTS; i++) {
		values[i] = rig_next(SERIES_HEAVY, 0, 0, &seed);
		times[i] = i * INT64_C(300000);
		states[i] = blocks[rig_random(&seed) % KEYS];
	}
	for (int i = 0, n; i < EVENTS; i += n) {
		const double *column = values + i;

		n = (int)(rig_random(&seed) % 100) + 1;
		n = n < EVENTS - i ? n : EVENTS - i;
		rig->kind->score(
			rig->config, states + i, times + i, &column, (uint16_t)n, verdicts + i);
	}
	for (int i = 0; i < EVENTS; i++) {
		void *state = ones[((uint8_t *)states[i] - blocks[0]) / RIG_STATE_MAX];
		const double *column = values + i;

		rig->kind->score(rig->config, &state, times + i, &column, 1, &verdict);
		assert_memory_equal(&verdict.surprise, &verdicts[i].surprise, sizeof(double));
		assert_int_equal(verdict.reason, verdicts[i].reason);
	}
	assert_memory_equal(ones, blocks, sizeof(ones));
}

// Any bits at any time: never NaN nor below 0, and what is no finite number is not learnt.
static inline void rig_assert_takes_anything(struct rig *rig)
{
	static uint8_t before[RIG_STATE_MAX];
	uint64_t seed = 5;
	char text[40];

	for (int i = 0; i < 20000; i++) {
		double value = i % 3 == 0 ? rig_any(&seed) : rig_normal(&seed);

		memcpy(before, rig->state, sizeof(before));
		rig_feed_at(rig, (int64_t)rig_random(&seed), value);
		assert_true(isfinite(rig->verdict.surprise));
		if (!isfinite(value))
			assert_memory_equal(before, rig->state, sizeof(before));
		if (isnan(value))
			assert_true(rig->verdict.surprise == 0);
		if (isinf(value))
			assert_true(rig->verdict.surprise > 1000);
		memset(text, 'x', sizeof(text));
		rig->kind->explain(rig->config, &rig->verdict, &value, text, 1 + (size_t)i % 39);
		assert_non_null(memchr(text, 0, 1 + (size_t)i % 39));
		assert_int_equal(text[39], 'x');
	}
}
