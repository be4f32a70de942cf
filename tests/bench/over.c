// OVER windows: COUNT(*) and SUM of a BIGINT over the last 10 seconds of each BIGINT key, events in
// the order of time with a watermark 5 ms behind. A row goes into the sorter, comes out of it, is
// added to its key's frame, and takes what has become too old out of it.
#include "over_case.h"

enum { BLOCKS = 64, FRAME_MS = 10000, DELAY_MS = 5 };
enum { ROWS_PER_KEY = 2 }; // in the frame, on average

static void feed(struct over_case *over)
{
	static int64_t values[COLUMNS][BLOCK_ROWS_MAX];
	struct column columns[COLUMNS];
	uint64_t per_frame = over->n_keys * ROWS_PER_KEY;
	struct block block = bench_rows(columns, COLUMNS);
	struct block control = {.kind = BLOCK_WATERMARK};

	for (int i = 0; i < BLOCK_ROWS_MAX; i++, over->n_fed++) {
		values[0][i] = (int64_t)(1 + over->n_fed * FRAME_MS / per_frame);
		values[1][i] = (int64_t)(bench_random() % over->n_keys);
		values[2][i] = (int64_t)(over->n_fed % 1000);
	}
	for (int c = 0; c < COLUMNS; c++)
		columns[c] = (struct column){.values = values[c]};
	op_feed(over->over, &block);
	control.watermark = values[0][BLOCK_ROWS_MAX - 1] - DELAY_MS;
	op_feed(over->over, &control);
	bench_finish(over->over);
}

static uint64_t run(void *state)
{
	struct over_case *over = state;

	if (!over->is_ready) {
		over->is_ready = true;
		over->frame = (struct over_frame){.preceding = FRAME_MS};
		make_over(over);
		while (over->n_fed < (ROWS_PER_KEY + 1) * over->n_keys)
			feed(over); // until frames are full
		if (over->task.fault.text != NULL)
			bench_must(NULL, over->task.fault.text);
	}
	for (int i = 0; i < BLOCKS; i++)
		feed(over);
	return (uint64_t)BLOCKS * BLOCK_ROWS_MAX;
}

static struct over_case cases[] = {
	{.n_keys = 1000, .pool_size = 64 << 20},
	{.n_keys = 100000, .pool_size = 256 << 20},
	{.n_keys = 5000000, .pool_size = 4ull << 30},
};

static const struct bench benches[] = {
	{"over/range_1k", 0, run, &cases[0]},
	{"over/range_100k", 0, run, &cases[1]},
	{"over/range_5m", 0, run, &cases[2]},
};

int main(int argc, char **argv)
{
	return bench_main(argc, argv, benches, sizeof(benches) / sizeof(*benches));
}
