// The instances themselves: tasks, trees of operators, channels between them.
#include <errno.h>
#include <string.h>
#include "operator/source/source.h"
#include "runtime/exchange_op.h"
#include "runtime/topology_build.h"

// A block's heap holds what a source's does: a row's fate must not depend on the number of lcores.
enum { CHANNEL_BLOCKS = 16, CHANNEL_HEAP_BYTES = 65536 };
// Of a task's records, at least: what a few blocks can make its operators write.
enum { RECORD_BYTES_MIN = 16 << 20 };
// With more instances than these, rows spread over so many channels that few blocks do.
enum { INSTANCES_MANY = 16, CHANNEL_BLOCKS_OF_MANY = 4 };

static struct task *task_new(struct build *build, const char *name, uint32_t lcore)
{
	struct topology *topology = build->topology;
	const struct checkpoint_settings *settings = &topology->job->settings.checkpoint;
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
	task->common.is_live = build->env->n_rx_tasks > 0 || build->env->is_live;
	task->common.portion = build->env->portion;
	task->common.state_dir = settings->dir;
	task->common.stop_after = build->env->stop_after;
	task->common.is_fresh = settings->restore != NULL && strcmp(settings->restore, "none") == 0;
	task->common.drop_new_keys = topology->job->settings.state_policy != STATE_FAIL;
	task->common.evict_idle = topology->job->settings.state_policy == STATE_EVICT_IDLE;
	task_checkpoint_init(&task->checkpoint, build->env->checkpoint);
	task->dirty = true; // a sink's file is emptied even when no row ever comes
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
			stage->tasks[k] = stage_udp_source(stage->stage) != NULL
						  ? rx[k]
						  : task_new(build, stage->stage->name,
							    build_lcore(build, stage, k));
			if (stage->tasks[k] == NULL)
				return -ENOMEM;
			stage->tasks[k]->common.instance = (uint16_t)k;
			stage->tasks[k]->common.n_instances = (uint16_t)stage->n_instances;
		}
	}
	return 0;
}

// What a task may have on its way to the disk: a checkpoint of all the state that its lcore can
// have, and what changes while it is written. Memory is taken as it is used.
static uint64_t record_bytes(const struct build *build, const struct task *task)
{
	uint64_t total = build->env->record_bytes, bytes;

	if (total != 0)
		bytes = total / build->topology->n_tasks;
	else
		bytes = (uint64_t)build->topology->pools[task->lcore_id].n_pages * PAGE_SIZE * 2;
	return bytes > RECORD_BYTES_MIN ? bytes : RECORD_BYTES_MIN;
}

// Where the tasks write their checkpoints.
static int make_outs(struct build *build)
{
	struct topology *topology = build->topology;

	if (!build->env->takes_checkpoints)
		return 0;
	for (uint32_t i = 0; i < topology->n_tasks; i++) {
		struct task *task = topology->tasks[i];

		task->common.out = record_out_new(record_bytes(build, task));
		if (task->common.out == NULL)
			return err_set(build->err, ENOMEM,
				"no memory for checkpoints: lower state.checkpoints.buffer-size");
		task->common.out->tsc = task->common.tsc;
	}
	return 0;
}

static struct channel *channel_add(
	struct build *build, struct mem *mem, const struct schema *schema)
{
	struct topology *topology = build->topology;
	uint32_t n_blocks =
		topology->parallelism > INSTANCES_MANY ? CHANNEL_BLOCKS_OF_MANY : CHANNEL_BLOCKS;
	struct channel *channel;

	if (build->env->channel_blocks != 0)
		n_blocks = build->env->channel_blocks;
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
	to->upstream[to->n_inputs++] = (const struct task *)op->task; // its first member
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

		to = build_find_stage(build, config->to);
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
	op->checkpoint = build->env->checkpoint;
	task->has_ticks |= op->ops->tick != NULL;
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
		task->upstream = stage->upstream;
	}
	return 0;
}

int build_make(struct build *build)
{
	struct topology *topology = build->topology;

	if (make_tasks(build) < 0 || make_outs(build) < 0)
		return -ENOMEM;
	for (uint32_t i = 0; i < topology->job->n_stages; i++) {
		struct stage_build *stage = &build->stages[i];

		if (stage->stage->kind != STAGE_SOURCE && !stage->is_fused) {
			stage->inputs = arena_alloc(topology->job->arena,
				sizeof(*stage->inputs) * stage->n_instances * stage->n_upstream);
			stage->upstream = arena_alloc(
				topology->job->arena, sizeof(*stage->upstream) * stage->n_upstream);
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
