// 'seasonal' against a slow twin, written from the words of detector_seasonal.c and the
// documentation: it keeps all visits, and reckons level and profile anew from them for each event.
#include "tail_twin.h"

enum { EVENTS = 6000, BUCKETS = 12, MEMORY = 300, SETTLE = 3 };

static const double season_ms = 86400000, alpha = 0.1, gain_min = 0.2;

struct visit {
	double number; // buckets since 1970
	int n;
	double values, residuals, deviations; // sums; residuals as they are learnt
};

struct seasonal_twin {
	int n_visits; // the last one is not over
	struct visit visits[EVENTS];
	double first;
	// Of neighbours: residuals as they are learnt, and how far they are from what the one
	// before makes likely.
	int n;
	double residuals[EVENTS], innovations[EVENTS];
	struct tail_twin tail;
};

// What the visits that are over tell.
struct profile {
	bool is_known; // a season is over
	double level, deviation;
	double usual[BUCKETS], deviations[BUCKETS];
	int n[BUCKETS]; // visits
	int n_level; // visits since the last gap
};

static int bucket_of(double visit)
{
	return (int)(visit - BUCKETS * floor(visit / BUCKETS));
}

// A season is over: what its buckets differ by from their mean.
static void begin_profile(struct profile *profile)
{
	double sum = 0;
	int n = 0;

	for (int i = 0; i < BUCKETS; i++)
		if (profile->n[i] > 0) {
			sum += profile->usual[i];
			n++;
		}
	for (int i = 0; i < BUCKETS; i++)
		profile->usual[i] = profile->n[i] > 0 ? profile->usual[i] - sum / n : 0;
	profile->level = sum / n;
	profile->is_known = true;
}

static void learn_visit(struct profile *profile, const struct visit *visit, int nth)
{
	int bucket = bucket_of(visit->number), n = profile->n[bucket]++;
	double mean = visit->residuals / visit->n, spread = visit->deviations / visit->n;
	double gain = n == 0 ? 1 : fmax(1.0 / (n + 1), gain_min), step;

	// The first visit of all was compared with nothing but its first value.
	profile->deviation +=
		(nth < 2 ? 1 : fmax(1.0 / nth, alpha)) * (spread - profile->deviation);
	profile->n_level++;
	if (!profile->is_known) {
		profile->level = profile->usual[bucket] = visit->values / visit->n;
		profile->deviations[bucket] = profile->deviation;
		return;
	}
	step = fmax(1.0 / (profile->n_level + 1), alpha) * mean;
	profile->level += step;
	profile->usual[bucket] += gain * (mean - step);
	profile->deviations[bucket] += gain * (spread - profile->deviations[bucket]);
}

static struct profile profile_of(const struct seasonal_twin *twin)
{
	struct profile profile = {.level = twin->first};

	for (int i = 0; i + 1 < twin->n_visits; i++) {
		const struct visit *visit = &twin->visits[i], *next = visit + 1;

		learn_visit(&profile, visit, i);
		if (!profile.is_known && next->number - twin->visits[0].number >= BUCKETS)
			begin_profile(&profile);
		if (next->number < visit->number || next->number - visit->number > BUCKETS)
			profile.n_level = 0;
	}
	return profile;
}

static double expected_at(const struct profile *profile, double time)
{
	double place = time * BUCKETS / season_ms, left = floor(place - 0.5);
	int own = bucket_of(floor(place));
	int buckets[] = {bucket_of(left), bucket_of(left + 1)};
	double part = place - 0.5 - left;

	if (!profile->is_known || profile->n[own] == 0)
		return profile->level;
	if (profile->n[buckets[0]] == 0 || profile->n[buckets[1]] == 0)
		return profile->level + profile->usual[own];
	return profile->level + (1 - part) * profile->usual[buckets[0]] +
	       part * profile->usual[buckets[1]];
}

static double scale_of(const struct profile *profile, double time, double value)
{
	int own = bucket_of(floor(time * BUCKETS / season_ms));
	double n = profile->is_known ? profile->n[own] : 0;

	return (n * profile->deviations[own] + 2 * profile->deviation) / (n + 2) +
	       1e-9 * (fabs(profile->level) + fabs(value));
}

static double clip(double x, double most)
{
	return fmin(fmax(x, -most), most);
}

// Means over all neighbours, of whom the newest weighs 1 / MEMORY or so.
struct neighbours {
	double before, variance, covariance, innovation;
};

static struct neighbours neighbours_of(const struct seasonal_twin *twin)
{
	struct neighbours all = {0};

	for (int i = 0; i < twin->n; i++) {
		double weight = 1 / (fmin(i, MEMORY) + 2);

		all.innovation += weight * (twin->innovations[i] - all.innovation);
		all.covariance += weight * (twin->residuals[i] * all.before - all.covariance);
		all.variance += weight * (pow(twin->residuals[i], 2) - all.variance);
		all.before = twin->residuals[i];
	}
	return all;
}

static double seasonal_feed(struct seasonal_twin *twin, double time, double value)
{
	double number = floor(time * BUCKETS / season_ms), last, residual, scale;
	double innovation, innovation_scale, y, surprise = 0;
	struct neighbours all = neighbours_of(twin);
	struct profile profile;
	struct visit *visit;
	bool is_old;

	if (twin->n_visits == 0) {
		twin->first = value;
		twin->visits[twin->n_visits++].number = number;
	}
	last = twin->visits[twin->n_visits - 1].number;
	is_old = number < last && number >= last - BUCKETS;
	if (number != last && !is_old)
		twin->visits[twin->n_visits++].number = number;
	visit = &twin->visits[twin->n_visits - 1];
	profile = profile_of(twin);
	residual = value - expected_at(&profile, time);
	scale = scale_of(&profile, time, value);
	innovation = residual;
	if (all.variance > 0)
		innovation -= fmin(fmax(all.covariance / all.variance, 0), 1) * all.before;
	innovation_scale = all.innovation + 0.1 * scale;
	y = log(1 + fmax(fabs(residual) / scale, fabs(innovation) / innovation_scale));
	if (twin->n_visits > SETTLE)
		surprise = tail_tell(&twin->tail, y);
	if (is_old)
		return surprise;
	if (twin->n_visits > SETTLE) {
		if (twin->n > 0)
			innovation = clip(innovation, 8 * innovation_scale);
		twin->residuals[twin->n] = clip(residual, 8 * scale);
		twin->innovations[twin->n++] = fabs(innovation);
		tail_learn(&twin->tail, y, MEMORY);
	}
	if (profile.is_known && profile.n_level >= SETTLE)
		residual = clip(residual, 4 * scale);
	visit->n++;
	visit->values += value;
	visit->residuals += residual;
	visit->deviations += fabs(residual);
	return surprise;
}

// Some ten events an hour, from before 1970 on; late ones, a gap of days, a clock that is set back.
static int64_t next_time(int64_t time, int i, uint64_t *seed)
{
	uint64_t lot = series_random(seed) % 100;

	if (i == 2000 || i == 4500)
		return time + 5 * 86400000;
	if (i == 3000)
		return time - 3 * 86400000;
	if (lot == 0)
		return time + 14400000;
	return time + (int64_t)(720000 * series_exponential(seed));
}

static double next_value(int64_t time, int i, uint64_t *seed)
{
	double day = 10 * sin((double)time * 2 * M_PI / season_ms);

	return 100 + day + (i > 5000 ? 30 : 0) + series_normal(seed) + (i % 500 == 499 ? 25 : 0);
}

// Profile and tail are floats, so a surprise is exact to some five digits.
static void seasonal_says_what_its_twin_says(void **)
{
	const struct detector_option options[] = {
		{"buckets", NULL, BUCKETS}, {"memory", NULL, MEMORY}};
	static struct seasonal_twin twin = {.tail = {.excess = 0.5}};
	int64_t time = -2 * 86400000;
	struct detector_rig rig;
	uint64_t seed = 53;
	int n_odd = 0;

	rig_begin(&rig, "seasonal", options, 2);
	for (int i = 0; i < EVENTS; i++) {
		int64_t at;
		double value, expected;

		time = next_time(time, i, &seed);
		at = series_random(&seed) % 20 > 0
			     ? time
			     : time - (int64_t)(series_random(&seed) % 80000000);
		value = next_value(at, i, &seed);
		expected = seasonal_feed(&twin, (double)at, value);
		n_odd += expected > 3;
		assert_near(rig_score(&rig, at, value).surprise, expected, 1e-3, i);
	}
	assert_true(n_odd > 5);
	rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seasonal_says_what_its_twin_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
