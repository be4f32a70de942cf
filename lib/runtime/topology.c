#include "runtime/topology.h"
#include <errno.h>
#include "operator/source/source.h"
#include "runtime/topology_build.h"

static int make_pools(struct build *build)
{
	struct topology *topology = build->topology;
	const struct topology_env *env = build->env;
	uint32_t n_stage_lcores = place_parallelism(&topology->placement);

	topology->pools = mem_zalloc(topology->mem, env->n_lcores * sizeof(*topology->pools));
	if (topology->pools == NULL)
		return err_set(build->err, ENOMEM, "no memory for the state's pools");
	for (uint32_t i = topology->placement.first_stage; i < env->n_lcores; i++)
		if (page_pool_init(&topology->pools[i], env->mems[i],
			    env->state_bytes / n_stage_lcores / PAGE_COST * PAGE_SIZE) < 0)
			return err_set(build->err, ENOMEM,
				"no memory for %llu bytes of state: lower state.max-memory or give "
				"EAL more (-m, hugepages)",
				(unsigned long long)env->state_bytes);
	return 0;
}

struct topology *topology_new(
	const struct job *job, const struct topology_env *env, struct err *err)
{
	struct topology *topology = mem_zalloc(env->mems[0], sizeof(*topology));
	struct build build = {.topology = topology, .env = env, .err = err};

	if (topology == NULL) {
		err_set(err, ENOMEM, "no memory for the topology");
		return NULL;
	}
	if (job->n_stages > TOPOLOGY_STAGES_MAX) {
		err_set(err, E2BIG, "the job has more than %d stages: make it several jobs",
			TOPOLOGY_STAGES_MAX);
		mem_free(env->mems[0], topology);
		return NULL;
	}
	topology->job = job;
	topology->mem = env->mems[0];
	topology->seed = env->seed;
	topology->n_lcores = env->n_lcores;
	build.stages = arena_alloc(job->arena, job->n_stages * sizeof(*build.stages));
	build_lay_out(&build);
	if (make_pools(&build) < 0 || build_make(&build) < 0) {
		topology_free(topology);
		return NULL;
	}
	return topology;
}

void topology_free(struct topology *topology)
{
	if (topology == NULL)
		return;
	for (uint32_t i = 0; i < topology->n_tasks; i++) {
		struct mem *mem = topology->tasks[i]->common.mem;

		task_destroy(topology->tasks[i]);
		record_out_free(topology->tasks[i]->common.out);
		mem_free(mem, topology->tasks[i]);
	}
	for (uint32_t i = 0; i < topology->n_channels; i++)
		channel_free(topology->channels[i]);
	for (uint32_t i = 0; topology->pools != NULL && i < topology->n_lcores; i++)
		page_pool_destroy(&topology->pools[i], topology->mem);
	mem_free(topology->mem, topology->channels);
	mem_free(topology->mem, topology->pools);
	mem_free(topology->mem, topology);
}

void topology_stop(struct topology *topology)
{
	for (uint32_t i = 0; i < topology->n_tasks; i++)
		atomic_store(&topology->tasks[i]->stopping, true);
}

void topology_suspend(struct topology *topology)
{
	for (uint32_t i = 0; i < topology->n_tasks; i++)
		atomic_store(&topology->tasks[i]->suspending, true);
}

void topology_checkpoint(struct topology *topology, uint64_t n)
{
	for (uint32_t i = 0; i < topology->n_tasks; i++)
		atomic_store_explicit(
			&topology->tasks[i]->checkpoint.asked, n, memory_order_release);
}

bool topology_finished(const struct topology *topology)
{
	for (uint32_t i = 0; i < topology->n_tasks; i++)
		if (!atomic_load(&topology->tasks[i]->finished))
			return false;
	return true;
}

// Whether all sources of a task wait at their stop.
static bool is_at_stop(const struct task *task)
{
	for (uint32_t i = 0; i < task->n_sources; i++)
		if (!source_is_at_stop(task->sources[i]))
			return false;
	return true;
}

bool topology_is_at_stop(const struct topology *topology)
{
	bool has_stopped = false;

	for (uint32_t i = 0; i < topology->n_tasks; i++) {
		const struct task *task = topology->tasks[i];

		if (task->n_sources == 0 || atomic_load(&task->finished))
			continue;
		if (!is_at_stop(task))
			return false;
		has_stopped = true;
	}
	return has_stopped;
}

const struct fault *topology_fault(const struct topology *topology)
{
	for (uint32_t i = 0; i < topology->n_tasks; i++)
		if (topology->tasks[i]->common.fault.text != NULL)
			return &topology->tasks[i]->common.fault;
	return NULL;
}
