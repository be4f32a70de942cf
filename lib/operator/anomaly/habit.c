#include "operator/anomaly/habit.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

// Smaller ones leave no mark, so that a record which grows step by step is told in the end.
static const double rise_least = 0.1;
static const double peak_most = 4; // of a record by 225 ranges: worse ones silence no longer
static const double peak_least = 0.01; // below it nothing is left of the last record to speak of

// ---- Options

int habit_configure(const struct detector_call *call, const char *detector,
	struct habit_config *config, struct err *err)
{
	static const char *const names[] = {"alpha", "warmup", "refractory", NULL};
	// A memory of some 330 events holds several periods of what is periodic and is short enough
	// to follow a key that changes. 60 events show most of a habit. 256 events are what an
	// episode mostly lasts.
	double alpha = 0.003, warmup = 60, refractory = 256;

	if (detector_options(call, detector, names, err) < 0 ||
		detector_number(call, "alpha", 1e-6, 1, &alpha, err) < 0 ||
		detector_whole(call, "warmup", HABIT_SETTLE, 1e9, &warmup, err) < 0 ||
		detector_number(call, "refractory", 0, 1e9, &refractory, err) < 0)
		return -EINVAL;
	config->alpha = alpha;
	config->mean_until = (uint32_t)(1 / fmin(alpha, habit_slow)) + 1;
	config->warmup = (uint32_t)warmup;
	config->fade = refractory > 1 ? 1 - 1 / refractory : 0;
	return 0;
}

// ---- Verdicts

void habit_begin(struct habit *habit, double value)
{
	double measures[EXTREMES] = {value, value};

	habit->level = habit->fast = habit->slow = value;
	extremes_set(&habit->extremes, measures, MEASURE_VALUE);
}

void habit_settle(struct habit *habit, const double *measures, struct verdict *verdict)
{
	verdict->surprise = 0;
	verdict->reason = HABIT_NEW;
	verdict->facts[FACT_EVENTS] = habit->n;
	if (habit->n <= HABIT_SETTLE)
		extremes_set(&habit->extremes, measures, MEASURE_FAST);
}

void habit_reject(const struct habit *habit, double value, struct verdict *verdict)
{
	*verdict = (struct verdict){0};
	if (isnan(value))
		return;
	verdict->reason = HABIT_INFINITE;
	verdict->surprise = habit_infinite;
	verdict->facts[FACT_LEVEL] = habit->level;
}

void habit_record(const struct habit_config *config, struct habit *habit, const double *measures,
	double weight, struct verdict *verdict)
{
	static const double leasts[EXTREMES] = {0, 0, 1, 1}; // deviations: one at least
	const double weights[EXTREMES] = {1, 1, 1, weight};
	struct excess excess = extremes_excess(&habit->extremes, measures, leasts, weights);
	double size = logarithm2(1 + sqrt(excess.size));
	double rise = size - habit->peak;

	if (excess.size <= 0 || habit->n <= config->warmup)
		return;
	verdict->reason = HABIT_RECORD + excess.measure;
	verdict->facts[FACT_MEASURE] = measures[excess.measure];
	verdict->facts[FACT_RECORD] = excess.is_low ? habit->extremes.low[excess.measure]
						    : habit->extremes.high[excess.measure];
	if (excess.is_low)
		verdict->reason |= HABIT_LOW;
	if (habit->peak > peak_least)
		verdict->reason |= HABIT_AGAIN;
	if (rise > 0)
		verdict->surprise = habit_counted(habit) * (1 + rise);
	if (rise >= rise_least)
		habit->peak = fmin(size, peak_most);
}

// ---- Words

struct text {
	char *at;
	size_t left;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *text, const char *format, ...)
{
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(text->at, text->left, format, arguments);
	va_end(arguments);
	if (n < 0)
		return;
	n = (size_t)n < text->left ? n : (int)text->left - (text->left > 0);
	text->at += n;
	text->left -= (size_t)n;
}

// What habit_ratio() bent, unbent.
static double unbent(double ratio)
{
	return fabs(ratio) / (1 - fabs(ratio) / habit_ratio_most);
}

static void add_distance(struct text *text, const struct verdict *verdict, double value)
{
	double level = verdict->facts[FACT_LEVEL];
	double deviations = (value - level) / (verdict->facts[FACT_SCALE] + habit_tiny);
	const char *side = deviations > 0 ? "above" : "below";

	if (deviations == 0)
		add(text, "%.10g is this key's level", value);
	else if (fabs(deviations) > 1e6) // the scale is next to nothing
		add(text, "%.10g is %s %.10g, which this key hardly ever left", value, side, level);
	else
		add(text, "%.10g is %.3g deviations %s this key's level %.10g", value,
			fabs(deviations), side, level);
}

static void add_record(struct text *text, const struct verdict *verdict, const char *residual)
{
	bool is_low = verdict->reason & HABIT_LOW;
	double measure = verdict->facts[FACT_MEASURE], before = verdict->facts[FACT_RECORD];

	switch ((verdict->reason & HABIT_KIND) - HABIT_RECORD) {
	case MEASURE_VALUE:
		add(text, "; new %s (before: %.10g)", is_low ? "minimum" : "maximum", before);
		break;
	case MEASURE_SLOW:
		add(text, "; %s mean of some 64 events so far: %.6g (before: %.6g)",
			is_low ? "lowest" : "highest", measure, before);
		break;
	case MEASURE_FAST:
		add(text, "; the mean of some 16 events is %.3g deviations %s it, the most so far",
			unbent(measure), measure < 0 ? "below" : "above");
		break;
	default:
		add(text, "; %s", residual);
	}
	if (verdict->reason & HABIT_AGAIN)
		add(text, "; shortly after another record");
}

void habit_explain(const struct habit_config *config, const struct verdict *verdict, double value,
	const char *residual, char *words, size_t size)
{
	struct text text = {words, size};

	switch (verdict->reason & HABIT_KIND) {
	case 0:
		add(&text, "no value");
		return;
	case HABIT_NEW:
		add(&text, "event %.0f of the first %u of this key, which are not judged",
			verdict->facts[FACT_EVENTS], config->warmup);
		return;
	case HABIT_INFINITE:
		add(&text, "%.10g is no finite number that can be reckoned with", value);
		return;
	case HABIT_APART:
		add_distance(&text, verdict, value);
		return;
	default:
		add_distance(&text, verdict, value);
		add_record(&text, verdict, residual);
	}
}
