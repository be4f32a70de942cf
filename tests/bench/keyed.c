// Keyed window state: COUNT(*), SUM, MIN, MAX of a BIGINT for each BIGINT key.
//
//   update  rows whose keys are all there already, drawn at random: what a row costs
//   noted   the same in a job that takes checkpoints, while it takes none
//   close   one row for each key, then the watermark that closes a slide: what a key costs at the
//           end of a window, its insertion included
#include "operator.h"
#include "operator/window/window.h"

enum { N_EVENTS = 1 << 22, COLUMNS = 3, AGGREGATES = 4, UPDATE_BLOCKS = 64 };
enum { SLIDE = 1000000 };

static struct mem huge_mem = {.alloc = huge_alloc, .free = huge_free};

struct keyed {
	uint64_t n_keys;
	uint32_t n_overlapping; // windows a row is in; 1 = TUMBLE
	bool cumulates;
	bool takes_checkpoints;
	uint32_t n_held; // slices and sums that hold all keys at a time
	bool is_ready;
	struct arena *arena;
	int64_t *columns[COLUMNS]; // N_EVENTS each: time, key, amount
	int64_t time; // of the rows of columns[0], which are all alike
	uint64_t at; // next event
	struct aggregate_call calls[AGGREGATES];
	struct window_aggregate_config config;
	struct op_spec spec;
	struct op_task task;
	struct page_pool pool;
	struct hash_seed seed;
	struct op sink;
	struct op *window;
};

static void configure(struct keyed *keyed)
{
	static const char *const names[AGGREGATES] = {"COUNT", "SUM", "MIN", "MAX"};
	static const uint16_t keys[] = {1};
	struct aggregate_arg bigint = {.type = type_of(TYPE_BIGINT)};

	for (int i = 0; i < AGGREGATES; i++) {
		aggregate_resolve(names[i], &bigint, i > 0, false, false, keyed->arena,
			(struct pos){0}, &keyed->calls[i], NULL);
		keyed->calls[i].filter = -1;
		keyed->calls[i].arguments[0] = 2;
	}
	keyed->config = (struct window_aggregate_config){
		.window.shape = keyed->cumulates	    ? WINDOW_CUMULATE
				: keyed->n_overlapping == 1 ? WINDOW_TUMBLE
							    : WINDOW_HOP,
		.window.slices = {.size = (int64_t)keyed->n_overlapping * SLIDE,
			.slide = SLIDE,
			.cumulates = keyed->cumulates},
		.n_keys = 1,
		.keys = keys,
		.n_aggregates = AGGREGATES,
		.aggregates = keyed->calls,
	};
	keyed->spec = (struct op_spec){.config = &keyed->config};
	keyed->spec.input = bench_bigints(keyed->arena, COLUMNS);
	keyed->spec.output = bench_bigints(keyed->arena, 1 + AGGREGATES);
}

static void make_window(struct keyed *keyed)
{
	static const struct op_ops ops = {.process = bench_ignore, .control = bench_ignore};
	uint64_t pool_size = (keyed->n_keys * 200 + (4 << 20)) * (keyed->n_held + 2);

	if (page_pool_init(&keyed->pool, &huge_mem, pool_size) < 0)
		bench_must(NULL, "a pool");
	hash_seed_from(&keyed->seed, 1);
	keyed->task =
		(struct op_task){.mem = &huge_mem, .seed = &keyed->seed, .pool = &keyed->pool};
	if (keyed->takes_checkpoints)
		keyed->task.out = bench_must(record_out_new(RECORD_CHUNK_SIZE), "an out");
	keyed->window = bench_must(
		window_aggregate_kind.create(&keyed->spec, &keyed->task, NULL), "a window");
	op_init(&keyed->sink, &ops, &keyed->spec, &keyed->task);
	keyed->window->outs[0] = &keyed->sink;
	keyed->window->n_outs = 1;
}

static void feed(struct keyed *keyed, uint64_t n_blocks)
{
	for (uint64_t i = 0; i < n_blocks; i++, keyed->at += BLOCK_ROWS_MAX) {
		struct column columns[COLUMNS];
		struct block block = {.kind = BLOCK_ROWS,
			.n_rows = BLOCK_ROWS_MAX,
			.n_slots = BLOCK_ROWS_MAX,
			.n_columns = COLUMNS,
			.columns = columns,
			.late_mark = WATERMARK_NONE};

		columns[0].values = keyed->columns[0];
		columns[0].nulls = NULL;
		for (int c = 1; c < COLUMNS; c++)
			columns[c] =
				(struct column){.values = keyed->columns[c] + keyed->at % N_EVENTS};
		op_feed(keyed->window, &block);
	}
}

static void make_events(struct keyed *keyed)
{
	for (int c = 0; c < COLUMNS; c++)
		keyed->columns[c] = huge_alloc(NULL, N_EVENTS * sizeof(int64_t), HUGE_PAGE);
	for (uint64_t i = 0; i < N_EVENTS; i++) {
		keyed->columns[1][i] = (int64_t)(i % keyed->n_keys);
		keyed->columns[2][i] = (int64_t)(bench_random() % 100000);
	}
}

// All keys are in the state, and the events are of random ones.
static void prepare(struct keyed *keyed)
{
	keyed->is_ready = true;
	keyed->arena = arena_new();
	make_events(keyed);
	configure(keyed);
	make_window(keyed);
	for (uint64_t key = 0; key < keyed->n_keys; key += BLOCK_ROWS_MAX) {
		for (int64_t i = 0; i < BLOCK_ROWS_MAX; i++)
			keyed->columns[1][i] = (int64_t)key + i;
		keyed->at = 0;
		feed(keyed, 1);
	}
	for (uint64_t i = 0; i < N_EVENTS; i++)
		keyed->columns[1][i] = (int64_t)(bench_random() % keyed->n_keys);
}

static uint64_t update(void *state)
{
	struct keyed *keyed = state;

	if (!keyed->is_ready)
		prepare(keyed);
	feed(keyed, UPDATE_BLOCKS);
	return (uint64_t)UPDATE_BLOCKS * BLOCK_ROWS_MAX;
}

static uint64_t next_slide(struct keyed *keyed)
{
	struct block control = {.kind = BLOCK_WATERMARK};
	uint64_t n_blocks = keyed->n_keys / BLOCK_ROWS_MAX;

	keyed->at = 0;
	for (int i = 0; i < BLOCK_ROWS_MAX; i++)
		keyed->columns[0][i] = keyed->time;
	feed(keyed, n_blocks);
	keyed->time += SLIDE;
	control.watermark = keyed->time - 1;
	op_feed(keyed->window, &control);
	bench_finish(keyed->window);
	return n_blocks * BLOCK_ROWS_MAX;
}

static uint64_t close_slide(void *state)
{
	struct keyed *keyed = state;

	if (!keyed->is_ready) {
		keyed->is_ready = true;
		keyed->arena = arena_new();
		make_events(keyed);
		configure(keyed);
		make_window(keyed);
		for (uint32_t i = 0; i < 2 * keyed->n_overlapping; i++) // until windows are full
			next_slide(keyed);
	}
	return next_slide(keyed);
}

enum { CLOSED = 10240 }; // keys

static struct keyed keyed[] = {
	{.n_keys = 1000, .n_overlapping = 1},
	{.n_keys = 100000, .n_overlapping = 1},
	{.n_keys = 1000000, .n_overlapping = 1},
	{.n_keys = 5000000, .n_overlapping = 1},
	{.n_keys = 100000, .n_overlapping = 10},
	{.n_keys = 100000, .n_overlapping = 120},
	{.n_keys = 100000, .n_overlapping = 10, .cumulates = true},
	{.n_keys = CLOSED, .n_overlapping = 1, .n_held = 1},
	{.n_keys = CLOSED, .n_overlapping = 10, .n_held = 14},
	{.n_keys = CLOSED, .n_overlapping = 120, .n_held = 124},
	{.n_keys = CLOSED, .n_overlapping = 10, .n_held = 2, .cumulates = true},
	{.n_keys = 10 * CLOSED, .n_overlapping = 10, .n_held = 14},
	{.n_keys = 100000, .n_overlapping = 1, .takes_checkpoints = true},
	{.n_keys = 5000000, .n_overlapping = 1, .takes_checkpoints = true},
};

static const struct bench benches[] = {
	{"keyed/update_tumble_1k", 25, update, &keyed[0]},
	{"keyed/update_tumble_100k", 25, update, &keyed[1]},
	{"keyed/noted_tumble_100k", 28, update, &keyed[12]},
	{"keyed/update_tumble_1m", 45, update, &keyed[2]},
	{"keyed/update_tumble_5m", 60, update, &keyed[3]},
	{"keyed/noted_tumble_5m", 63, update, &keyed[13]},
	{"keyed/update_hop_10_100k", 30, update, &keyed[4]},
	{"keyed/update_hop_120_100k", 30, update, &keyed[5]},
	{"keyed/update_cumulate_100k", 30, update, &keyed[6]},
	{"keyed/close_tumble_10k", 0, close_slide, &keyed[7]},
	{"keyed/close_hop_10_10k", 0, close_slide, &keyed[8]},
	{"keyed/close_hop_120_10k", 0, close_slide, &keyed[9]},
	{"keyed/close_cumulate_10_10k", 0, close_slide, &keyed[10]},
	{"keyed/close_hop_10_100k", 0, close_slide, &keyed[11]},
};

int main(int argc, char **argv)
{
	return bench_main(argc, argv, benches, sizeof(benches) / sizeof(*benches));
}
