// The slow twin of 'ewma' and 'auto', written from the words of habit.h and the documentation: it
// keeps all values, goes over them again for each event and uses libm.
#pragma once
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { TWIN_EVENTS_MAX = 4000, TWIN_MEASURES = 4 };

struct habit_twin {
	bool is_auto;
	double alpha, refractory;
	int warmup;
	int n;
	double values[TWIN_EVENTS_MAX];
	int64_t times[TWIN_EVENTS_MAX];
	// Of each event
	double measures[TWIN_MEASURES][TWIN_EVENTS_MAX];
	double distances[TWIN_EVENTS_MAX], residuals[TWIN_EVENTS_MAX]; // without sign
	double sizes[TWIN_EVENTS_MAX]; // of its record, if it rose by a tenth; else 0
};

static inline double twin_max(double a, double b)
{
	return a > b ? a : b;
}

// Mean of values[:n], of which the i-th weighed max(least, 1 / (i + 1)) when it came.
static inline double twin_mean(const double *values, int n, double least)
{
	double mean = 0;

	for (int i = 0; i < n; i++)
		mean += twin_max(least, 1.0 / (i + 1)) * (values[i] - mean);
	return mean;
}

// What the value of event i differs by from what is expected.
static inline double twin_residual(const struct habit_twin *twin, int i)
{
	const int64_t hour_ms = 3600000, day_ms = 24 * hour_ms;
	int64_t hour = (int64_t)floor((double)twin->times[i] / (double)hour_ms) % 24;
	double usual = 0;
	int n = 0;

	if (!twin->is_auto)
		return i > 0 ? twin->values[i] - twin->values[i - 1] : 0;
	for (int k = 0; k < i; k++)
		if (((int64_t)floor((double)twin->times[k] / (double)hour_ms) % 24 + 24) % 24 ==
			(hour + 24) % 24) {
			n = n < 255 ? n + 1 : 255;
			usual += (twin->values[k] - usual) / n;
		}
	return n > 0 && twin->times[i] - twin->times[0] >= day_ms ? twin->values[i] - usual : 0;
}

// The extremes of a measure after events from..to, each of which shrank the range before.
static inline void twin_extremes(const double *measure, int from, int to, double *low, double *high)
{
	*low = *high = measure[from];
	for (int i = from + 1; i <= to; i++) {
		double step = (*high - *low) / 65536;

		*low = fmin(*low + step, measure[i]);
		*high = fmax(*high - step, measure[i]);
	}
}

// Excess of event i's measure over those of the events before, in ranges; ≤ 0: none.
static inline double twin_excess(const struct habit_twin *twin, int m, int i)
{
	double low, high, range, value = twin->measures[m][i];

	// The scale of the last two is not known before 20 events.
	twin_extremes(twin->measures[m], m < 2 ? 0 : 19, i - 1, &low, &high);
	if (value <= high && value >= low)
		return 0;
	if (m >= 2)
		return twin_max(value - high, low - value) / twin_max(high - low, 1);
	if (low == 0 && high == 0)
		return 65536;
	range = twin_max(high - low, twin_max(fabs(low), fabs(high)) / 65536);
	return twin_max(value - high, low - value) / range;
}

static inline double twin_bent(double distance, double scale)
{
	return distance == 0 ? 0 : distance / (scale + fabs(distance) / 8);
}

// Fills the measures of event i; returns its distance from the level.
static inline double twin_measure(struct habit_twin *twin, int i)
{
	double level = i > 0 ? twin_mean(twin->values, i, twin->alpha) : twin->values[0];
	double low, high, grain, distance = twin->values[i] - level;
	double residual = twin_residual(twin, i);

	twin_extremes(twin->values, 0, i > 0 ? i - 1 : 0, &low, &high);
	grain = 0.01 * (high - low);
	twin->measures[0][i] = twin->values[i];
	twin->measures[1][i] = twin_mean(twin->values, i + 1, 1.0 / 64);
	twin->measures[2][i] = twin_bent(twin_mean(twin->values, i + 1, 1.0 / 16) - level,
		1.25 * twin_mean(twin->distances, i, twin->alpha) + grain);
	twin->measures[3][i] =
		twin_bent(residual, 1.25 * twin_mean(twin->residuals, i, twin->alpha) + grain);
	twin->distances[i] = fabs(distance);
	twin->residuals[i] = fabs(residual);
	return distance;
}

// What is left of the greatest record before event i.
static inline double twin_peak(const struct habit_twin *twin, int i)
{
	double peak = 0;

	for (int k = 0; k < i; k++)
		peak = twin_max(
			peak, fmin(twin->sizes[k], 4) * pow(1 - 1 / twin->refractory, i - k));
	return peak;
}

static inline double twin_weight(const struct habit_twin *twin, int m, int i)
{
	const int64_t two_days_ms = 2 * 86400000;

	if (m < 3)
		return 1;
	if (!twin->is_auto)
		return 0.25;
	return twin->times[i] - twin->times[0] >= two_days_ms;
}

static inline double twin_feed(struct habit_twin *twin, int64_t time_ms, double value)
{
	int i = twin->n++;
	double excess = 0, distance, low, high, level, part, count, size, rise;

	twin->times[i] = time_ms;
	twin->values[i] = value;
	distance = twin_measure(twin, i);
	if (i < twin->warmup)
		return 0;
	for (int m = 0; m < TWIN_MEASURES; m++)
		excess = twin_max(excess, twin_weight(twin, m, i) * twin_excess(twin, m, i));
	size = log2(1 + sqrt(excess));
	rise = size - twin_peak(twin, i);
	twin->sizes[i] = rise >= 0.1 ? size : 0;
	count = log10(fmin(i + 1, 512));
	if (excess > 0 && rise > 0)
		return count * (1 + rise);
	level = value - distance;
	twin_extremes(twin->values, 0, i - 1, &low, &high);
	part = fabs(distance) / twin_max(twin_max(high - level, level - low), 0x1p-1000);
	return count * fmin(part * part, 1);
}
