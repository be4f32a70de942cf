#include "operator/anomaly/own_tail.h"

static const float share = 0.05f; // of events beyond the quantile
static const float share_surprise = 1.30103f; // −log10 of it
static const float ln_10 = 2.3025851f;
static const float excess_new = 0.5f; // a new key's: two digits for a deviation ten times as big
static const float excess_min = 0.1f; // keys that hardly ever differ have no tail to go by

float own_tail_surprise(const struct own_tail *tail, float y)
{
	if (y <= tail->quantile)
		return tail->quantile > 0 ? share_surprise * y / tail->quantile : 0;
	return share_surprise + (y - tail->quantile) / ((excess_new + tail->excess) * ln_10);
}

void own_tail_learn(struct own_tail *tail, float y, uint32_t memory)
{
	float excess = excess_new + tail->excess;
	// Density of y at the quantile is share / excess. A new key's numbers count as 1 / share
	// events.
	float step = excess / (share * (float)tail->n + 1);

	tail->n += tail->n < memory;
	if (y > tail->quantile) {
		excess += (y - tail->quantile - excess) / (share * (float)tail->n + 3);
		tail->excess = (excess > excess_min ? excess : excess_min) - excess_new;
		tail->quantile += step * (1 - share);
	} else {
		tail->quantile -= step * share;
		if (tail->quantile < 0)
			tail->quantile = 0;
	}
}

float own_tail_tell(struct own_tail *tail, float surprise, float refractory)
{
	float beyond = tail->told - share_surprise; // what is no rarer than the quantile is no news
	float left = surprise - (beyond > 0 ? beyond : 0);

	if (refractory == 0)
		return surprise;
	tail->told -= tail->told / refractory;
	if (surprise > tail->told)
		tail->told = surprise;
	return left > 0 ? left : 0;
}
