// The slow twin of own_tail.h, in doubles and with libm, for the twins of detectors that have one.
#pragma once
#include "series.h"

enum { REFRACTORY = 200 };

static inline void assert_near(double surprise, double expected, double tolerance, int event)
{
	if (fabs(surprise - expected) > tolerance * fmax(1, expected))
		fail_msg("event %d: %.12g, the twin says %.12g", event, surprise, expected);
}

// The key's own tail of y = ln(1 + deviations).
struct tail_twin {
	int n;
	double quantile;
	double excess; // 0.5 of a new key
	double told;
};

static inline double tail_surprise(const struct tail_twin *tail, double y)
{
	const double ordinary = -log10(0.05);

	if (y > tail->quantile)
		return ordinary + (y - tail->quantile) / (tail->excess * log(10));
	return tail->quantile > 0 ? ordinary * y / tail->quantile : 0;
}

// What of it is left beside what was told before; from then on this is told.
static inline double tail_tell(struct tail_twin *tail, double y)
{
	double surprise = tail_surprise(tail, y);
	double left = fmax(surprise - fmax(tail->told + log10(0.05), 0), 0);

	tail->told = fmax(tail->told * (1 - 1.0 / REFRACTORY), surprise);
	return left;
}

static inline void tail_learn(struct tail_twin *tail, double y, int memory)
{
	double step = tail->excess / (0.05 * tail->n + 1);

	tail->n += tail->n < memory;
	if (y > tail->quantile) {
		tail->excess += (y - tail->quantile - tail->excess) / (0.05 * tail->n + 3);
		tail->excess = fmax(tail->excess, 0.1);
		tail->quantile += 0.95 * step;
	} else {
		tail->quantile = fmax(tail->quantile - 0.05 * step, 0);
	}
}
