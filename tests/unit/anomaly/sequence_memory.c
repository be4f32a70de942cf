#include "operator/anomaly/sequence_memory.h"
#include <math.h>
#include "detector_rig.h"
#include "operator/anomaly/logarithm.h"

// The memory beside a twin that keeps all events and counts none: it looks through all that are
// remembered for each question. Both must agree to the last bit of each count, while events come,
// are forgotten, and grids are made anew.

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

static uint32_t first_kept(const struct twin *twin)
{
	return twin->n > KEPT + SEQUENCE_MEAN - 1 ? twin->n - KEPT : SEQUENCE_MEAN - 1;
}

static float twin_value(const struct twin *twin, uint32_t channel, uint32_t event, double value)
{
	float scaled = (float)(value - twin->events[0]);
	double sum = 0;

	if (channel == SEQUENCE_VALUE)
		return scaled;
	for (uint32_t i = event - (SEQUENCE_MEAN - 1); i < event; i++)
		sum += (float)(twin->events[i] - twin->events[0]);
	return (float)((sum + scaled) / SEQUENCE_MEAN);
}

static uint32_t twin_cell(const struct twin_channel *channel, uint32_t grid, float value)
{
	float width = channel->grid_range / 7;
	float start = channel->grid_low - (4 + (float)grid / 3) * width;
	float cell = (value - start) * (7 / channel->grid_range);

	return cell <= 0 ? 0 : cell >= 15 ? 15 : (uint32_t)cell;
}

static uint32_t twin_run(const struct twin_channel *channel, uint32_t grid, uint32_t event)
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
static double bits(const uint32_t *kinds, const uint32_t *of, uint32_t first, uint32_t event)
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

// channel->values[twin->n] is the event that is asked about.
static void twin_look(const struct twin *twin, const struct twin_channel *channel,
	struct sequence_novelty *novelty)
{
	static uint32_t cells[EVENTS], before[EVENTS], runs[EVENTS];
	uint32_t first = first_kept(twin), n = twin->n;

	*novelty = (struct sequence_novelty){0};
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
static void twin_learn(const struct twin *twin, struct twin_channel *channel)
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

static void compare(struct sequence_memory *memory, struct twin *twin, double value)
{
	struct sequence_novelty novelties[SEQUENCE_CHANNELS], expected;

	sequence_memory_look(memory, KEPT, value, novelties);
	twin->events[twin->n] = value;
	for (uint32_t i = 0; i < SEQUENCE_CHANNELS; i++) {
		struct twin_channel *channel = &twin->channels[i];

		if (twin->n < SEQUENCE_MEAN - 1) // no mean yet
			continue;
		channel->values[twin->n] = twin_value(twin, i, twin->n, value);
		expected = (struct sequence_novelty){0};
		if (twin->n >= SEQUENCE_MEAN)
			twin_look(twin, channel, &expected);
		assert_true(fabs(novelties[i].value - expected.value) < 1e-9);
		assert_true(fabs(novelties[i].after - expected.after) < 1e-9);
		assert_true(fabs(novelties[i].run - expected.run) < 1e-9);
	}
	sequence_memory_learn(memory, KEPT, value);
	twin->n++;
	for (uint32_t i = 0; i < SEQUENCE_CHANNELS; i++)
		twin_learn(twin, &twin->channels[i]);
}

static uint64_t lots;

static double lot(void)
{
	lots = lots * 6364136223846793005 + 1442695040888963407;
	return (double)(lots >> 40) / (1 << 24);
}

// Noise on levels that change, with runs of one value, spikes and drift: a different mix each time.
static double next_value(uint32_t mix, uint32_t event, double *level)
{
	if (lot() < 0.01)
		*level += (lot() - 0.5) * (mix % 3 == 0 ? 100 : 10);
	if (mix % 4 == 1 && event % 500 < 300)
		return *level;
	if (lot() < 0.002)
		return *level * 3 + 50;
	return *level + lot() * (mix % 2) + (mix % 5 == 4 ? event * 0.01 : 0);
}

static void agrees_with_a_twin_that_counts_nothing(void **)
{
	struct sequence_memory *memory = malloc(sequence_memory_size(KEPT));
	struct twin *twin = malloc(sizeof(*twin));

	for (uint32_t mix = 0; mix < 10; mix++) {
		double level = mix;

		lots = mix;
		memset(memory, 0, sequence_memory_size(KEPT));
		memset(twin, 0, sizeof(*twin));
		for (uint32_t event = 0; event < EVENTS; event++)
			compare(memory, twin, next_value(mix, event, &level));
	}
	free(twin);
	free(memory);
}

static void a_huge_value_leaves_no_trace(void **)
{
	struct sequence_memory *memory = calloc(1, sequence_memory_size(KEPT));
	struct sequence_memory *other = calloc(1, sequence_memory_size(KEPT));

	for (uint32_t event = 0; event < 3 * KEPT; event++) {
		sequence_memory_learn(memory, KEPT, event == 100 ? 1e300 : event % 7);
		sequence_memory_learn(other, KEPT, event % 7);
	}
	assert_memory_equal(memory, other, sequence_memory_size(KEPT));
	free(other);
	free(memory);
}

static void counts_what_it_remembers_and_no_more(void **)
{
	struct sequence_memory *memory = calloc(1, sequence_memory_size(KEPT));

	for (uint32_t event = 0; event < 10 * KEPT; event++) {
		uint32_t n = event < SEQUENCE_MEAN ? 0 : event - (SEQUENCE_MEAN - 1);

		assert_int_equal(sequence_memory_count(memory, KEPT), n < KEPT ? n : KEPT);
		for (uint32_t i = 0; i < SEQUENCE_GRIDS && event > SEQUENCE_MEAN + 1; i++)
			assert_int_equal(memory->channels[0].grids[i].value.n, n < KEPT ? n : KEPT);
		sequence_memory_learn(memory, KEPT, event % 13);
	}
	free(memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_a_twin_that_counts_nothing),
		cmocka_unit_test(a_huge_value_leaves_no_trace),
		cmocka_unit_test(counts_what_it_remembers_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
