// Sessions: COUNT(*), SUM, MIN, MAX of a BIGINT for each BIGINT key.
//
//   extend  rows of keys that all have a session open, drawn at random: what a row costs
//   turn    each key has a session of one row, which the watermark then closes: what a session
//           costs from its first row to its result
#include "operator.h"
#include "operator/window/group_window.h"

enum { COLUMNS = 3, AGGREGATES = 4, BLOCKS = 64, GAP = 1000000 };

struct sessions {
	uint64_t n_keys;
	bool is_ready;
	struct arena *arena;
	int64_t times[BLOCK_ROWS_MAX], *keys, amounts[BLOCK_ROWS_MAX];
	uint64_t n_events, at; // of keys
	int64_t time;
	struct aggregate_call calls[AGGREGATES];
	struct group_window_config config;
	struct op_spec spec;
	struct op_task task;
	struct page_pool pool;
	struct hash_seed seed;
	struct op sink, *window;
};

static void configure(struct sessions *sessions)
{
	static const char *const names[AGGREGATES] = {"COUNT", "SUM", "MIN", "MAX"};
	static const uint16_t keys[] = {1};
	struct aggregate_arg bigint = {.type = type_of(TYPE_BIGINT)};

	for (int i = 0; i < AGGREGATES; i++) {
		aggregate_resolve(names[i], &bigint, i > 0, false, false, sessions->arena,
			(struct pos){0}, &sessions->calls[i], NULL);
		sessions->calls[i].filter = -1;
		sessions->calls[i].arguments[0] = 2;
	}
	sessions->config = (struct group_window_config){
		.shape = GROUP_WINDOW_SESSION,
		.gap_ms = GAP,
		.n_keys = 1,
		.keys = keys,
		.n_aggregates = AGGREGATES,
		.aggregates = sessions->calls,
		.early_fire_ms = FIRE_NEVER,
		.late_fire_ms = FIRE_NEVER,
	};
	sessions->spec = (struct op_spec){.config = &sessions->config};
	sessions->spec.input = bench_bigints(sessions->arena, COLUMNS);
	sessions->spec.output = bench_bigints(sessions->arena, 1 + AGGREGATES);
}

static void make_window(struct sessions *sessions)
{
	static const struct op_ops ops = {.process = bench_ignore, .control = bench_ignore};

	if (page_pool_init(&sessions->pool, &mem_libc, sessions->n_keys * 400 + (8 << 20)) < 0)
		bench_must(NULL, "a pool");
	hash_seed_from(&sessions->seed, 1);
	sessions->task = (struct op_task){
		.mem = &mem_libc, .seed = &sessions->seed, .pool = &sessions->pool};
	sessions->window = bench_must(
		group_window_kind.create(&sessions->spec, &sessions->task, NULL), "a window");
	op_init(&sessions->sink, &ops, &sessions->spec, &sessions->task);
	sessions->window->outs[0] = &sessions->sink;
	sessions->window->n_outs = 1;
}

static void feed(struct sessions *sessions, uint64_t n_blocks)
{
	for (uint64_t i = 0; i < n_blocks; i++, sessions->at += BLOCK_ROWS_MAX) {
		struct column columns[COLUMNS] = {{.values = sessions->times},
			{.values = sessions->keys + sessions->at % sessions->n_events},
			{.values = sessions->amounts}};
		struct block block = {.kind = BLOCK_ROWS,
			.n_rows = BLOCK_ROWS_MAX,
			.n_slots = BLOCK_ROWS_MAX,
			.n_columns = COLUMNS,
			.columns = columns,
			.late_mark = WATERMARK_NONE};

		op_feed(sessions->window, &block);
	}
}

static void set_time(struct sessions *sessions, int64_t time)
{
	sessions->time = time;
	for (int i = 0; i < BLOCK_ROWS_MAX; i++)
		sessions->times[i] = time;
}

// Each key once.
static void prepare(struct sessions *sessions)
{
	sessions->is_ready = true;
	sessions->arena = arena_new();
	sessions->n_events = sessions->n_keys;
	sessions->keys = bench_must(calloc(sessions->n_events, sizeof(int64_t)), "memory");
	for (uint64_t i = 0; i < sessions->n_events; i++)
		sessions->keys[i] = (int64_t)i;
	for (int i = 0; i < BLOCK_ROWS_MAX; i++)
		sessions->amounts[i] = (int64_t)(bench_random() % 100000);
	configure(sessions);
	make_window(sessions);
}

// A row's key is random, its time a millisecond later than that of the block before.
static uint64_t extend(void *state)
{
	struct sessions *sessions = state;

	if (!sessions->is_ready) {
		prepare(sessions);
		feed(sessions, sessions->n_events / BLOCK_ROWS_MAX);
		for (uint64_t i = 0; i < sessions->n_events; i++)
			sessions->keys[i] = (int64_t)(bench_random() % sessions->n_keys);
	}
	for (int i = 0; i < BLOCKS; i++) {
		set_time(sessions, sessions->time + 1);
		feed(sessions, 1);
	}
	return (uint64_t)BLOCKS * BLOCK_ROWS_MAX;
}

static uint64_t turn(void *state)
{
	struct sessions *sessions = state;
	struct block control = {.kind = BLOCK_WATERMARK};

	if (!sessions->is_ready)
		prepare(sessions);
	feed(sessions, sessions->n_events / BLOCK_ROWS_MAX);
	set_time(sessions, sessions->time + GAP + 1);
	control.watermark = sessions->time - 1;
	op_feed(sessions->window, &control);
	bench_finish(sessions->window);
	return sessions->n_events;
}

// Multiples of a block's rows.
static struct sessions sessions[] = {
	{.n_keys = 1024}, {.n_keys = 102400}, {.n_keys = 10240}, {.n_keys = 102400}};

static const struct bench benches[] = {
	{"session/extend_1k", 0, extend, &sessions[0]},
	{"session/extend_100k", 0, extend, &sessions[1]},
	{"session/turn_10k", 0, turn, &sessions[2]},
	{"session/turn_100k", 0, turn, &sessions[3]},
};

int main(int argc, char **argv)
{
	return bench_main(argc, argv, benches, sizeof(benches) / sizeof(*benches));
}
