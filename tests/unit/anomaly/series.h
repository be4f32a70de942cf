// For tests of detectors: random series, and what every detector must stand.
#pragma once
#include "detector_rig.h"
#include <math.h>

static inline uint64_t series_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

// From 0, excluded, to 1.
static inline double series_uniform(uint64_t *seed)
{
	return ((double)(series_random(seed) >> 11) + 1) / 0x1p53;
}

static inline double series_normal(uint64_t *seed)
{
	return sqrt(-2 * log(series_uniform(seed))) * cos(2 * M_PI * series_uniform(seed));
}

static inline double series_exponential(uint64_t *seed)
{
	return -log(series_uniform(seed));
}

// Of any bits: infinities, NaN, the largest and the smallest are among them.
static inline double series_any(uint64_t *seed)
{
	static const double edges[] = {INFINITY, -INFINITY, NAN, 0, -0.0, 0x1p-1074, 0x1p-1022,
		1.7976931348623157e308, -1.7976931348623157e308, 1e300, -1e300, 1, 1e-9};
	uint64_t bits = series_random(seed);
	double value;

	if (bits % 2 == 0)
		return edges[bits / 2 % (sizeof(edges) / sizeof(edges[0]))];
	memcpy(&value, &bits, sizeof(value));
	return value;
}

enum series { SERIES_NORMAL, SERIES_HEAVY, SERIES_WALK, SERIES_WHOLE, SERIES_DAILY, SERIES };

// The next value of a series of some kind, with something odd now and then.
static inline double series_next(enum series series, uint64_t i, double last, uint64_t *seed)
{
	double odd = series_random(seed) % 300 == 0 ? 20 * series_uniform(seed) : 0;

	switch (series) {
	case SERIES_NORMAL:
		return 50 + 3 * series_normal(seed) + odd;
	case SERIES_HEAVY:
		return 1 / (series_uniform(seed) + 1e-4);
	case SERIES_WALK:
		return last + series_normal(seed) + odd;
	case SERIES_WHOLE:
		return (double)(series_random(seed) % 7) + floor(odd);
	default:
		return 10 * sin((double)i * 6.283 / 288) + series_normal(seed) + odd;
	}
}

// However little room there is, words end in it and nothing is written behind it.
static inline void series_assert_words_end(
	struct detector_rig *rig, const struct verdict *verdict, double value, size_t size)
{
	char text[40];

	memset(text, 'x', sizeof(text));
	if (verdict->reason == 0)
		return;
	rig->kind->explain(rig->config, verdict, &value, text, size);
	assert_non_null(memchr(text, 0, size));
	assert_int_equal(text[size], 'x');
}

// Any values at any times: each verdict is a number ≥ 0 that has its words; NaN says and teaches
// nothing, infinities say much and teach nothing. A rig that reads no values is spared the latter.
static inline void series_assert_takes_anything(struct detector_rig *rig, bool reads_values)
{
	size_t size = rig->kind->state_size(rig->config);
	void *before = malloc(size);
	uint64_t seed = 99;

	for (int i = 0; i < 20000; i++) {
		double value = i % 5 == 0 ? series_any(&seed) : series_normal(&seed);
		int64_t time = i % 7 == 0 ? (int64_t)series_random(&seed) : i * INT64_C(60000);
		struct verdict verdict;

		memcpy(before, rig->state, size);
		verdict = rig_score(rig, time, value);
		assert_true(isfinite(verdict.surprise));
		rig_explain(rig, &verdict, value);
		series_assert_words_end(rig, &verdict, value, 1 + (size_t)i % 39);
		if (!reads_values || isfinite(value))
			continue;
		assert_memory_equal(before, rig->state, size);
		assert_true(isnan(value) ? verdict.surprise == 0 : verdict.surprise > 1000);
	}
	free(before);
}

// Where blocks end makes no bit of a difference, nor do other keys between.
static inline void series_assert_blocks_are_nothing(struct detector_rig *rig)
{
	enum { EVENTS = 3000, KEYS = 3 };
	size_t size = rig->kind->state_size(rig->config);
	char *alone = calloc(KEYS, size), *together = calloc(KEYS, size);
	static double values[EVENTS];
	static int64_t times[EVENTS];
	static void *states[EVENTS];
	static struct verdict verdicts[EVENTS], verdict;
	uint64_t seed = 77;

	for (int i = 0; i < EVENTS; i++) {
		values[i] = series_normal(&seed) / series_uniform(&seed);
		times[i] = i * INT64_C(300000) + (int64_t)(series_random(&seed) % 400000);
		states[i] = together + size * (series_random(&seed) % KEYS);
	}
	for (int i = 0, n; i < EVENTS; i += n) {
		const double *column = values + i;

		n = (int)(series_random(&seed) % 100) + 1;
		n = n < EVENTS - i ? n : EVENTS - i;
		rig->kind->score(
			rig->config, states + i, times + i, &column, (uint16_t)n, verdicts + i);
	}
	for (int i = 0; i < EVENTS; i++) {
		void *state = alone + ((char *)states[i] - together);
		const double *column = values + i;

		rig->kind->score(rig->config, &state, times + i, &column, 1, &verdict);
		assert_memory_equal(&verdict.surprise, &verdicts[i].surprise, sizeof(double));
		assert_int_equal(verdict.reason, verdicts[i].reason);
	}
	assert_memory_equal(alone, together, KEYS * size);
	free(alone);
	free(together);
}

// The detector refuses this option, in these words.
static inline void series_assert_refuses(
	const char *name, const struct detector_option *option, const char *words)
{
	struct detector_rig rig;

	rig_begin(&rig, name, option, 1);
	assert_null(rig.config);
	assert_string_equal(rig.err.text, words);
	rig_end(&rig);
}

static inline void series_assert_refused(
	const char *name, const char *option, double number, const char *words)
{
	const struct detector_option options[] = {{.name = option, .number = number}};

	series_assert_refuses(name, options, words);
}
