// OVER windows: COUNT(*) and SUM of a BIGINT over the last 10 seconds of each BIGINT key, events in
// the order of time with a watermark 5 ms behind. A row goes into the sorter, comes out of it, is
// added to its key's frame, and takes what has become too old out of it.
#include "operator.h"
#include "operator/over/over.h"

enum { COLUMNS = 3, CALLS = 2, BLOCKS = 64, FRAME_MS = 10000, DELAY_MS = 5 };
enum { ROWS_PER_KEY = 2 }; // in the frame, on average

static struct mem huge_mem = {.alloc = huge_alloc, .free = huge_free};

struct over_case {
	uint64_t n_keys;
	uint64_t pool_size;
	bool is_ready;
	uint64_t n_fed; // events
	struct over_call calls[CALLS];
	struct over_config config;
	struct op_spec spec;
	struct op_task task;
	struct page_pool pool;
	struct hash_seed seed;
	struct op sink, *over;
};

static void make(struct over_case *over)
{
	static const struct op_ops ops = {.process = bench_ignore, .control = bench_ignore};
	static const struct over_frame frame = {.preceding = FRAME_MS};
	static const uint16_t keys[] = {1};
	struct aggregate_arg bigint = {.type = type_of(TYPE_BIGINT)};
	struct arena *arena = arena_new();

	for (uint16_t i = 0; i < CALLS; i++) {
		aggregate_resolve(i == 0 ? "COUNT" : "SUM", &bigint, i, false, AGGREGATE_SLIDING,
			arena, (struct pos){0}, &over->calls[i].call, NULL);
		over->calls[i].call.filter = -1;
		over->calls[i].call.arguments[0] = 2;
	}
	over->config = (struct over_config){.n_keys = 1,
		.keys = keys,
		.n_frames = 1,
		.frames = &frame,
		.n_calls = CALLS,
		.calls = over->calls};
	over->spec = (struct op_spec){.config = &over->config,
		.input = bench_bigints(arena, COLUMNS),
		.output = bench_bigints(arena, COLUMNS + CALLS)};
	if (page_pool_init(&over->pool, &huge_mem, over->pool_size) < 0)
		bench_must(NULL, "a pool");
	hash_seed_from(&over->seed, 1);
	over->task = (struct op_task){.mem = &huge_mem, .seed = &over->seed, .pool = &over->pool};
	over->over = bench_must(over_kind.create(&over->spec, &over->task, NULL), "OVER");
	op_init(&over->sink, &ops, &over->spec, &over->task);
	over->over->outs[0] = &over->sink;
	over->over->n_outs = 1;
}

static void feed(struct over_case *over)
{
	static int64_t values[COLUMNS][BLOCK_ROWS_MAX];
	struct column columns[COLUMNS];
	uint64_t per_frame = over->n_keys * ROWS_PER_KEY;
	struct block block = {.kind = BLOCK_ROWS,
		.n_rows = BLOCK_ROWS_MAX,
		.n_slots = BLOCK_ROWS_MAX,
		.n_columns = COLUMNS,
		.columns = columns,
		.late_mark = WATERMARK_NONE};
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
		make(over);
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
