// ANOMALY as an operator: rows of BIGINT keys drawn at random, a DOUBLE to score, no reasons. What
// it asks beside the detector: hash, look up, values as doubles, scores.
#include "operator.h"
#include "operator/anomaly/anomaly.h"

enum { INPUTS = 3, TIME = 0, KEY = 1, VALUE = 2, BLOCKS = 256 };

static struct mem huge_mem = {.alloc = huge_alloc, .free = huge_free};

struct anomaly_case {
	const char *detector;
	uint64_t n_keys;
	uint64_t pool_size;
	bool is_ready;
	struct anomaly_config config;
	struct op_spec spec;
	struct op_task task;
	struct page_pool pool;
	struct hash_seed seed;
	struct op sink, *op;
	int64_t time;
};

static int64_t times[BLOCK_ROWS_MAX], keys[BLOCKS][BLOCK_ROWS_MAX];
static double values[BLOCKS][BLOCK_ROWS_MAX];

static void make(struct anomaly_case *anomaly)
{
	static const struct op_ops ops = {.process = bench_ignore, .control = bench_ignore};
	static const struct detector_option above = {"above", NULL, 105};
	static const uint16_t key = KEY, value = VALUE;
	struct detector_call call = {.n_columns = 1, .arena = arena_new()};
	struct schema *input = bench_bigints(call.arena, INPUTS);
	struct schema *output = bench_bigints(call.arena, INPUTS + 1);

	if (strcmp(anomaly->detector, "threshold") == 0) {
		call.options = &above;
		call.n_options = 1;
	}
	input->fields[VALUE].type = output->fields[VALUE].type = type_of(TYPE_DOUBLE);
	anomaly->config = (struct anomaly_config){
		.detector = bench_must((void *)detector_find(anomaly->detector), "a detector"),
		.options = "",
		.time_column = TIME,
		.n_keys = 1,
		.keys = &key,
		.n_values = 1,
		.values = &value};
	anomaly->config.configuration =
		bench_must((void *)anomaly->config.detector->configure(&call, NULL), "its options");
	anomaly->spec =
		(struct op_spec){.config = &anomaly->config, .input = input, .output = output};
	if (page_pool_init(&anomaly->pool, &huge_mem, anomaly->pool_size) < 0)
		bench_must(NULL, "a pool");
	hash_seed_from(&anomaly->seed, 1);
	anomaly->task =
		(struct op_task){.mem = &huge_mem, .seed = &anomaly->seed, .pool = &anomaly->pool};
	anomaly->op =
		bench_must(anomaly_kind.create(&anomaly->spec, &anomaly->task, NULL), "an Anomaly");
	op_init(&anomaly->sink, &ops, &anomaly->spec, &anomaly->task);
	anomaly->op->outs[0] = &anomaly->sink;
	anomaly->op->n_outs = 1;
}

static void feed(struct anomaly_case *anomaly, uint32_t i)
{
	struct column columns[INPUTS] = {
		{.values = times}, {.values = keys[i]}, {.values = values[i]}};
	struct block block = {.kind = BLOCK_ROWS,
		.n_rows = BLOCK_ROWS_MAX,
		.n_slots = BLOCK_ROWS_MAX,
		.n_columns = INPUTS,
		.columns = columns};

	anomaly->time += 60000;
	for (int row = 0; row < BLOCK_ROWS_MAX; row++)
		times[row] = anomaly->time;
	op_feed(anomaly->op, &block);
	bench_finish(anomaly->op);
}

static void draw(uint64_t n_keys, uint64_t first)
{
	for (uint32_t i = 0; i < BLOCKS * BLOCK_ROWS_MAX; i++) {
		uint64_t random = bench_random();

		keys[i / BLOCK_ROWS_MAX][i % BLOCK_ROWS_MAX] =
			(int64_t)(first > 0 ? (first + i) % n_keys : random % n_keys);
		values[i / BLOCK_ROWS_MAX][i % BLOCK_ROWS_MAX] =
			100 + (double)(random >> 48) / 65536;
	}
}

static uint64_t run(void *state)
{
	struct anomaly_case *anomaly = state;

	if (!anomaly->is_ready) {
		anomaly->is_ready = true;
		make(anomaly);
		for (uint64_t n = 1; n < 2 * anomaly->n_keys; n += BLOCKS * BLOCK_ROWS_MAX) {
			draw(anomaly->n_keys, n); // every key is there
			for (uint32_t i = 0; i < BLOCKS; i++)
				feed(anomaly, i);
		}
		if (anomaly->task.fault.text != NULL)
			bench_must(NULL, anomaly->task.fault.text);
	}
	draw(anomaly->n_keys, 0);
	for (uint32_t i = 0; i < BLOCKS; i++)
		feed(anomaly, i);
	return (uint64_t)BLOCKS * BLOCK_ROWS_MAX;
}

static struct anomaly_case cases[] = {
	{.detector = "threshold", .n_keys = 1000, .pool_size = 64 << 20},
	{.detector = "threshold", .n_keys = 1000000, .pool_size = 256 << 20},
	{.detector = "auto", .n_keys = 1000, .pool_size = 64 << 20},
	{.detector = "auto", .n_keys = 1000000, .pool_size = 1ull << 30},
};

static const struct bench benches[] = {
	{"anomaly_operator/threshold_1k", 0, run, &cases[0]},
	{"anomaly_operator/threshold_1m", 0, run, &cases[1]},
	{"anomaly_operator/auto_1k", 0, run, &cases[2]},
	{"anomaly_operator/auto_1m", 0, run, &cases[3]},
};

int main(int argc, char **argv)
{
	return bench_main(argc, argv, benches, RTE_DIM(benches));
}
