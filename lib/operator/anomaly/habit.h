// habit: what the detectors 'ewma' and 'auto' know of a key, and how odd an event is beside it.
//
// Idea: a level and a deviation (exponentially weighted means, S. W. Roberts, Technometrics 1959,
// of the value and of its distance from the level), and records of four measures (extremes.h):
//
//	value     itself
//	slow      its mean over some 64 events: a drift or a shift that no single value shows
//	fast      its mean over some 16 events, in deviations from the level
//	residual  what the value differs by from what the detector expects: from the value before
//	          (ewma), from what is usual at this hour (auto); in mean residuals
//
// n events in no special order have a new record with a chance of one in n, whatever law they
// follow (K. N. Chandler, J. R. Stat. Soc. B 1952). So an event that beats no record is as odd as
// its distance from the level is wide beside the widest that there was; one that beats a record is
// rarer than all before, by the logarithm of the excess (in ranges):
//
//	surprise = log10 n · (1 + log2(1 + √excess) − peak)          n: 512 at most
//
// peak is what the last record that rose by a tenth left, fading over some 256 events, so that an
// episode is told once and again only if it gets worse. So the surprise is above 2.7 for records
// alone, and above 3 (a score of 0.999) for one that exceeds the range by 1 % while no other is
// near. Time: O(1). Space: 120 bytes, of which zero is a new key.
#pragma once
#include "operator/anomaly/detectors.h"
#include "operator/anomaly/extremes.h"
#include "operator/anomaly/logarithm.h"

enum {
	HABIT_COUNT = 512, // log10 of it is all that counting alone may say
	HABIT_SETTLE = 20, // events before ratios have records: their scale is not known yet
};

enum habit_measure { MEASURE_VALUE, MEASURE_SLOW, MEASURE_FAST, MEASURE_RESIDUAL };

struct habit_config {
	double alpha; // least weight of the newest event in level and deviation
	double fade; // of the peak, per event
	uint32_t warmup; // events that are learnt and not judged
	uint32_t mean_until; // events of which 1 / n outweighs any of the weights
};

struct habit {
	uint32_t n; // events, at most UINT32_MAX
	uint32_t spare; // for the detector's own use
	double level, deviation;
	double fast, slow;
	double residual; // mean size
	double peak;
	struct extremes extremes;
};

// verdict.reason: one of these, HABIT_RECORD + enum habit_measure, and the bits below.
enum {
	HABIT_NEW = 1, // the key is: in warmup
	HABIT_APART, // from the level, and no record
	HABIT_INFINITE,
	HABIT_RECORD,
	HABIT_KIND = 0xff,
	HABIT_LOW = 0x100, // the record is a low one
	HABIT_AGAIN = 0x200, // it would be odder, had there not been one just before
	HABIT_DETECTOR = 16, // bits from here on are the detector's
};

enum { FACT_LEVEL, FACT_SCALE, FACT_MEASURE, FACT_RECORD, FACT_EVENTS = FACT_MEASURE };

static const double habit_fast = 1.0 / 16, habit_slow = 1.0 / 64;
static const double habit_sigma = 1.25; // mean deviations in a normal law's standard deviation
static const double habit_grain = 0.01; // of the range: what is less is noise
static const double habit_ratio_most = 8; // deviations, see habit_ratio()
#define HABIT_LOG_COUNT 2.7092699609758308 // log10 HABIT_COUNT
// Values from here on are as good as infinite: their differences would be.
static const double habit_value_most = 0x1p1000;
// Surprise of an infinite value: that of the greatest excess, so that no finite one is odder.
static const double habit_infinite = HABIT_LOG_COUNT * 501;
static const double habit_tiny = 0x1p-1000; // against 0 / 0

// Judge value, then learn it. residual: what it differs by from what the detector expects, whose
// records count so much as weight says, from 0 to 1.
static inline void habit_judge(const struct habit_config *config, struct habit *habit, double value,
	double residual, double weight, struct verdict *verdict);

// Whether habit_judge() may be given this value: NaN and what is as good as infinite may not.
static inline bool habit_takes(double value)
{
	return fabs(value) < habit_value_most;
}

// The verdict on a value that is not taken, from which nothing is learnt: NaN says nothing, an
// infinity is odder than any number.
void habit_reject(const struct habit *habit, double value, struct verdict *verdict);
// Reads 'alpha', 'warmup' and 'refractory', all optional; -EINVAL with *err.
int habit_configure(const struct detector_call *call, const char *detector,
	struct habit_config *config, struct err *err);
// residual: how the detector puts a record of its residual into words.
void habit_explain(const struct habit_config *config, const struct verdict *verdict, double value,
	const char *residual, char *text, size_t size);

// The rare parts of habit_judge(): a key's first event, its warmup, and a record.
void habit_begin(struct habit *habit, double value);
void habit_settle(struct habit *habit, const double *measures, struct verdict *verdict);
void habit_record(const struct habit_config *config, struct habit *habit, const double *measures,
	double weight, struct verdict *verdict);

// distance in units of scale, bent so that it stays below 8: ten deviations are hardly less strange
// than a hundred, and a record of a thousand would hide all others for long.
static inline double habit_ratio(double distance, double scale)
{
	return distance / (scale + fabs(distance) / habit_ratio_most + habit_tiny);
}

static inline double habit_counted(const struct habit *habit)
{
	return habit->n >= HABIT_COUNT ? HABIT_LOG_COUNT : logarithm10(habit->n);
}

// Of an event that beats no record.
static inline double habit_ordinary(const struct habit *habit, double distance)
{
	double up = habit->extremes.high[MEASURE_VALUE] - habit->level;
	double down = habit->level - habit->extremes.low[MEASURE_VALUE];
	double widest = up > down ? up : down;
	double part = fabs(distance) / (widest + habit_tiny);

	return habit_counted(habit) * (part < 1 ? part * part : 1);
}

static inline void habit_learn(
	struct habit *habit, double weight, double fade, double distance, double residual)
{
	habit->level += weight * distance;
	habit->deviation += weight * (fabs(distance) - habit->deviation);
	habit->residual += weight * (fabs(residual) - habit->residual);
	habit->peak *= fade;
}

static inline void habit_judge(const struct habit_config *config, struct habit *habit, double value,
	double residual, double weight, struct verdict *verdict)
{
	struct extremes *extremes = &habit->extremes;
	double slow = habit_slow, fast = habit_fast, alpha = config->alpha;
	double distance, grain, scale, measures[EXTREMES];

	habit->n += habit->n < UINT32_MAX;
	if (__builtin_expect(habit->n < config->mean_until, 0)) {
		double share = 1.0 / habit->n; // a plain mean, until weights are less than that

		slow = fmax(slow, share);
		fast = fmax(fast, share);
		alpha = fmax(alpha, share);
		if (habit->n == 1)
			habit_begin(habit, value);
	}
	habit->fast += fast * (value - habit->fast);
	habit->slow += slow * (value - habit->slow);
	distance = value - habit->level;
	grain = habit_grain * (extremes->high[MEASURE_VALUE] - extremes->low[MEASURE_VALUE]);
	scale = habit_sigma * habit->deviation + grain;
	measures[MEASURE_VALUE] = value;
	measures[MEASURE_SLOW] = habit->slow;
	measures[MEASURE_FAST] = habit_ratio(habit->fast - habit->level, scale);
	measures[MEASURE_RESIDUAL] = habit_ratio(residual, habit_sigma * habit->residual + grain);

	*verdict = (struct verdict){
		habit_ordinary(habit, distance), HABIT_APART, {habit->level, scale, habit->n}};
	if (__builtin_expect(extremes_beaten(extremes, measures), 0))
		habit_record(config, habit, measures, weight, verdict);
	if (__builtin_expect(habit->n <= config->warmup, 0))
		habit_settle(habit, measures, verdict);
	extremes_learn(extremes, measures);
	habit_learn(habit, alpha, config->fade, distance, residual);
}
