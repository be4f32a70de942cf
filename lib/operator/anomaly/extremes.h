// extremes: the least and the most that four measures of a key have been, and how far an event is
// beyond them. A record needs no law that the values follow: of n events in no special order, each
// is the highest with a chance of one in n.
//
// Idea: an excess is told in ranges (most − least), so that measures of any unit compare. Each
// event the range shrinks by a small share from both ends, so that a record is forgotten in the
// end. Time: O(1), the four side by side in vector registers. Space: 64 bytes.
#pragma once
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

enum { EXTREMES = 4 };

struct extremes {
	double low[EXTREMES], high[EXTREMES];
};

struct excess {
	double size; // in ranges, after weighting; > 0
	uint8_t measure; // whose it is
	bool is_low;
};

static const double extremes_forget = 1.0 / 65536; // of the range, from each end, per event
// No scale is less than that share of what it is a scale of: 100, 100, 100, 101 exceeds a range of
// 0.0015 and not one of nothing. Of what has only ever been 0 even that is not known: then the
// share is that of the new value.
static const double extremes_grain = 1.0 / 65536;
static const double excess_most = 0x1p1000; // whatever the numbers

static inline void extremes_set(struct extremes *extremes, const double *measures, int first)
{
	for (int i = first; i < EXTREMES; i++)
		extremes->low[i] = extremes->high[i] = measures[i];
}

static inline bool extremes_beaten(const struct extremes *extremes, const double *measures)
{
	int beaten = 0;

	for (int i = 0; i < EXTREMES; i++)
		beaten |= (measures[i] > extremes->high[i]) | (measures[i] < extremes->low[i]);
	return beaten;
}

static inline double extremes_least(double size, double value)
{
	return extremes_grain * (size > 0 ? size : fabs(value));
}

// least: what a range is never less than; 0: extremes_least().
static inline double extremes_range(double low, double high, double measure, double least)
{
	if (least == 0)
		least = extremes_least(fmax(fabs(low), fabs(high)), measure);
	return fmax(high - low, least);
}

// The greatest of the excesses, each times its weight; the first one on a tie.
static inline struct excess extremes_excess(const struct extremes *extremes, const double *measures,
	const double *leasts, const double *weights)
{
	struct excess most = {0};

	for (uint8_t i = 0; i < EXTREMES; i++) {
		double low = extremes->low[i], high = extremes->high[i];
		double range = extremes_range(low, high, measures[i], leasts[i]);
		double above = measures[i] - high, below = low - measures[i];
		double size = weights[i] * fmin(fmax(above, below) / range, excess_most);

		if (size > most.size)
			most = (struct excess){size, i, below > above};
	}
	return most;
}

static inline void extremes_learn(struct extremes *extremes, const double *measures)
{
	for (int i = 0; i < EXTREMES; i++) {
		double step = extremes_forget * (extremes->high[i] - extremes->low[i]);
		double low = extremes->low[i] + step, high = extremes->high[i] - step;

		extremes->low[i] = measures[i] < low ? measures[i] : low;
		extremes->high[i] = measures[i] > high ? measures[i] : high;
	}
}
