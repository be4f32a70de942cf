// A window aggregate with keyed state for benchmarks: COUNT(*), SUM, MIN, MAX of a BIGINT for each
// BIGINT or CHAR(16) key, and rows for it.
#pragma once
#include "operator.h"
#include "operator/window/window.h"

enum { N_EVENTS = 1 << 22, COLUMNS = 3, AGGREGATES = 4, UPDATE_BLOCKS = 64 };
enum { SLIDE = 1000000, TEXT_LEN = 16 };

static struct mem huge_mem = {.alloc = huge_alloc, .free = huge_free};

struct keyed {
	uint64_t n_keys;
	uint32_t n_overlapping; // windows a row is in; 1 = TUMBLE
	bool cumulates;
	bool has_texts; // keys are CHAR(TEXT_LEN)
	bool takes_checkpoints;
	uint64_t pool_size; // 0 = enough
	uint32_t n_held; // slices and sums that hold all keys at a time
	bool is_ready;
	struct arena *arena;
	int64_t *columns[COLUMNS]; // N_EVENTS each: time, key, amount
	struct str *texts; // N_EVENTS keys, where they are texts
	char *text_bytes; // TEXT_LEN of each
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
	struct schema *input, *output;

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
	input = bench_bigints(keyed->arena, COLUMNS);
	output = bench_bigints(keyed->arena, 1 + AGGREGATES);
	if (keyed->has_texts) {
		input->fields[1].type = type_of(TYPE_CHAR);
		input->fields[1].type.precision = TEXT_LEN;
		output->fields[0].type = input->fields[1].type;
	}
	keyed->spec.input = input;
	keyed->spec.output = output;
}

static void make_window(struct keyed *keyed)
{
	static const struct op_ops ops = {.process = bench_ignore, .control = bench_ignore};
	uint64_t n_stores = keyed->n_held > 0 ? keyed->n_held + 2 : 1;
	uint64_t pool_size = (keyed->n_keys * 200 + (4 << 20)) * n_stores;

	if (keyed->pool_size != 0)
		pool_size = keyed->pool_size;
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

static inline void feed(struct keyed *keyed, uint64_t n_blocks)
{
	for (uint64_t i = 0; i < n_blocks; i++, keyed->at += BLOCK_ROWS_MAX) {
		struct column columns[COLUMNS];
		struct block block = bench_rows(columns, COLUMNS);

		columns[0].values = keyed->columns[0];
		columns[0].nulls = NULL;
		for (int c = 1; c < COLUMNS; c++)
			columns[c] =
				(struct column){.values = keyed->columns[c] + keyed->at % N_EVENTS};
		if (keyed->has_texts)
			columns[1].values = keyed->texts + keyed->at % N_EVENTS;
		op_feed(keyed->window, &block);
	}
}

// The keys of the first n events as texts, like card numbers: their ends differ.
static inline void make_texts(struct keyed *keyed, uint64_t n)
{
	for (uint64_t i = 0; i < n && keyed->has_texts; i++) {
		char text[TEXT_LEN + 1], *bytes = keyed->text_bytes + i * TEXT_LEN;

		snprintf(text, sizeof(text), "40000000%08u", (uint32_t)keyed->columns[1][i]);
		memcpy(bytes, text, TEXT_LEN);
		keyed->texts[i] = str_view(bytes, TEXT_LEN);
	}
}

static inline void make_events(struct keyed *keyed)
{
	for (int c = 0; c < COLUMNS; c++)
		keyed->columns[c] = huge_alloc(NULL, N_EVENTS * sizeof(int64_t), HUGE_PAGE);
	for (uint64_t i = 0; i < N_EVENTS; i++) {
		keyed->columns[1][i] = (int64_t)(i % keyed->n_keys);
		keyed->columns[2][i] = (int64_t)(bench_random() % 100000);
	}
	if (keyed->has_texts) {
		keyed->texts = huge_alloc(NULL, N_EVENTS * sizeof(*keyed->texts), HUGE_PAGE);
		keyed->text_bytes = huge_alloc(NULL, N_EVENTS * TEXT_LEN, HUGE_PAGE);
		make_texts(keyed, N_EVENTS);
	}
}

// For programs that make one after another.
static __attribute__((unused)) void free_keyed(struct keyed *keyed)
{
	keyed->window->ops->free(keyed->window);
	page_pool_destroy(&keyed->pool, &huge_mem);
	for (int c = 0; c < COLUMNS; c++)
		free(keyed->columns[c]);
	free(keyed->texts);
	free(keyed->text_bytes);
	arena_free(keyed->arena);
}
