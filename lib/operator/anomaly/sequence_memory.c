#include "operator/anomaly/sequence_memory.h"
#include <math.h>
#include <string.h>
#include "operator/anomaly/logarithm.h"

// Cells across the range: fine enough to tell what matters, coarse enough that a year's habit fits
// them. Chosen on half of the NAB series, where 3 grids of 7 are a lucky corner: 75.8 points (71.2
// when false alarms count double, 79.8 when misses do). The mean over 3 to 5 grids of 6 to 8 cells
// is 74.0 (67.6, 78.9), and other series should give no more than that.
static const float cells_across = 7;
// Room below the range, for the shift and for what the range may grow before the grids are new.
static const float cells_below = 4;
// The range may outgrow its grids by so much.
static const float growth_max = 1.05f;
// Values are kept from −distance_max to distance_max; a range below range_min is none.
static const float distance_max = 1e30f, range_min = 1e-30f;

// ---- Rows

static void row_add(struct sequence_row *row, uint32_t kind)
{
	row->n++;
	row->n_kinds += row->counts[kind]++ == 0;
}

static void row_remove(struct sequence_row *row, uint32_t kind)
{
	row->n--;
	row->n_kinds -= --row->counts[kind] == 0;
}

static double row_novelty(const struct sequence_row *row, uint32_t kind)
{
	if (row->n == 0 || row->counts[kind] != 0)
		return 0;
	return logarithm2(1 + (double)row->n / row->n_kinds);
}

// ---- Coding

// No sum behind the product: it could be fused in one build and not in the next, and an event must
// leave the counts by the cell that it came in by.
static uint32_t cell_of(const struct sequence_channel *channel, uint32_t grid, float value)
{
	float cell = (value - channel->grid_start[grid]) * channel->cells_per_unit;

	if (!(cell > 0))
		return 0;
	return cell < SEQUENCE_CELLS ? (uint32_t)cell : SEQUENCE_CELLS - 1;
}

// 1, 2–3, 4–7 …
static uint32_t kind_of_run(uint32_t run)
{
	uint32_t kind = 31 - (uint32_t)__builtin_clz(run);

	return kind < SEQUENCE_CELLS ? kind : SEQUENCE_CELLS - 1;
}

static uint32_t run_with(const struct sequence_coder *coder, uint32_t grid, uint32_t cell)
{
	bool goes_on = coder->run[grid] != 0 && coder->cell[grid] == cell;

	return goes_on ? coder->run[grid] + (coder->run[grid] < UINT32_MAX) : 1;
}

// Let coder take value; count it into the grids, or out of them.
static void code(struct sequence_channel *channel, struct sequence_coder *coder, float value,
	void (*count)(struct sequence_row *row, uint32_t kind))
{
	for (uint32_t i = 0; i < SEQUENCE_GRIDS; i++) {
		struct sequence_grid *grid = &channel->grids[i];
		uint32_t cell = cell_of(channel, i, value), run = run_with(coder, i, cell);

		count(&grid->value, cell);
		if (coder->run[i] != 0)
			count(&grid->after[coder->cell[i] % SEQUENCE_CELLS], cell);
		count(&grid->run[cell], kind_of_run(run));
		coder->cell[i] = (uint8_t)cell;
		coder->run[i] = run;
	}
}

// ---- Values

// The distance from the first value.
static float scaled_of(const struct sequence_memory *memory, double value)
{
	double distance = memory->n == 0 ? 0 : value - memory->origin;

	return (float)fmin(fmax(distance, -distance_max), distance_max);
}

// Most keys have not gone round the ring yet: no division for them.
static uint32_t slot_of(uint32_t n_kept, uint64_t event)
{
	uint32_t size = n_kept + SEQUENCE_MEAN;

	return event < size ? (uint32_t)event : (uint32_t)(event % size);
}

static float kept_at(const struct sequence_memory *memory, uint32_t n_kept, uint64_t event)
{
	return memory->values[slot_of(n_kept, event)];
}

double sequence_memory_newest(const struct sequence_memory *memory, uint32_t n_kept)
{
	return memory->origin + (double)kept_at(memory, n_kept, memory->n - 1);
}

// The mean of event and the SEQUENCE_MEAN − 1 before it; last is event's own value, which need not
// be kept yet. Summed anew each time, so that a huge value leaves no trace when it is gone.
static float mean_at(
	const struct sequence_memory *memory, uint32_t n_kept, uint64_t event, float last)
{
	uint32_t ring = n_kept + SEQUENCE_MEAN;
	uint32_t at = slot_of(n_kept, event - (SEQUENCE_MEAN - 1));
	double sum = 0;

	for (uint32_t i = 0; i < SEQUENCE_MEAN - 1; i++) {
		sum += (double)memory->values[at];
		at = at + 1 < ring ? at + 1 : 0;
	}
	return (float)((sum + (double)last) / SEQUENCE_MEAN);
}

static float channel_value(const struct sequence_memory *memory, uint32_t n_kept,
	enum sequence_channel_name name, uint64_t event)
{
	float value = kept_at(memory, n_kept, event);

	return name == SEQUENCE_VALUE ? value : mean_at(memory, n_kept, event, value);
}

// ---- Looking

static void look_beyond(const struct sequence_memory *memory,
	const struct sequence_channel *channel, float value, struct sequence_novelty *novelty)
{
	float bound = value > channel->high ? channel->high : channel->low;

	if (value >= channel->low && value <= channel->high)
		return;
	novelty->bound = memory->origin + (double)bound;
	novelty->beyond = 1; // when there is no range
	if (channel->grid_range > 0)
		novelty->beyond = fabs((double)value - (double)bound) / (double)channel->grid_range;
}

static void look(const struct sequence_memory *memory, enum sequence_channel_name name,
	uint32_t n_counted, float value, struct sequence_novelty *novelty)
{
	const struct sequence_channel *channel = &memory->channels[name];
	const struct sequence_coder *newest = &channel->newest;

	*novelty = (struct sequence_novelty){.now = memory->origin + (double)value};
	if (n_counted == 0)
		return;
	if (channel->grid_range == 0 && fabsf(value - channel->low) < range_min)
		return;
	look_beyond(memory, channel, value, novelty);
	if (channel->grid_range == 0) {
		novelty->value = novelty->after = logarithm2(1 + (double)n_counted);
		return;
	}
	for (uint32_t i = 0; i < SEQUENCE_GRIDS; i++) {
		const struct sequence_grid *grid = &channel->grids[i];
		const struct sequence_row *after = &grid->after[newest->cell[i] % SEQUENCE_CELLS];
		uint32_t cell = cell_of(channel, i, value), run = run_with(newest, i, cell);

		novelty->value += row_novelty(&grid->value, cell) / SEQUENCE_GRIDS;
		novelty->after += row_novelty(after, cell) / SEQUENCE_GRIDS;
		novelty->run += row_novelty(&grid->run[cell], kind_of_run(run)) / SEQUENCE_GRIDS;
		if (run > novelty->run_length)
			novelty->run_length = run;
	}
}

void sequence_memory_look(const struct sequence_memory *memory, uint32_t n_kept, double value,
	struct sequence_novelty novelties[SEQUENCE_CHANNELS])
{
	uint32_t n_counted = sequence_memory_count(memory, n_kept);
	float scaled = scaled_of(memory, value);
	float level = n_counted > 0 ? mean_at(memory, n_kept, memory->n, scaled) : scaled;

	look(memory, SEQUENCE_VALUE, n_counted, scaled, &novelties[SEQUENCE_VALUE]);
	look(memory, SEQUENCE_LEVEL, n_counted, level, &novelties[SEQUENCE_LEVEL]);
}

// ---- Learning

static void widen(struct sequence_channel *channel, float value)
{
	if (value < channel->low)
		channel->low = value;
	if (value > channel->high)
		channel->high = value;
}

static void make_grids(struct sequence_channel *channel)
{
	float range = channel->high - channel->low, cell = range / cells_across;

	channel->grid_range = range < range_min ? 0 : range;
	channel->cells_per_unit = channel->grid_range == 0 ? 0 : cells_across / range;
	for (uint32_t i = 0; i < SEQUENCE_GRIDS; i++) {
		float below = (cells_below + (float)i / SEQUENCE_GRIDS) * cell;

		channel->grid_start[i] = channel->low - below;
	}
}

// Make the grids for the range there is and count events [first, end) into them.
static void recount(struct sequence_memory *memory, uint32_t n_kept,
	enum sequence_channel_name name, uint64_t first, uint64_t end)
{
	struct sequence_channel *channel = &memory->channels[name];

	memset(channel->grids, 0, sizeof(channel->grids));
	memset(&channel->newest, 0, sizeof(channel->newest));
	memset(&channel->oldest, 0, sizeof(channel->oldest));
	make_grids(channel);
	if (channel->grid_range == 0)
		return;
	for (uint64_t event = first; event < end; event++)
		code(channel, &channel->newest, channel_value(memory, n_kept, name, event),
			row_add);
}

// The range of events [first, end) alone: what left the memory no longer makes it wide.
static void renew_range(struct sequence_memory *memory, uint32_t n_kept,
	enum sequence_channel_name name, uint64_t first, uint64_t end)
{
	struct sequence_channel *channel = &memory->channels[name];

	channel->low = channel->high = channel_value(memory, n_kept, name, first);
	for (uint64_t event = first + 1; event < end; event++)
		widen(channel, channel_value(memory, n_kept, name, event));
}

static bool is_outgrown(const struct sequence_channel *channel)
{
	float range = channel->high - channel->low;

	return channel->grid_range == 0 ? range >= range_min
					: range > channel->grid_range * growth_max;
}

// The newest event is memory->n − 1; it is counted by now in values[] only.
static void learn_channel(
	struct sequence_memory *memory, uint32_t n_kept, enum sequence_channel_name name)
{
	struct sequence_channel *channel = &memory->channels[name];
	uint64_t first = memory->n - sequence_memory_count(memory, n_kept);
	uint64_t newest = memory->n - 1;
	float value = channel_value(memory, n_kept, name, newest);

	if (first == newest)
		channel->low = channel->high = value;
	widen(channel, value);
	if (memory->n % n_kept == 0)
		renew_range(memory, n_kept, name, first, memory->n);
	if (memory->n % n_kept == 0 || is_outgrown(channel)) {
		recount(memory, n_kept, name, first, memory->n);
		return;
	}
	if (channel->grid_range == 0)
		return;
	code(channel, &channel->newest, value, row_add);
	if (first >= SEQUENCE_MEAN)
		code(channel, &channel->oldest, channel_value(memory, n_kept, name, first - 1),
			row_remove);
}

void sequence_memory_learn(struct sequence_memory *memory, uint32_t n_kept, double value)
{
	float scaled = scaled_of(memory, value);

	if (memory->n == 0)
		memory->origin = value;
	memory->values[slot_of(n_kept, memory->n)] = scaled;
	memory->n++;
	if (memory->n < SEQUENCE_MEAN)
		return;
	learn_channel(memory, n_kept, SEQUENCE_VALUE);
	learn_channel(memory, n_kept, SEQUENCE_LEVEL);
}
