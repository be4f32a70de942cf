#include "operator/window/group_window_state.h"
#include <assert.h>
#include <errno.h>
#include "row/columns.h"

// Work off what waits: rows, firing in between, control messages. True when nothing is left.
static bool work(struct group_window *group)
{
	int32_t n_left = GROUP_WINDOWS_MAX;

	if (group->is_out) { // a full exchange may still read it
		if (op_is_blocked(&group->op))
			return false;
		group_window_forget(group);
	}
	if (group->held.n_rows > 0 && !group_window_add(group, &n_left))
		return false;
	if (group->clocks_due && !group_window_fire_clocks(group, &n_left))
		return false;
	group->clocks_due = false;
	while (group->controls.n > 0) {
		const struct block *control = &group->controls.waiting[0];
		struct block done;

		if (op_is_blocked(&group->op))
			return false;
		group->rx_tsc = control->rx_tsc;
		if (control->kind == BLOCK_WATERMARK) {
			if (!group_window_fire(group, control->watermark, &n_left))
				return false;
			group->passed_watermark = control->watermark;
		}
		done = control_queue_pop(&group->controls);
		op_emit(&group->op, &done);
	}
	return true;
}

static void look_at_clock(struct group_window *group)
{
	int64_t now_ms = group->op.task->now.wall_ns / 1000000;

	if (now_ms > group->now_ms)
		group->now_ms = now_ms;
}

// What is upstream of us in the task must wait while we are not done: we hold one block at most.
static void group_process(struct op *op, const struct block *block)
{
	struct group_window *group = (struct group_window *)op;

	assert(!op->pending); // a task takes no input then
	look_at_clock(group);
	group->rx_tsc = block->rx_tsc;
	group_window_hold(group, block);
	op->pending = !work(group);
	op_hold_upstream(op);
}

static void group_control(struct op *op, const struct block *block)
{
	struct group_window *group = (struct group_window *)op;

	control_queue_push(&group->controls, block);
	if (!op->pending)
		op->pending = !work(group);
	op_hold_upstream(op);
}

static bool group_resume(struct op *op)
{
	op->pending = !work((struct group_window *)op);
	return !op->pending;
}

static bool group_tick(struct op *op)
{
	struct group_window *group = (struct group_window *)op;

	look_at_clock(group);
	if (wheel_next(&group->clocks) > group->now_ms)
		return false;
	group->clocks_due = true;
	group->rx_tsc = 0;
	op->pending = !work(group);
	return true;
}

static void group_free(struct op *op)
{
	struct group_window *group = (struct group_window *)op;
	struct mem *mem = op->task->mem;

	keyed_store_clear(&group->store);
	slab_destroy(&group->slab);
	columns_free(mem, group->columns, op->spec->output);
	columns_free(mem, group->fresh, op->spec->output);
	mem_free(mem, group->texts.bytes);
	mem_free(mem, group->image);
	mem_free(mem, group->images);
	mem_free(mem, group->offsets);
	mem_free(mem, group);
}

static const struct op_ops group_ops = {
	.process = group_process,
	.control = group_control,
	.resume = group_resume,
	.freeze = group_window_freeze,
	.pack = group_window_pack,
	.restore = group_window_restore,
	.restored = group_window_restored,
	.free = group_free,
};

// Time matters to those that fire in between.
static const struct op_ops group_clock_ops = {
	.process = group_process,
	.control = group_control,
	.resume = group_resume,
	.tick = group_tick,
	.freeze = group_window_freeze,
	.pack = group_window_pack,
	.restore = group_window_restore,
	.restored = group_window_restored,
	.free = group_free,
};

static void add_counters(struct group_window *group)
{
	struct op *op = &group->op;
	bool is_drop = op->spec->takes_events;

	group->late = op_counter_add(op, "late", is_drop);
	group->null_time = op_counter_add(op, "null_time", is_drop);
	group->bad_time = op_counter_add(op, "bad_time", is_drop);
	group->no_window = op_counter_add(op, "no_window", is_drop);
	group->state_full = op_counter_add(op, "state_full", is_drop);
	group->key_too_long = op_counter_add(op, "key_too_long", is_drop);
	group->value_lost = op_counter_add(op, "value_lost", false);
	group->result_lost = op_counter_add(op, "result_lost", false);
}

static int alloc_rest(struct group_window *group)
{
	struct mem *mem = group->op.task->mem;

	group->images = mem_zalloc(mem, (size_t)BLOCK_ROWS_MAX * group->keys.size);
	group->columns = columns_new(mem, group->op.spec->output, BLOCK_ROWS_MAX);
	group->texts.bytes = mem_zalloc(mem, GROUP_RESULT_HEAP);
	group->texts.size = GROUP_RESULT_HEAP;
	if (group->images == NULL || group->columns == NULL || group->texts.bytes == NULL)
		return -ENOMEM;
	if (!group->has_updates)
		return 0;
	group->fresh = columns_new(mem, group->op.spec->output, 1);
	group->image = mem_zalloc(mem, group->results.size);
	return group->fresh != NULL && group->image != NULL ? 0 : -ENOMEM;
}

// Where the parts of a window lie.
static void lay_out_window(struct group_window *group)
{
	const struct group_window_config *config = group->config;
	uint32_t at = sizeof(struct open_window);

	if (group->has_updates)
		at += sizeof(struct updates);
	group->image_at = at;
	at += group->keys.size;
	for (uint16_t i = 0; i < config->n_aggregates; i++) {
		group->offsets[i] = at;
		at += aggregate_state_size(&config->aggregates[i]);
	}
	if (group->op.task->out != NULL) {
		group->tracked_at = at;
		at += sizeof(struct tracked);
		group_window_track(group);
	}
	group->window_size = at;
}

// The image of the aggregates' results.
static int lay_out_results(struct group_window *group)
{
	const struct group_window_config *config = group->config;
	uint16_t columns[SCHEMA_COLUMNS_MAX];

	assert(config->n_aggregates <= SCHEMA_COLUMNS_MAX);
	for (uint16_t i = 0; i < config->n_aggregates; i++)
		columns[i] = config->n_keys + i;
	return key_layout_init(
		&group->results, group->op.spec->output, columns, config->n_aggregates);
}

static int set_up(struct group_window *group, struct err *err)
{
	const struct group_window_config *config = group->config;
	struct op_task *task = group->op.task;
	struct mem *mem = task->mem;

	if (key_layout_init(&group->keys, group->op.spec->input, config->keys, config->n_keys) < 0)
		return err_set(err, E2BIG, "GROUP BY has more than %d columns", KEY_COLUMNS_MAX);
	group->offsets = mem_zalloc(mem, (config->n_aggregates + 1u) * sizeof(*group->offsets));
	if (group->offsets == NULL)
		return err_set(err, ENOMEM, "no memory for a GroupWindowAggregate");
	lay_out_window(group);
	if (keyed_store_init(&group->store, &group->op.pool, &group->keys, task->seed,
		    sizeof(struct open_window *)) < 0 ||
		group->window_size > SLAB_SIZE_MAX || lay_out_results(group) < 0 ||
		group->results.size > SLAB_SIZE_MAX)
		return err_set(err, E2BIG,
			"a window takes %u bytes with its key and aggregates; %d are possible, %d "
			"for its key",
			group->window_size, SLAB_SIZE_MAX,
			KEYED_STORE_STATE_MAX - (int)sizeof(struct open_window *));
	group->store.slab = &group->slab;
	if (alloc_rest(group) < 0)
		return err_set(err, ENOMEM, "no memory for a GroupWindowAggregate");
	return 0;
}

static struct op *group_create(const struct op_spec *spec, struct op_task *task, struct err *err)
{
	const struct group_window_config *config = spec->config;
	struct group_window *group = mem_zalloc(task->mem, sizeof(*group));

	if (group == NULL) {
		err_set(err, ENOMEM, "no memory for a GroupWindowAggregate");
		return NULL;
	}
	op_init(&group->op,
		config->early_fire_ms > 0 || config->late_fire_ms > 0 ? &group_clock_ops
								      : &group_ops,
		spec, task);
	group->config = config;
	group->has_updates = group_window_has_updates(config);
	assert(config->shape != GROUP_WINDOW_SESSION || !group->has_updates);
	group->passed_watermark = WATERMARK_NONE;
	group->store.root = PAGE_NONE; // nothing to clear until it is set up
	group->store.heap = PAGE_NONE;
	slab_init(&group->slab, &group->op.pool);
	group->heap.slab = &group->slab;
	wheel_init(&group->timers, WATERMARK_NONE);
	wheel_init(&group->clocks, 0);
	add_counters(group);
	if (set_up(group, err) < 0) {
		group_free(&group->op);
		return NULL;
	}
	return &group->op;
}

static uint32_t group_state_version(const struct op_spec *spec)
{
	const struct group_window_config *config = spec->config;
	uint32_t sum = 0;

	for (uint16_t i = 0; i < config->n_aggregates; i++)
		sum += aggregate_state_version(&config->aggregates[i]);
	return sum;
}

const struct op_kind group_window_kind = {
	.name = "GroupWindowAggregate",
	.create = group_create,
	.explain = group_window_explain,
	.dump = &group_window_dump,
	.state_version = group_state_version,
};
