// 'threshold', 'rate' and 'robust' against slow twins on random events: written from the words of
// the documentation, which keep all there was and use libm. (Those of 'ewma', 'auto' and 'cusum'
// are in habit.c and cusum.c, those of 'seasonal', 'rcf' and 'sequence' in twin_*.c.)
#include "tail_twin.h"

enum { EVENTS = 3000 };

// ---- threshold

// Of values[:n], the last event's: the alarm that it belongs to began with one beyond a limit and
// no value came well back since.
static double threshold_twin(const double *values, int n, double above, double below, double back)
{
	double value = values[n - 1], beyond;
	int i = n - 1;

	if (isnan(value))
		return 0;
	while (i >= 0 && !(values[i] > above) && !(values[i] < below))
		i--;
	if (i < 0)
		return 0;
	for (int k = i + 1; k < n; k++)
		if (values[i] > above ? values[k] <= above - back : values[k] >= below + back)
			return 0;
	beyond = values[i] > above ? value - above : below - value;
	return 3 + log10(1 + fmin(fmax(beyond, 0) / back, 1e300));
}

static void threshold_says_what_its_twin_says(void **)
{
	const struct detector_option options[] = {
		{"above", NULL, 20}, {"below", NULL, -15}, {"hysteresis", NULL, 6}};
	static double values[EVENTS];
	struct detector_rig rig;
	uint64_t seed = 41;

	rig_begin(&rig, "threshold", options, 3);
	for (int i = 0; i < EVENTS; i++) {
		values[i] = i % 50 == 0 ? series_any(&seed) : 12 * series_normal(&seed);
		assert_near(rig_score(&rig, 0, values[i]).surprise,
			threshold_twin(values, i + 1, 20, -15, 6), 1e-12, i);
	}
	rig_end(&rig);
}

// ---- rate

enum { BURST = 5, RATE_MEMORY = 300 };

// Times of one sort that were learnt.
struct learnt {
	int n;
	double ms[EVENTS];
};

static double learnt_mean(const struct learnt *learnt, bool is_logarithm)
{
	double mean = 0;

	for (int i = 0; i < learnt->n; i++) {
		double ms = is_logarithm ? log(learnt->ms[i]) : learnt->ms[i];

		mean += fmax(1.0 / (i + 1), 1.0 / RATE_MEMORY) * (ms - mean);
	}
	return mean;
}

// Chernoff's bound for a gamma law of this mean and mean logarithm (Minka's shape).
static double rarity(const struct learnt *learnt, double ms, bool is_short)
{
	double mean = learnt_mean(learnt, false), r = ms / mean, s, shape;

	if (learnt->n < 10 || (r < 1) != is_short)
		return 0;
	s = log(mean) - learnt_mean(learnt, true);
	shape = s < 0.01 ? 50 : fmax((3 - s + sqrt(pow(s - 3, 2) + 24 * s)) / (12 * s), 0.05);
	return shape * (r - 1 - log(r)) / log(10);
}

static void learn_time(struct learnt *learnt, double ms)
{
	if (learnt->n >= 10)
		ms = fmin(ms, 20 * learnt_mean(learnt, false));
	learnt->ms[learnt->n++] = ms;
}

struct rate_twin {
	struct learnt gaps, spans;
	int64_t newest[BURST + 1];
	int n_newest, n_late;
};

static int compare_times(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

// Where an event that came last is among the newest: behind its equals.
static int place_of(const struct rate_twin *twin, int64_t time)
{
	int i = twin->n_newest - 1;

	while (twin->newest[i] != time)
		i--;
	return i;
}

static double rate_feed(struct rate_twin *twin, int64_t time)
{
	double gap, span, surprise;
	int place;

	if (twin->n_newest > 0 && time < twin->newest[0]) {
		if (++twin->n_late == 8)
			twin->n_newest = twin->n_late = 0;
		return 0;
	}
	twin->n_late = 0;
	if (twin->n_newest == BURST + 1)
		memmove(twin->newest, twin->newest + 1, (size_t)--twin->n_newest * sizeof(time));
	twin->newest[twin->n_newest++] = time;
	qsort(twin->newest, (size_t)twin->n_newest, sizeof(time), compare_times);
	place = place_of(twin, time);
	if (place == 0)
		return 0; // nothing known is before it
	gap = (double)(time - twin->newest[place - 1]) + 0.5;
	surprise = rarity(&twin->gaps, gap, false);
	learn_time(&twin->gaps, gap);
	if (twin->n_newest <= BURST)
		return surprise;
	span = (double)(twin->newest[BURST] - twin->newest[0]) + 0.5 * BURST;
	surprise = fmax(surprise, rarity(&twin->spans, span, true));
	surprise = fmax(surprise, rarity(&twin->spans, span, false));
	learn_time(&twin->spans, span);
	return surprise;
}

// Bursts, silences, the same time again, late ones, and a clock that is set back.
static int64_t next_time(int64_t time, int i, uint64_t *seed)
{
	uint64_t lot = series_random(seed) % 100;

	if (i == 1700)
		return time - 86400000;
	if (lot < 5)
		return time;
	if (lot < 15)
		return time - (int64_t)(series_random(seed) % 100000);
	if (lot == 15)
		return time + 7200000;
	return time + (int64_t)((i / 40 % 9 == 0 ? 500 : 30000) * series_exponential(seed));
}

static void rate_says_what_its_twin_says(void **)
{
	const struct detector_option memory = {"memory", NULL, RATE_MEMORY};
	static struct rate_twin twin;
	struct detector_rig rig;
	int64_t time = -3600000;
	uint64_t seed = 43;
	int n_odd = 0;

	rig_begin(&rig, "rate", &memory, 1);
	for (int i = 0; i < EVENTS; i++) {
		double expected;

		time = next_time(time, i, &seed);
		expected = rate_feed(&twin, time);
		n_odd += expected > 3;
		assert_near(rig_score(&rig, time, 0).surprise, expected, 1e-6, i);
	}
	assert_true(n_odd > 5);
	rig_end(&rig);
}

// ---- robust

enum { ROBUST_MEMORY = 400 };

struct robust_twin {
	struct tail_twin tail;
	int n;
	double values[EVENTS];
	double median, mad, step, mean_deviation;
};

static double median_of(const double *values, int n)
{
	double sorted[8];

	for (int i = 0; i < n; i++) {
		int at = i;

		for (; at > 0 && sorted[at - 1] > values[i]; at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = values[i];
	}
	return (sorted[n / 2] + sorted[(n - 1) / 2]) / 2;
}

static void robust_start(struct robust_twin *twin)
{
	double deviations[5], steps[4];

	twin->median = median_of(twin->values, 5);
	for (int i = 0; i < 5; i++) {
		deviations[i] = fabs(twin->values[i] - twin->median);
		twin->mean_deviation += deviations[i] / 5;
	}
	for (int i = 0; i < 4; i++)
		steps[i] = fabs(twin->values[i + 1] - twin->values[i]);
	twin->mad = median_of(deviations, 5);
	twin->step = median_of(steps, 4);
}

// A median of sizes goes to its side by 1 / (n · density there).
static double scaled(double scale, double size, double n, double least)
{
	return fmax(scale * (1 + (size > scale ? 1 : -1) * 1.166 / n), least / 1024);
}

static double robust_feed(struct robust_twin *twin, double value)
{
	double least, away = fabs(value - twin->median), jump, n, y, surprise;

	twin->values[twin->n++] = value;
	if (twin->n == 5)
		robust_start(twin);
	if (twin->n <= 5)
		return 0;
	jump = fabs(value - twin->values[twin->n - 2]);
	least = twin->mean_deviation / 4 + 1e-9 * (fabs(twin->median) + fabs(value));
	y = log(1 + fmax(away / fmax(1.4826 * twin->mad, least),
			    jump / fmax(1.4826 * twin->step, least)));
	surprise = tail_tell(&twin->tail, y);
	if (twin->n > 30)
		tail_learn(&twin->tail, y, ROBUST_MEMORY);
	n = fmin(twin->n, ROBUST_MEMORY);
	twin->mean_deviation +=
		(fmin(away, 8 * 1.4826 * fmax(twin->mad, least)) - twin->mean_deviation) / n;
	twin->median +=
		copysign(fmin(away, fmax(1.859 * twin->mad, least) / n), value - twin->median);
	twin->mad = scaled(twin->mad, away, n, least);
	twin->step = scaled(twin->step, jump, n, least);
	return surprise;
}

// A quantile is a float, so its share of a surprise is exact to some six digits.
static void robust_says_what_its_twin_says(void **)
{
	const struct detector_option memory = {"memory", NULL, ROBUST_MEMORY};
	static struct robust_twin twin = {.tail = {.excess = 0.5}};
	struct detector_rig rig;
	uint64_t seed = 47;
	int n_odd = 0;

	rig_begin(&rig, "robust", &memory, 1);
	for (int i = 0; i < EVENTS; i++) {
		double value = i / 1000 % 2 == 0 ? 20 + 3 * series_normal(&seed)
						 : -1e6 / (series_uniform(&seed) + 1e-3);
		double expected;

		value += i % 400 == 399 ? 90 : 0;
		expected = robust_feed(&twin, value);
		n_odd += expected > 3;
		assert_near(rig_score(&rig, 0, value).surprise, expected, 1e-3, i);
	}
	assert_true(n_odd > 2);
	rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threshold_says_what_its_twin_says),
		cmocka_unit_test(rate_says_what_its_twin_says),
		cmocka_unit_test(robust_says_what_its_twin_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
