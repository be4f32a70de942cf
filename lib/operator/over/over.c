#include "operator/over/over.h"
#include <assert.h>
#include <errno.h>
#include "operator/over/over_segment.h"

// Rows that move or come out in one call: what an lcore is held for at most.
enum { FIRE_ROWS_MAX = 1024, RESULT_HEAP_SIZE = 1 << 20 };

// ---- Rows in

static void count_lost(struct over *over, int result)
{
	if (result == -E2BIG) {
		op_count(&over->op, over->row_too_long, 1);
		return;
	}
	op_count(&over->op, over->state_full, 1);
	if (!over->op.task->drop_new_keys)
		fault_set(&over->op.task->fault,
			"state.max-memory is used up: no room for a row that waits for the "
			"watermark");
}

static int keep_row(struct over *over, const void *image, int64_t time)
{
	int result = time_sorter_add(&over->sorter, image, time);

	while (result == -ENOMEM && over_evict_some(over))
		result = time_sorter_add(&over->sorter, image, time);
	return result;
}

// True when the row waits now.
static bool take_row(struct over *over, const void *image, int64_t time, int64_t mark)
{
	int32_t no_limit = INT32_MAX;
	int result;

	// A key of bounded frames has put out 0 before it has put out anything, as in Flink.
	if (over->is_bounded ? time <= 0 : time <= mark) {
		op_count(&over->op, over->late, 1);
		return false;
	}
	if (time <= mark) {
		// Rare. What its mark has reached comes out before it.
		time_sorter_advance(&over->sorter, mark, &no_limit);
	}
	result = keep_row(over, image, time);
	if (result < 0)
		count_lost(over, result);
	return result == 0;
}

static void take_rows(struct over *over, const struct block *block)
{
	const struct column *column = &block->columns[over->config->time_column];
	const int64_t *times = column->values;
	const char *image = over->images;
	struct op *op = &over->op;

	key_images(&over->row, block, over->images);
	BLOCK_FOREACH_ROW (block, slot) {
		if (nulls_get(column->nulls, slot))
			op_count(op, over->null_time, 1);
		else
			take_row(over, image, times[slot], op_late_mark(op, block, slot));
		image += over->row.size;
	}
}

// The same, where keys have a time to live.
static void take_living_rows(struct over *over, const struct block *block)
{
	const struct column *column = &block->columns[over->config->time_column];
	const int64_t *times = column->values;
	uint16_t refused[BLOCK_ROWS_MAX], n_refused = 0, i = 0;
	struct op *op = &over->op;

	over_ttl_arrive(over, block);
	key_images(&over->row, block, over->images);
	BLOCK_FOREACH_ROW (block, slot) {
		bool waits = false;

		if (nulls_get(column->nulls, slot))
			op_count(op, over->null_time, 1);
		else if (over->segment.states[i] == NULL)
			over_count_refused(over, over->key_images + (size_t)i * over->keys.size);
		else
			waits = take_row(over, over->images + (size_t)i * over->row.size,
				times[slot], op_late_mark(op, block, slot));
		if (!waits)
			refused[n_refused++] = i;
		i++;
	}
	over_ttl_refuse(over, block->n_rows, refused, n_refused);
}

static void over_process(struct op *op, const struct block *block)
{
	struct over *over = (struct over *)op;

	assert(!op->pending); // a task takes no input then
	if (op->task->evict_idle)
		over_evict_begin(over);
	if (over->config->is_proctime)
		over_segment_run_block(over, block);
	else if (over->ttl_ms > 0)
		take_living_rows(over, block);
	else
		take_rows(over, block);
}

static bool over_tick(struct op *op)
{
	over_ttl_sweep((struct over *)op);
	return false;
}

// ---- Rows out

// Emit what is due at watermark. True when all of it is out, and keys were forgotten.
static bool emit_until(struct over *over, int64_t watermark, int32_t *n_left)
{
	for (;;) {
		bool all_due = time_sorter_advance(&over->sorter, watermark, n_left);

		while (time_sorter_first(&over->sorter) != NULL) {
			if (op_is_blocked(&over->op))
				return false;
			*n_left -= over_segment_run(over);
		}
		if (all_due) {
			over->out_mark = over->sorter.mark;
			return over_idle_forget(over, watermark, n_left);
		}
		if (*n_left <= 0)
			return false;
	}
}

static void work_off(struct over *over)
{
	int32_t n_left = FIRE_ROWS_MAX;

	while (over->controls.n > 0 && !op_is_blocked(&over->op)) {
		struct block control = over->controls.waiting[0];

		if (control.kind == BLOCK_WATERMARK) {
			if (!emit_until(over, control.watermark, &n_left))
				break;
			over->passed_watermark = control.watermark;
		}
		control = control_queue_pop(&over->controls);
		op_emit(&over->op, &control);
	}
	over->op.pending = over->controls.n > 0;
}

static void over_control(struct op *op, const struct block *block)
{
	struct over *over = (struct over *)op;

	control_queue_push(&over->controls, block);
	if (!op->pending)
		work_off(over);
	op_hold_upstream(op);
}

static bool over_resume(struct op *op)
{
	work_off((struct over *)op);
	return !op->pending;
}

// ---- Life

static void free_columns(struct over *over, struct column *columns, uint16_t first, uint16_t n)
{
	struct mem *mem = over->op.task->mem;

	for (uint16_t i = first; columns != NULL && i < n; i++) {
		mem_free(mem, columns[i].values);
		mem_free(mem, columns[i].nulls);
	}
	mem_free(mem, columns);
}

static void over_free(struct op *op)
{
	struct over *over = (struct over *)op;
	struct mem *mem = op->task->mem;
	uint16_t n_inputs = op->spec->input->n_fields;

	keyed_store_clear(&over->store);
	slab_destroy(&over->slab);
	time_sorter_destroy(&over->sorter, mem);
	free_columns(over, over->columns, over->config->is_proctime ? n_inputs : 0,
		op->spec->output->n_fields);
	free_columns(over, over->taken_back, 0, n_inputs);
	mem_free(mem, over->scratch.values);
	mem_free(mem, over->scratch.nulls);
	mem_free(mem, over->results.bytes);
	mem_free(mem, over->restored_marks);
	mem_free(mem, over->idle);
	mem_free(mem, over->images);
	mem_free(mem, over->key_images);
	mem_free(mem, over->calls_at);
	mem_free(mem, over);
}

static const struct op_ops over_ops = {
	.process = over_process,
	.control = over_control,
	.resume = over_resume,
	.freeze = over_freeze,
	.pack = over_pack,
	.restore = over_restore,
	.restored = over_restored,
	.free = over_free,
};

static const struct op_ops over_living_ops = {
	.process = over_process,
	.control = over_control,
	.resume = over_resume,
	.tick = over_tick,
	.freeze = over_freeze,
	.pack = over_pack,
	.restore = over_restore,
	.restored = over_restored,
	.free = over_free,
};

static int alloc_column(struct over *over, struct column *column, uint32_t width)
{
	struct mem *mem = over->op.task->mem;

	column->values = mem_zalloc(mem, (size_t)BLOCK_ROWS_MAX * width);
	column->nulls = mem_zalloc(mem, BLOCK_NULL_WORDS * sizeof(uint64_t));
	return column->values != NULL && column->nulls != NULL ? 0 : -ENOMEM;
}

static int alloc_columns(struct over *over)
{
	const struct schema *input = over->op.spec->input, *output = over->op.spec->output;
	struct mem *mem = over->op.task->mem;

	over->columns = mem_zalloc(mem, output->n_fields * sizeof(*over->columns));
	over->taken_back = mem_zalloc(mem, input->n_fields * sizeof(*over->taken_back));
	if (over->columns == NULL || over->taken_back == NULL)
		return -ENOMEM;
	for (uint16_t i = over->config->is_proctime ? input->n_fields : 0; i < output->n_fields;
		i++)
		if (alloc_column(over, &over->columns[i], type_width(output->fields[i].type.kind)) <
			0)
			return -ENOMEM;
	for (uint16_t i = 0; i < over->arguments.n_columns; i++)
		if (alloc_column(over, &over->taken_back[over->arguments.columns[i]],
			    type_width(over->arguments.types[i].kind)) < 0)
			return -ENOMEM;
	return alloc_column(over, &over->scratch, sizeof(struct str));
}

static int alloc_rest(struct over *over)
{
	struct mem *mem = over->op.task->mem;
	uint32_t image = over->keys.size > over->row.size ? over->keys.size : over->row.size;

	over->images = mem_zalloc(mem, (size_t)BLOCK_ROWS_MAX * image);
	over->idle = mem_zalloc(mem, sizeof(*over->idle));
	over->key_images = mem_zalloc(mem, (size_t)BLOCK_ROWS_MAX * over->keys.size);
	over->results.bytes = mem_zalloc(mem, RESULT_HEAP_SIZE);
	over->results.size = RESULT_HEAP_SIZE;
	if (over->images == NULL || over->key_images == NULL || over->idle == NULL ||
		over->results.bytes == NULL ||
		time_sorter_init(&over->sorter, mem, &over->row, &over->slab) < 0)
		return -ENOMEM;
	wheel_init(over->idle, WATERMARK_NONE);
	return alloc_columns(over);
}

// What the frames are.
static void look_at_frames(struct over *over)
{
	const struct over_config *config = over->config;

	over->is_bounded = over->forgets = true;
	for (uint16_t f = 0; f < config->n_frames; f++) {
		const struct over_frame *frame = &config->frames[f];

		over->has_rows |= frame->is_rows;
		over->has_range |= !frame->is_rows;
		over->has_records |= !frame->is_unbounded;
		over->is_bounded &= !frame->is_unbounded;
		over->forgets &= !frame->is_unbounded && !frame->is_rows;
		if (!frame->is_unbounded && frame->preceding > over->preceding_max)
			over->preceding_max = frame->preceding;
	}
}

// Columns that calls of bounded frames read, each once.
uint16_t over_argument_columns(const struct over_config *config, uint16_t *columns)
{
	bool reads[SCHEMA_COLUMNS_MAX] = {false};
	uint16_t n = 0;

	for (uint16_t c = 0; c < config->n_calls; c++) {
		const struct aggregate_call *call = &config->calls[c].call;

		if (config->frames[config->calls[c].frame].is_unbounded)
			continue;
		for (uint16_t i = 0; i < call->n_arguments; i++)
			reads[call->arguments[i]] = true;
		if (call->filter >= 0)
			reads[call->filter] = true;
	}
	for (uint16_t i = 0; i < SCHEMA_COLUMNS_MAX; i++)
		if (reads[i])
			columns[n++] = i;
	return n;
}

static int lay_out(struct over *over, struct err *err)
{
	const struct over_config *config = over->config;
	const struct schema *input = over->op.spec->input;
	uint16_t columns[SCHEMA_COLUMNS_MAX];
	uint16_t n = over_argument_columns(config, columns);

	if (key_layout_init(&over->keys, input, config->keys, config->n_keys) < 0 ||
		key_layout_init(&over->arguments, input, columns, n) < 0)
		return err_set(err, E2BIG, "OVER has more than %d columns", KEY_COLUMNS_MAX);
	for (uint16_t i = 0; i < input->n_fields; i++)
		columns[i] = i;
	if (key_layout_init(&over->row, input, columns, input->n_fields) < 0 ||
		over->row.size > SORTED_ROW_IMAGE_MAX)
		return err_set(
			err, E2BIG, "a row of OVER takes more than %d bytes", SORTED_ROW_IMAGE_MAX);
	over->record_size = (uint32_t)sizeof(struct over_record) + over->arguments.size;
	over->frames_at = sizeof(struct over_key);
	over->state_size =
		over->frames_at + config->n_frames * (uint32_t)sizeof(struct frame_state);
	over->calls_at = mem_zalloc(over->op.task->mem, (config->n_calls + 1u) * sizeof(uint32_t));
	if (over->calls_at == NULL)
		return err_set(err, ENOMEM, "no memory for an OverAggregate");
	for (uint16_t c = 0; c < config->n_calls; c++) {
		over->calls_at[c] = over->state_size;
		over->state_size += aggregate_state_size(&config->calls[c].call);
	}
	return 0;
}

static int set_up(struct over *over, struct err *err)
{
	struct op_task *task = over->op.task;

	look_at_frames(over);
	over_ttl_init(over);
	if (lay_out(over, err) < 0)
		return -E2BIG;
	if (over->record_size > QUEUE_RECORD_MAX)
		return err_set(err, E2BIG, "the arguments of OVER take more than %d bytes",
			QUEUE_RECORD_MAX);
	if (keyed_store_init(
		    &over->store, &over->op.pool, &over->keys, task->seed, over->state_size) < 0)
		return err_set(err, E2BIG,
			"the key and aggregates of an OVER window take %u bytes; %d are possible",
			over->keys.size + over->state_size, KEYED_STORE_STATE_MAX);
	over->store.slab = &over->slab;
	if (alloc_rest(over) < 0)
		return err_set(err, ENOMEM, "no memory for an OverAggregate");
	if (task->out != NULL)
		over_track(over);
	if (over->ttl_ms > 0)
		over->op.ops = &over_living_ops;
	return 0;
}

static struct op *over_create(const struct op_spec *spec, struct op_task *task, struct err *err)
{
	struct over *over = mem_zalloc(task->mem, sizeof(*over));
	bool is_drop = spec->takes_events;

	if (over == NULL) {
		err_set(err, ENOMEM, "no memory for an OverAggregate");
		return NULL;
	}
	op_init(&over->op, &over_ops, spec, task);
	over->config = spec->config;
	over->passed_watermark = over->out_mark = WATERMARK_NONE;
	over->store.root = over->store.heap = PAGE_NONE; // nothing to clear until it is set up
	slab_init(&over->slab, &over->op.pool);
	over->heap.slab = &over->slab;
	over->late = op_counter_add(&over->op, "late", is_drop);
	over->null_time = op_counter_add(&over->op, "null_time", is_drop);
	over->state_full = op_counter_add(&over->op, "state_full", is_drop);
	over->row_too_long = op_counter_add(&over->op, "row_too_long", is_drop);
	over->value_lost = op_counter_add(&over->op, "value_lost", false);
	over->result_lost = op_counter_add(&over->op, "result_lost", false);
	over->expired_keys = op_counter_add(&over->op, "expired_keys", false);
	over->evicted_keys = op_counter_add(&over->op, "evicted_keys", false);
	if (set_up(over, err) < 0) {
		over_free(&over->op);
		return NULL;
	}
	return &over->op;
}

// ---- EXPLAIN

static const char *frame_text(struct arena *arena, const struct over_frame *frame)
{
	const char *how = frame->is_rows ? "ROWS" : "RANGE";

	if (frame->is_unbounded)
		return arena_printf(arena, "%s BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW", how);
	return arena_printf(arena, "%s BETWEEN %lld%s PRECEDING AND CURRENT ROW", how,
		(long long)frame->preceding, frame->is_rows ? "" : " ms");
}

static const char *over_explain(const struct op_spec *spec, struct arena *arena)
{
	const struct over_config *config = spec->config;
	const struct field *fields = spec->input->fields;
	const char *text = "partitionBy=[";

	for (uint16_t i = 0; i < config->n_keys; i++)
		text = arena_printf(
			arena, "%s%s%s", text, i > 0 ? ", " : "", fields[config->keys[i]].name);
	text = arena_printf(arena, "%s], orderBy=[%s ASC]", text, fields[config->time_column].name);
	for (uint16_t f = 0; f < config->n_frames; f++) {
		uint16_t n = 0;

		text = arena_printf(arena, "%s, window=[%s], aggs=[", text,
			frame_text(arena, &config->frames[f]));
		for (uint16_t c = 0; c < config->n_calls; c++)
			if (config->calls[c].frame == f)
				text = arena_printf(arena, "%s%s%s", text, n++ > 0 ? ", " : "",
					config->calls[c].call.text);
		text = arena_printf(arena, "%s]", text);
	}
	return text;
}

static uint32_t over_state_version(const struct op_spec *spec)
{
	const struct over_config *config = spec->config;
	uint32_t sum = 0;

	for (uint16_t c = 0; c < config->n_calls; c++)
		sum += aggregate_state_version(&config->calls[c].call);
	return sum;
}

const struct op_kind over_kind = {
	.name = "OverAggregate",
	.create = over_create,
	.explain = over_explain,
	.dump = &over_dump,
	.state_version = over_state_version,
};
