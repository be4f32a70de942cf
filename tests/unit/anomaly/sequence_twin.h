// The slow twin of what 'sequence' remembers: it keeps all events and counts none, but looks
// through all that are remembered for each question. Both must agree to the last bit of each count,
// while events come, are forgotten, and grids are made anew.
#pragma once
#include <math.h>
#include "detector_rig.h"
#include "operator/anomaly/logarithm.h"
#include "operator/anomaly/sequence_memory.h"

enum { KEPT = 256, EVENTS = 2000 };

struct twin_channel {
	float values[EVENTS];
	uint32_t from; // the event that the grids were made with: runs begin there
	float low, high, grid_low, grid_range;
};

struct twin {
	double events[EVENTS];
	uint32_t n;
	struct twin_channel channels[SEQUENCE_CHANNELS];
};

static inline uint32_t first_kept(const struct twin *twin)
{
	return twin->n > KEPT + SEQUENCE_MEAN - 1 ? twin->n - KEPT : SEQUENCE_MEAN - 1;
}

static inline float twin_value(
	const struct twin *twin, uint32_t channel, uint32_t event, double value)
{
	float scaled = (float)(value - twin->events[0]);
	double sum = 0;

	if (channel == SEQUENCE_VALUE)
		return scaled;
	for (uint32_t i = event - (SEQUENCE_MEAN - 1); i < event; i++)
		sum += (float)(twin->events[i] - twin->events[0]);
	return (float)((sum + scaled) / SEQUENCE_MEAN);
}

static inline uint32_t twin_cell(const struct twin_channel *channel, uint32_t grid, float value)
{
	float width = channel->grid_range / 7;
	float start = channel->grid_low - (4 + (float)grid / 3) * width;
	float cell = (value - start) * (7 / channel->grid_range);

	return cell <= 0 ? 0 : cell >= 15 ? 15 : (uint32_t)cell;
}

static inline uint32_t twin_run(const struct twin_channel *channel, uint32_t grid, uint32_t event)
{
	uint32_t cell = twin_cell(channel, grid, channel->values[event]), run = 1, kind = 0;

	while (event - run + 1 > channel->from &&
		twin_cell(channel, grid, channel->values[event - run]) == cell)
		run++;
	while (run > 1 && kind < 15) {
		run /= 2;
		kind++;
	}
	return kind;
}

// Bits of kind[event] among the kinds of those remembered events for which of[] is what it is for
// event.
static inline double bits(const uint32_t *kinds, const uint32_t *of, uint32_t first, uint32_t event)
{
	bool seen[SEQUENCE_CELLS] = {false};
	uint32_t n = 0, n_kinds = 0;

	for (uint32_t i = first; i < event; i++) {
		if (of != NULL && of[i] != of[event])
			continue;
		n++;
		n_kinds += !seen[kinds[i]];
		seen[kinds[i]] = true;
	}
	return n == 0 || seen[kinds[event]] ? 0 : logarithm2(1 + (double)n / n_kinds);
}

// In ranges; 1 when there is none.
static inline double twin_beyond(const struct twin_channel *channel, double value)
{
	double distance = fmax(value - channel->high, channel->low - value);

	if (distance <= 0)
		return 0;
	return channel->grid_range > 0 ? distance / channel->grid_range : 1;
}

// channel->values[twin->n] is the event that is asked about.
static inline void twin_look(const struct twin *twin, const struct twin_channel *channel,
	struct sequence_novelty *novelty)
{
	static uint32_t cells[EVENTS], before[EVENTS], runs[EVENTS];
	uint32_t first = first_kept(twin), n = twin->n;

	*novelty = (struct sequence_novelty){.beyond = twin_beyond(channel, channel->values[n])};
	if (channel->grid_range == 0) {
		if (channel->values[n] != channel->low)
			novelty->value = novelty->after = logarithm2(1 + (double)(n - first));
		return;
	}
	for (uint32_t grid = 0; grid < SEQUENCE_GRIDS; grid++) {
		for (uint32_t i = channel->from; i <= n; i++) {
			cells[i] = twin_cell(channel, grid, channel->values[i]);
			before[i] = i == channel->from ? SEQUENCE_CELLS : cells[i - 1];
			runs[i] = twin_run(channel, grid, i);
		}
		novelty->value += bits(cells, NULL, first, n) / SEQUENCE_GRIDS;
		novelty->after += bits(cells, before, first, n) / SEQUENCE_GRIDS;
		novelty->run += bits(runs, cells, first, n) / SEQUENCE_GRIDS;
	}
}

// channel->values[twin->n − 1] is new.
static inline void twin_learn(const struct twin *twin, struct twin_channel *channel)
{
	uint32_t first = first_kept(twin);
	bool is_all_new = twin->n % KEPT == 0;

	if (twin->n < SEQUENCE_MEAN)
		return;
	if (is_all_new || twin->n == SEQUENCE_MEAN)
		channel->low = channel->high = channel->values[first];
	for (uint32_t i = is_all_new ? first : twin->n - 1; i < twin->n; i++) {
		channel->low = fminf(channel->low, channel->values[i]);
		channel->high = fmaxf(channel->high, channel->values[i]);
	}
	if (is_all_new || channel->high - channel->low > channel->grid_range * 1.05f) {
		channel->from = first;
		channel->grid_low = channel->low;
		channel->grid_range = channel->high - channel->low;
	}
}

// How new value would be.
static inline void twin_ask(
	struct twin *twin, double value, struct sequence_novelty novelties[SEQUENCE_CHANNELS])
{
	memset(novelties, 0, SEQUENCE_CHANNELS * sizeof(*novelties));
	twin->events[twin->n] = value;
	if (twin->n < SEQUENCE_MEAN - 1)
		return; // no mean yet
	for (uint32_t i = 0; i < SEQUENCE_CHANNELS; i++) {
		struct twin_channel *channel = &twin->channels[i];

		channel->values[twin->n] = twin_value(twin, i, twin->n, value);
		if (twin->n >= SEQUENCE_MEAN)
			twin_look(twin, channel, &novelties[i]);
	}
}

// Remember the value that was asked about last.
static inline void twin_take(struct twin *twin)
{
	twin->n++;
	for (uint32_t i = 0; i < SEQUENCE_CHANNELS; i++)
		twin_learn(twin, &twin->channels[i]);
}

// Noise on levels that change, with runs of one value, spikes and drift: a different mix each time.
struct series_mix {
	uint32_t mix, event;
	double level;
	uint64_t lots;
};

static inline double mix_lot(struct series_mix *series)
{
	series->lots = series->lots * 6364136223846793005 + 1442695040888963407;
	return (double)(series->lots >> 40) / (1 << 24);
}

static inline double mix_next(struct series_mix *series)
{
	uint32_t mix = series->mix, event = series->event++;

	if (mix_lot(series) < 0.01)
		series->level += (mix_lot(series) - 0.5) * (mix % 3 == 0 ? 100 : 10);
	if (mix % 4 == 1 && event % 500 < 300)
		return series->level;
	if (mix_lot(series) < 0.002)
		return series->level * 3 + 50;
	return series->level + mix_lot(series) * (mix % 2) + (mix % 5 == 4 ? event * 0.01 : 0);
}
