// OVER with idle keys evicted: a pool that is full, and blocks of 256 rows of keys that are all
// new.
//
//   keys     a key has its aggregates only: a new one takes the place of another in its bucket
//   records  a key has rows that wait and a queue of rows besides, in the slab
//
//   _in is a step that takes a block of rows, _out the block's watermark or a portion of what it
//   brings out; by processing time rows come out as they come in. See steps.h.
#include "over_case.h"
#include "steps.h"

enum { QUEUED_ROWS = 9 };

static void key_columns(struct over_case *over, struct column *columns)
{
	static int64_t values[COLUMNS][BLOCK_ROWS_MAX];

	for (int i = 0; i < BLOCK_ROWS_MAX; i++, over->n_fed++) {
		values[0][i] = (int64_t)(1 + over->n_fed / BLOCK_ROWS_MAX);
		values[1][i] = (int64_t)over->n_fed;
		values[2][i] = (int64_t)(over->n_fed % 1000);
	}
	for (int c = 0; c < COLUMNS; c++)
		columns[c] = (struct column){.values = values[c]};
}

struct measured {
	struct steps in, out;
};

static void feed(struct over_case *over, struct measured *measured)
{
	struct column columns[COLUMNS];
	struct block rows = bench_rows(columns, COLUMNS);
	struct block control = {.kind = BLOCK_WATERMARK};

	key_columns(over, columns);
	control.watermark = ((const int64_t *)columns[0].values)[0];
	steps_begin(&measured->in);
	op_feed(over->over, &rows);
	steps_end(&measured->in);
	steps_begin(&measured->out);
	op_feed(over->over, &control);
	steps_end(&measured->out);
	while (over->over->pending) {
		over->task.blocked = false;
		steps_begin(&measured->out);
		over->over->ops->resume(over->over);
		steps_end(&measured->out);
	}
}

static void begin_round(struct measured *measured)
{
	steps_round(&measured->in);
	steps_round(&measured->out);
}

static uint64_t n_evicted(const struct over_case *over)
{
	for (uint16_t i = 0; i < over->over->n_counters; i++)
		if (strcmp(over->over->counters[i].name, "evicted_keys") == 0)
			return over->over->counters[i].value;
	return 0;
}

// The pool is filled with new keys before those that are measured.
static void go_through(struct over_case over, uint64_t n_blocks, struct measured *measured)
{
	static struct measured filled;
	uint64_t n_before;

	make_over(&over);
	while (n_evicted(&over) < n_blocks * BLOCK_ROWS_MAX / 4 && over.task.fault.text == NULL) {
		begin_round(&filled);
		feed(&over, &filled);
	}
	n_before = n_evicted(&over);
	begin_round(measured);
	for (uint64_t i = 0; i < n_blocks; i++)
		feed(&over, measured);
	if (over.task.fault.text != NULL || n_evicted(&over) == n_before)
		bench_must(NULL, "room by eviction");
	over.over->ops->free(over.over);
	page_pool_destroy(&over.pool, &huge_mem);
}

static void measure(const char *what, const struct over_case *over, bool is_quick)
{
	static struct measured measured;
	const char *size = is_quick ? "quick" : "256mb";
	char name[32];
	double begin = bench_seconds(), us;
	uint64_t start = rte_rdtsc();

	measured = (struct measured){0};
	for (int round = 0; round < (is_quick ? 1 : STEPS_ROUNDS); round++)
		go_through(*over, is_quick ? 10 : 8000, &measured);
	us = (bench_seconds() - begin) * 1e6 / (double)(rte_rdtsc() - start);
	snprintf(name, sizeof(name), "%s_in", what);
	steps_report("evict", size, name, &measured.in, us);
	if (over->is_proctime)
		return;
	snprintf(name, sizeof(name), "%s_out", what);
	steps_report("evict", size, name, &measured.out, us);
}

int main(int argc, char **argv)
{
	bool quick = bench_is_quick(argc, argv);
	uint64_t pool_size = quick ? 1 << 20 : 256 << 20;
	const struct over_case keys = {.pool_size = pool_size,
		.frame = {.is_unbounded = true, .is_rows = true},
		.is_proctime = true,
		.evicts = true};
	const struct over_case records = {.pool_size = pool_size,
		.frame = {.is_rows = true, .preceding = QUEUED_ROWS},
		.evicts = true};

	if (bench_selects(argc, argv, "evict/256mb/keys"))
		measure("keys", &keys, quick);
	if (bench_selects(argc, argv, "evict/256mb/records"))
		measure("records", &records, quick);
	return 0;
}
