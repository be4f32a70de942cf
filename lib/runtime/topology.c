#include "runtime/topology.h"
#include <errno.h>
#include "operator/source/source.h"
#include "runtime/exchange_op.h"

enum { CHANNEL_BLOCKS = 16, CHANNEL_HEAP_BYTES = 32768 };

// What is known of a stage while the topology is being built.
struct stage_build {
	const struct stage *stage;
	uint32_t n_instances;
	uint32_t first_place; // running number of its first instance among sources or stages
	uint32_t n_upstream; // instances with an exchange into it
	uint32_t upstream_lcore; // of the one when n_upstream is 1
	bool is_fused;
	struct task *tasks[TOPOLOGY_TASKS_MAX]; // [:n_instances] when not fused
	struct channel **inputs; // [n_instances][n_upstream]; NULL when it has no gate
	uint32_t n_inputs; // channels of each instance so far
};

struct build {
	struct topology *topology;
	const struct topology_env *env;
	struct stage_build *stages; // [:job->n_stages], in the job's order
	struct err *err;
};

static bool is_udp(const struct stage *stage)
{
	const struct source_config *source;

	if (stage->kind != STAGE_SOURCE)
		return false;
	source = stage->head->config;
	return source->connector == SOURCE_UDP;
}

static struct stage_build *find_stage(struct build *build, const struct stage *stage)
{
	uint32_t i = 0;

	while (build->stages[i].stage != stage)
		i++;
	return &build->stages[i];
}

static uint32_t lcore_of(struct build *build, const struct stage_build *stage, uint32_t instance)
{
	const struct placement *placement = &build->topology->placement;

	return stage->stage->kind == STAGE_SOURCE
		       ? place_source(placement, stage->first_place + instance)
		       : place_stage(placement, stage->first_place + instance);
}

// Count what flows into each stage below spec, a part of the tree of stage `from`.
static void count_upstream(
	struct build *build, const struct stage_build *from, const struct op_spec *spec)
{
	if (spec->kind == &exchange_kind) {
		const struct exchange_config *config = spec->config;
		struct stage_build *to = find_stage(build, config->to);

		to->n_upstream += from->n_instances;
		to->upstream_lcore = lcore_of(build, from, 0);
	}
	for (uint16_t i = 0; i < spec->n_outs; i++)
		count_upstream(build, from, spec->outs[i]);
}

static uint32_t count_source_instances(const struct job *job, const struct topology_env *env)
{
	uint32_t n = env->n_rx_tasks;

	for (uint32_t i = 0; i < job->n_stages; i++)
		n += job->stages[i]->kind == STAGE_SOURCE && !is_udp(job->stages[i]);
	return n;
}

// Instances and places of every stage. Queues are the first sources, shared by all UDP tables.
static void lay_out(struct build *build)
{
	struct topology *topology = build->topology;
	const struct job *job = topology->job;
	uint32_t source = build->env->n_rx_tasks, other = 0;

	place_init(&topology->placement, build->env->n_lcores,
		count_source_instances(job, build->env));
	topology->parallelism = job->settings.parallelism != 0
					? job->settings.parallelism
					: place_parallelism(&topology->placement);
	for (uint32_t i = 0; i < job->n_stages; i++) {
		struct stage_build *stage = &build->stages[i];

		stage->stage = job->stages[i];
		stage->n_instances = stage->stage->kind == STAGE_KEYED ? topology->parallelism : 1;
		if (is_udp(stage->stage)) {
			stage->n_instances = build->env->n_rx_tasks;
		} else if (stage->stage->kind == STAGE_SOURCE) {
			stage->first_place = source++;
		} else {
			stage->first_place = other;
			other += stage->n_instances;
		}
	}
	for (uint32_t i = 0; i < job->n_stages; i++) {
		struct stage_build *stage = &build->stages[i];

		// Upstream stages come first: all that flows into this one is counted.
		stage->is_fused = stage->stage->kind != STAGE_SOURCE && stage->n_instances == 1 &&
				  stage->n_upstream == 1 &&
				  lcore_of(build, stage, 0) == stage->upstream_lcore;
		count_upstream(build, stage, stage->stage->head);
	}
}

static struct task *task_new(struct build *build, const char *name, uint32_t lcore)
{
	struct topology *topology = build->topology;
	struct mem *mem = build->env->mems[lcore];
	struct task *task;

	if (topology->n_tasks == TOPOLOGY_TASKS_MAX) {
		err_set(build->err, E2BIG, "the job needs more than %d tasks: lower --parallelism",
			TOPOLOGY_TASKS_MAX);
		return NULL;
	}
	task = mem_zalloc(mem, sizeof(*task));
	if (task == NULL) {
		err_set(build->err, ENOMEM, "no memory for a task");
		return NULL;
	}
	task->name = name;
	task->lcore_id = lcore;
	task->common.mem = mem;
	task->common.seed = &topology->seed;
	task->common.tsc = build->env->tsc;
	task->common.tsc_hz = build->env->tsc_hz;
	task->common.pool = &topology->pools[lcore];
	task->common.drop_new_keys = topology->job->settings.drop_new_keys;
	topology->tasks[topology->n_tasks++] = task;
	return task;
}

static int make_tasks(struct build *build)
{
	struct task *rx[TOPOLOGY_TASKS_MAX];

	for (uint32_t i = 0; i < build->env->n_rx_tasks; i++) {
		rx[i] = task_new(build, "rx", place_source(&build->topology->placement, i));
		if (rx[i] == NULL)
			return -ENOMEM;
	}
	for (uint32_t i = 0; i < build->topology->job->n_stages; i++) {
		struct stage_build *stage = &build->stages[i];

		for (uint32_t k = 0; k < stage->n_instances && !stage->is_fused; k++) {
			stage->tasks[k] = is_udp(stage->stage) ? rx[k]
							       : task_new(build, stage->stage->name,
									 lcore_of(build, stage, k));
			if (stage->tasks[k] == NULL)
				return -ENOMEM;
		}
	}
	return 0;
}

static struct channel *channel_add(
	struct build *build, struct mem *mem, const struct schema *schema)
{
	struct topology *topology = build->topology;
	uint32_t n_blocks =
		build->env->channel_blocks != 0 ? build->env->channel_blocks : CHANNEL_BLOCKS;
	struct channel *channel;

	if (topology->n_channels == topology->n_channels_max) {
		err_set(build->err, E2BIG, "the job needs too many channels: lower --parallelism");
		return NULL;
	}
	channel = channel_new(mem, schema, n_blocks, CHANNEL_HEAP_BYTES);
	if (channel == NULL) {
		err_set(build->err, ENOMEM, "no memory for channels: lower --parallelism");
		return NULL;
	}
	topology->channels[topology->n_channels++] = channel;
	return channel;
}

// A channel from this exchange to each instance of its target.
static int connect_exchange(struct build *build, struct op *op, struct stage_build *to)
{
	struct channel *channels[TOPOLOGY_TASKS_MAX];

	for (uint32_t k = 0; k < to->n_instances; k++) {
		struct mem *mem = to->tasks[k]->common.mem; // the consumer's node
		channels[k] = channel_add(build, mem, op->spec->input);
		if (channels[k] == NULL)
			return -ENOMEM;
		to->inputs[k * to->n_upstream + to->n_inputs] = channels[k];
	}
	to->n_inputs++;
	if (exchange_connect(op, channels, to->n_instances) < 0)
		return err_set(build->err, ENOMEM, "no memory for an exchange");
	return 0;
}

// Make the instances of a tree of operators for one task. Returns its head, or NULL.
static struct op *make_ops(struct build *build, struct task *task, const struct op_spec *spec)
{
	struct stage_build *to = NULL;
	struct op *op;

	if (spec->kind == &exchange_kind) {
		const struct exchange_config *config = spec->config;

		to = find_stage(build, config->to);
		if (to->is_fused)
			return make_ops(build, task, config->to->head);
	}
	if (task->n_ops == TASK_OPS_MAX) {
		err_set(build->err, E2BIG, "more than %d operators in one task", TASK_OPS_MAX);
		return NULL;
	}
	op = spec->kind->create(spec, &task->common, build->err);
	if (op == NULL)
		return NULL;
	task->ops[task->n_ops++] = op;
	if (to != NULL && connect_exchange(build, op, to) < 0)
		return NULL;
	for (uint16_t i = 0; i < spec->n_outs; i++) {
		op->outs[i] = make_ops(build, task, spec->outs[i]);
		if (op->outs[i] == NULL)
			return NULL;
		op->n_outs++;
	}
	return op;
}

static int make_stage(struct build *build, struct stage_build *stage)
{
	for (uint32_t k = 0; k < stage->n_instances && !stage->is_fused; k++) {
		struct task *task = stage->tasks[k];
		struct op *head = make_ops(build, task, stage->stage->head);

		if (head == NULL)
			return -EINVAL;
		if (stage->stage->kind != STAGE_SOURCE) {
			task->head = head;
		} else if (task->n_sources < TASK_SOURCES_MAX) {
			task->sources[task->n_sources++] = head;
		} else {
			return err_set(build->err, E2BIG, "more than %d udp tables in one job",
				TASK_SOURCES_MAX);
		}
	}
	return 0;
}

// All upstream stages are made: their channels are this stage's gates.
static int make_gates(struct build *build, struct stage_build *stage)
{
	for (uint32_t k = 0; k < stage->n_instances; k++) {
		struct task *task = stage->tasks[k];

		if (gate_init(&task->gate, task->common.mem, stage->inputs + k * stage->n_upstream,
			    stage->n_inputs) < 0)
			return err_set(build->err, ENOMEM, "no memory for a gate");
		task->has_gate = true;
	}
	return 0;
}

static int make_all(struct build *build)
{
	struct topology *topology = build->topology;

	for (uint32_t i = 0; i < topology->job->n_stages; i++) {
		struct stage_build *stage = &build->stages[i];

		if (stage->stage->kind != STAGE_SOURCE && !stage->is_fused) {
			stage->inputs = arena_alloc(topology->job->arena,
				sizeof(*stage->inputs) * stage->n_instances * stage->n_upstream);
			topology->n_channels_max += stage->n_instances * stage->n_upstream;
		}
	}
	topology->channels = mem_zalloc(
		topology->mem, (topology->n_channels_max + 1) * sizeof(*topology->channels));
	if (topology->channels == NULL)
		return err_set(build->err, ENOMEM, "no memory for channels");
	for (uint32_t i = 0; i < topology->job->n_stages; i++)
		if (make_stage(build, &build->stages[i]) < 0)
			return -EINVAL;
	for (uint32_t i = 0; i < topology->job->n_stages; i++)
		if (build->stages[i].inputs != NULL && make_gates(build, &build->stages[i]) < 0)
			return -ENOMEM;
	return 0;
}

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
			    env->state_bytes / n_stage_lcores) < 0)
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
	topology->job = job;
	topology->mem = env->mems[0];
	topology->seed = env->seed;
	topology->n_lcores = env->n_lcores;
	build.stages = arena_alloc(job->arena, job->n_stages * sizeof(*build.stages));
	lay_out(&build);
	if (make_pools(&build) < 0 || make_tasks(&build) < 0 || make_all(&build) < 0) {
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

bool topology_finished(const struct topology *topology)
{
	for (uint32_t i = 0; i < topology->n_tasks; i++)
		if (!atomic_load(&topology->tasks[i]->finished))
			return false;
	return true;
}

const char *topology_fault(const struct topology *topology)
{
	for (uint32_t i = 0; i < topology->n_tasks; i++)
		if (topology->tasks[i]->common.fault.text != NULL)
			return topology->tasks[i]->common.fault.text;
	return NULL;
}
