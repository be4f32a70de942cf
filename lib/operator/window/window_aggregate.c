#include <assert.h>
#include <errno.h>
#include "operator/window/window_explain.h"
#include "operator/window/window_state.h"
#include "row/columns.h"

enum { TEXT_BYTES = 256 << 10 }; // of the results of one block

static void window_process(struct op *op, const struct block *block)
{
	struct window_aggregate *window = (struct window_aggregate *)op;

	graveyard_hurry(&window->live.graves, op->task->pool);
	window_add(window, block);
	window_prepare(window, block->n_rows);
}

// A row that comes while a watermark waits belongs to no window that the watermark fires: for each
// of them it is late. So the slices of these windows stay as they are while they are walked, and
// rows may go to others meanwhile.
static void note_pending(struct window_aggregate *window)
{
	window->op.pending = window->controls.n > 0;
	window->op.is_open =
		control_queue_is_open(&window->controls, window->config->window.slices.slide);
}

// Work off the control messages that wait: fire what a watermark has passed, then hand it on.
// Leaves op.pending set when something is left to do.
static void work_off(struct window_aggregate *window)
{
	struct op_task *task = window->op.task;
	int32_t n_left = task->portion > 0 ? task->portion : FIRE_ENTRIES_MAX;

	graveyard_hurry(&window->live.graves, task->pool);
	while (window->controls.n > 0 && !op_is_blocked(&window->op)) {
		struct block control = window->controls.waiting[0];

		if (control.kind == BLOCK_WATERMARK) {
			if (!window_fire(window, control.watermark, &n_left))
				break;
			window->passed_watermark = control.watermark;
		}
		control = control_queue_pop(&window->controls);
		op_emit(&window->op, &control);
	}
	note_pending(window);
}

static void window_control(struct op *op, const struct block *block)
{
	struct window_aggregate *window = (struct window_aggregate *)op;

	control_queue_push(&window->controls, block);
	if (op->pending) {
		note_pending(window);
	} else {
		work_off(window);
		window_prepare(window, 0);
	}
	op_hold_upstream(op);
}

static bool window_resume(struct op *op)
{
	work_off((struct window_aggregate *)op);
	return !op->pending;
}

static void window_free(struct op *op)
{
	struct window_aggregate *window = (struct window_aggregate *)op;
	struct mem *mem = op->task->mem;

	keyed_store_clear(&window->sum.total);
	keyed_store_clear(&window->sum.late);
	keyed_store_clear(&window->sum.scratch);
	live_slices_destroy(&window->live, mem);
	restored_slices_free(&window->restored, mem);
	columns_free(mem, window->columns, op->spec->output);
	mem_free(mem, window->images);
	mem_free(mem, window->offsets);
	mem_free(mem, window->sum.parts);
	mem_free(mem, window->sum.old_parts);
	mem_free(mem, window->text.bytes);
	mem_free(mem, window);
}

static const struct op_ops window_ops = {
	.process = window_process,
	.control = window_control,
	.resume = window_resume,
	.freeze = window_freeze,
	.pack = window_pack,
	.restore = window_restore,
	.restored = window_restored,
	.free = window_free,
};

static void add_counters(struct window_aggregate *window)
{
	struct op *op = &window->op;
	bool is_drop = op->spec->takes_events;

	window->late = op_counter_add(op, "late", is_drop);
	window->null_time = op_counter_add(op, "null_time", is_drop);
	window->bad_time = op_counter_add(op, "bad_time", is_drop);
	window->slice_limit = op_counter_add(op, "slice_limit", is_drop);
	window->state_full = op_counter_add(op, "state_full", is_drop);
	window->key_too_long = op_counter_add(op, "key_too_long", is_drop);
	window->value_lost = op_counter_add(op, "value_lost", false);
	window->result_lost = op_counter_add(op, "result_lost", false);
}

// All memory but what stores take from the pool later.
static int alloc_rest(struct window_aggregate *window)
{
	struct mem *mem = window->op.task->mem;
	struct sum *sum = &window->sum;

	window->images = mem_zalloc(mem, (size_t)BLOCK_ROWS_MAX * window->keys.size);
	sum->parts = mem_zalloc(mem, (size_t)BLOCK_ROWS_MAX * sum->part_size + 1);
	sum->old_parts = mem_zalloc(mem, (size_t)BLOCK_ROWS_MAX * sum->part_size + 1);
	window->text.size = sum->has_heap ? TEXT_BYTES : 0; // who makes text, keeps some
	window->text.bytes = mem_zalloc(mem, window->text.size + 1);
	if (window->images == NULL || sum->parts == NULL || sum->old_parts == NULL ||
		window->text.bytes == NULL)
		return -ENOMEM;
	window->columns = columns_new(mem, window->op.spec->output, BLOCK_ROWS_MAX);
	return window->columns != NULL ? 0 : -ENOMEM;
}

static const struct composer *choose_composer(const struct window_spec *spec)
{
	if (spec->shape == WINDOW_ATTACHED || spec->slices.size == spec->slices.slide)
		return &sum_single;
	return spec->slices.cumulates ? &sum_cumulate : &sum_hop;
}

// Where each aggregate's state lies in a part; sets the part's size.
static int lay_out_part(struct window_aggregate *window)
{
	const struct window_aggregate_config *config = window->config;
	uint32_t size = window->composer == &sum_hop ? sizeof(uint64_t) : 0;

	window->offsets = mem_zalloc(
		window->op.task->mem, (config->n_aggregates + 1u) * sizeof(*window->offsets));
	if (window->offsets == NULL)
		return -ENOMEM;
	for (uint16_t i = 0; i < config->n_aggregates; i++) {
		window->offsets[i] = size;
		size += aggregate_state_size(&config->aggregates[i]);
		window->sum.has_heap |= aggregate_has_heap(&config->aggregates[i]);
	}
	window->sum.part_size = size;
	return 0;
}

// Slices and sums. Returns 0, -ENOMEM, or -E2BIG when a key with its states is too large.
static int init_stores(struct window_aggregate *window)
{
	const struct hash_seed *seed = window->op.task->seed;
	struct page_pool *pool = &window->op.pool;
	const struct key_layout *keys = &window->keys;
	struct sum *sum = &window->sum;
	uint32_t size = sum->part_size, n_parts = window->composer == &sum_hop ? 2 : 1;
	int result = keyed_store_init(&sum->total, pool, keys, seed, n_parts * size);

	if (result < 0)
		return result;
	keyed_store_init(&sum->late, pool, keys, seed, size);
	keyed_store_init(&sum->scratch, pool, keys, seed, size);
	sum->next_window = INT64_MAX;
	return live_slices_init(&window->live, &window->op, keys, size, window_pack_bucket);
}

static int set_up(struct window_aggregate *window, struct err *err)
{
	const struct window_aggregate_config *config = window->config;
	int result;

	if (key_layout_init(&window->keys, window->op.spec->input, config->keys, config->n_keys) <
		0)
		return err_set(err, E2BIG, "GROUP BY has more than %d columns", KEY_COLUMNS_MAX);
	if (lay_out_part(window) < 0 || alloc_rest(window) < 0)
		return err_set(err, ENOMEM, "no memory for a WindowAggregate");
	result = init_stores(window);
	if (result == -E2BIG)
		return err_set(err, E2BIG,
			"the key and aggregates of a group take %u bytes; %d are possible%s",
			window->keys.size + window->sum.part_size, KEYED_STORE_STATE_MAX,
			window->composer == &sum_hop ? ", and HOP needs the aggregates twice" : "");
	if (result < 0)
		return err_set(err, ENOMEM, "no memory for a WindowAggregate");
	return 0;
}

static struct op *window_create(const struct op_spec *spec, struct op_task *task, struct err *err)
{
	struct window_aggregate *window = mem_zalloc(task->mem, sizeof(*window));

	if (window == NULL) {
		err_set(err, ENOMEM, "no memory for a WindowAggregate");
		return NULL;
	}
	op_init(&window->op, &window_ops, spec, task);
	window->config = spec->config;
	window->passed_watermark = WATERMARK_NONE;
	window->closing_end = INT64_MIN; // no window ends there
	window->composer = choose_composer(&window->config->window);
	add_counters(window);
	if (set_up(window, err) < 0) {
		window_free(&window->op);
		return NULL;
	}
	return &window->op;
}

static uint32_t window_state_version(const struct op_spec *spec)
{
	const struct window_aggregate_config *config = spec->config;
	uint32_t sum = 0;

	for (uint16_t i = 0; i < config->n_aggregates; i++)
		sum += aggregate_state_version(&config->aggregates[i]);
	return sum;
}

const struct op_kind window_aggregate_kind = {
	.name = "WindowAggregate",
	.create = window_create,
	.explain = window_aggregate_explain,
	.dump = &window_dump,
	.state_version = window_state_version,
};
