#include "runtime/describe.h"
#include <stdlib.h>
#include "operator/sink/sink.h"

struct list {
	struct arena *arena;
	uint32_t n;
	struct checkpoint_operator *operators;
};

static void add(struct list *list, const struct op_spec *spec)
{
	const struct op_kind *kind = spec->kind;
	size_t size = sizeof(*list->operators);

	list->operators =
		arena_grow(list->arena, list->operators, list->n * size, (list->n + 1) * size);
	list->operators[list->n++] = (struct checkpoint_operator){
		.id = spec->id,
		.kind = kind->name,
		.text = kind->explain != NULL ? kind->explain(spec, list->arena) : "",
		.table = kind == &sink_kind ? sink_lmdb_table(spec->config) : NULL,
		.state_version = op_state_version(spec),
	};
	for (uint16_t i = 0; i < spec->n_outs; i++)
		add(list, spec->outs[i]);
}

static int by_id(const void *a, const void *b)
{
	uint32_t x = ((const struct checkpoint_operator *)a)->id;
	uint32_t y = ((const struct checkpoint_operator *)b)->id;

	return x < y ? -1 : x > y;
}

const struct checkpoint_plan *describe_job(
	const struct job *job, struct arena *arena, const char *name, const char *script)
{
	struct checkpoint_plan *plan = arena_alloc(arena, sizeof(*plan));
	struct list list = {.arena = arena};

	for (uint32_t i = 0; i < job->n_stages; i++)
		add(&list, job->stages[i]->head);
	qsort(list.operators, list.n, sizeof(*list.operators), by_id);
	*plan = (struct checkpoint_plan){
		.job_name = name,
		.script = script,
		.n_operators = list.n,
		.operators = list.operators,
	};
	return plan;
}
