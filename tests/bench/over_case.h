// OVER windows with keyed state for benchmarks: COUNT(*) and SUM of a BIGINT for each BIGINT key.
#pragma once
#include "operator.h"
#include "operator/over/over.h"

enum { COLUMNS = 3, CALLS = 2 };

static struct mem huge_mem = {.alloc = huge_alloc, .free = huge_free};

struct over_case {
	uint64_t n_keys;
	uint64_t pool_size;
	struct over_frame frame;
	bool is_proctime, evicts;
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

static void make_over(struct over_case *over)
{
	static const struct op_ops ops = {.process = bench_ignore, .control = bench_ignore};
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
		.is_proctime = over->is_proctime,
		.frames = &over->frame,
		.n_calls = CALLS,
		.calls = over->calls};
	over->spec = (struct op_spec){.config = &over->config,
		.input = bench_bigints(arena, COLUMNS),
		.output = bench_bigints(arena, COLUMNS + CALLS)};
	if (page_pool_init(&over->pool, &huge_mem, over->pool_size) < 0)
		bench_must(NULL, "a pool");
	hash_seed_from(&over->seed, 1);
	over->task = (struct op_task){.mem = &huge_mem, .seed = &over->seed, .pool = &over->pool};
	over->task.evict_idle = over->task.drop_new_keys = over->evicts;
	over->over = bench_must(over_kind.create(&over->spec, &over->task, NULL), "OVER");
	op_init(&over->sink, &ops, &over->spec, &over->task);
	over->over->outs[0] = &over->sink;
	over->over->n_outs = 1;
}
