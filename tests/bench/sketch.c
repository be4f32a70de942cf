// Aggregates that are sketches, without a window around them: what a row costs that is added to one
// state which has long outgrown the room of few values, what a merge of two such states costs, and
// what a result does. Half of the values are skewed (1 / u), half are one of a million.
#include "expr/expr.h"
#include "operator.h"
#include "operator/aggregate/aggregate.h"
#include "state/slab.h"

enum { VALUES = 1 << 16, STATE_SIZE = 128, POOL_SIZE = 16 << 20, RESULTS = 64, RESULT_MAX = 4096 };

enum what { ADD, MERGE, RESULT };

struct sketch_case {
	const char *function;
	int32_t k; // TOPK_APPROX's; 0: PERCENTILE_APPROX's 0.5
	uint16_t n_args;
	enum what what;
	bool is_ready;
	struct aggregate_call call;
	struct page_pool pool;
	struct slab slab;
	struct state_heap heap;
	_Alignas(16) char states[2][STATE_SIZE];
	uint32_t at; // the next value
};

static struct mem huge_mem = {.alloc = huge_alloc, .free = huge_free};
static int64_t values[VALUES];

static void add_block(struct sketch_case *sketch, void *state)
{
	static uint64_t nulls[BLOCK_NULL_WORDS];
	struct column column = {.values = values + sketch->at, .nulls = nulls};
	struct block block = {.n_rows = BLOCK_ROWS_MAX,
		.n_slots = BLOCK_ROWS_MAX,
		.n_columns = 1,
		.columns = &column};
	uint16_t slots[BLOCK_ROWS_MAX];
	void *states[BLOCK_ROWS_MAX];

	for (uint16_t i = 0; i < BLOCK_ROWS_MAX; i++) {
		slots[i] = i;
		states[i] = state;
	}
	aggregate_update(&sketch->call, &block, slots, BLOCK_ROWS_MAX, states, 0, &sketch->heap);
	sketch->at = (sketch->at + BLOCK_ROWS_MAX) % VALUES;
}

static void make_values(void)
{
	for (uint32_t i = 0; i < VALUES && values[VALUES - 1] == 0; i++) {
		uint64_t random = bench_random();

		values[i] = random % 2 ? UINT32_MAX / (int64_t)(random >> 32 | 1)
				       : (int64_t)(random >> 44);
	}
}

static void make(struct sketch_case *sketch)
{
	struct arena *arena = arena_new();
	struct aggregate_arg args[2] = {{.type = type_of(TYPE_BIGINT)}};

	args[1].literal = sketch->k > 0 ? expr_literal(arena, type_of(TYPE_INT),
						  (union scalar){.i32 = sketch->k}, (struct pos){0})
					: expr_literal(arena, type_of(TYPE_DOUBLE),
						  (union scalar){.f64 = 0.5}, (struct pos){0});
	if (aggregate_resolve(sketch->function, args, sketch->n_args, false, AGGREGATE_GROUPED,
		    arena, (struct pos){0}, &sketch->call, NULL) < 0 ||
		page_pool_init(&sketch->pool, &huge_mem, POOL_SIZE) < 0)
		bench_must(NULL, sketch->function);
	sketch->call.filter = -1;
	slab_init(&sketch->slab, &sketch->pool);
	sketch->heap = (struct state_heap){.slab = &sketch->slab};
	make_values();
	for (uint32_t i = 0; i < VALUES / BLOCK_ROWS_MAX; i++)
		for (int s = 0; s < 2; s++)
			add_block(sketch, sketch->states[s]);
}

// Of a copy, so that it does not grow: the copying is measured too.
static void merge(struct sketch_case *sketch)
{
	_Alignas(16) char sum[STATE_SIZE] = {0};
	void *into[] = {sum};

	for (int s = 0; s < 2; s++)
		aggregate_combine(&sketch->call, into, (const void *[]){sketch->states[s]}, 1, 0,
			&sketch->heap);
	aggregate_release(&sketch->call, into, 1, 0, &sketch->heap);
}

static void take_result(struct sketch_case *sketch)
{
	static char bytes[RESULT_MAX];
	_Alignas(16) char value[16];
	uint64_t nulls[BLOCK_NULL_WORDS];
	struct column column = {.values = value, .nulls = nulls};
	struct result_heap out = {.bytes = bytes, .size = sizeof(bytes)};
	void *states[] = {sketch->states[0]};

	aggregate_result(&sketch->call, states, 1, 0, &column, &out);
	bench_keep(value);
}

static uint64_t run(void *state)
{
	struct sketch_case *sketch = state;

	if (!sketch->is_ready)
		make(sketch);
	sketch->is_ready = true;
	if (sketch->what == ADD) {
		for (int i = 0; i < 16; i++)
			add_block(sketch, sketch->states[0]);
		return 16 * BLOCK_ROWS_MAX;
	}
	for (int i = 0; i < RESULTS; i++)
		if (sketch->what == MERGE)
			merge(sketch);
		else
			take_result(sketch);
	return RESULTS;
}

#define CASES(name_, function_, n_args_, k_)                                              \
	{"sketch/" name_, 0, run,                                                         \
		&(struct sketch_case){                                                    \
			.function = function_, .n_args = n_args_, .k = k_, .what = ADD}}, \
		{"sketch/" name_ "_merge", 0, run,                                        \
			&(struct sketch_case){.function = function_,                      \
				.n_args = n_args_,                                        \
				.k = k_,                                                  \
				.what = MERGE}},                                          \
	{                                                                                 \
		"sketch/" name_ "_result", 0, run, &(struct sketch_case)                  \
		{                                                                         \
			.function = function_, .n_args = n_args_, .k = k_, .what = RESULT \
		}                                                                         \
	}

static const struct bench benches[] = {
	CASES("distinct", "APPROX_COUNT_DISTINCT", 1, 0),
	CASES("percentile", "PERCENTILE_APPROX", 2, 0),
	CASES("topk", "TOPK_APPROX", 2, 10),
	CASES("count_min", "COUNT_MIN", 1, 0),
};

int main(int argc, char **argv)
{
	return bench_main(argc, argv, benches, sizeof(benches) / sizeof(*benches));
}
