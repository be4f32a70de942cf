// Each live window has a keyed store of its own, as the slices of a WindowAggregate have: key → a
// heap of its best rows. When the watermark reaches end − 1 the keys are walked and their rows come
// out, best first, in blocks; the window's store is dropped as a whole.
#include <errno.h>
#include "operator/window/window_topn_state.h"
#include "row/columns.h"

// ---- Rows in

// The watermark at which a window closes.
static int64_t closes_at(const struct window_topn *topn, int64_t end)
{
	return slices_closes_at(&topn->config->slices, end);
}

// The window of one row, NULL when the row is dropped, and counted.
static struct slice *window_of(
	struct window_topn *topn, const struct block *block, uint16_t slot, struct slice *last)
{
	const struct column *starts = &block->columns[topn->config->start_column];
	const struct column *ends = &block->columns[topn->config->end_column];
	int64_t start = ((const int64_t *)starts->values)[slot];
	int64_t end = ((const int64_t *)ends->values)[slot];
	struct slice *slice;

	if (nulls_get(ends->nulls, slot) || nulls_get(starts->nulls, slot)) {
		op_count(&topn->op, topn->null_time, 1);
		return NULL;
	}
	if (end < -WINDOW_TIME_LIMIT || end > WINDOW_TIME_LIMIT) {
		op_count(&topn->op, topn->bad_time, 1);
		return NULL;
	}
	if (closes_at(topn, end) <= op_late_mark(&topn->op, block, slot)) {
		op_count(&topn->op, topn->late, 1);
		return NULL;
	}
	if (last != NULL && last->end == end && last->start == start)
		return last;
	slice = live_slices_get(&topn->live, end, end, start);
	if (slice == NULL)
		op_count(&topn->op, topn->slice_limit, 1);
	return slice;
}

static void count_full(struct window_topn *topn)
{
	op_count(&topn->op, topn->state_full, 1);
	if (!topn->op.task->drop_new_keys)
		fault_set(&topn->op.task->fault,
			"state.max-memory is used up: no room for a row of a window's Top-N");
}

static void add_row(struct window_topn *topn, struct row_heap *heap, const void *image)
{
	switch (row_heap_add_best(&topn->heaps, heap, image, topn->config->last_rank)) {
	case 0:
		break;
	case -E2BIG:
		op_count(&topn->op, topn->row_too_long, 1);
		break;
	default:
		count_full(topn);
		break;
	}
}

// Add the rows slots[:n], all of one window.
static void add_rows(struct window_topn *topn, struct slice *slice, const struct block *block,
	const uint16_t *slots, uint16_t n)
{
	struct block part = *block;

	part.rows = slots;
	part.n_rows = n;
	key_images(&topn->keys, &part, topn->images);
	key_hashes(&topn->keys, topn->op.task->seed, topn->images, n, topn->hashes);
	keyed_store_upsert(&slice->store, topn->images, topn->hashes, n, topn->states);
	key_images(&topn->row, &part, topn->row_images);
	for (uint16_t i = 0; i < n; i++) {
		const char *key = topn->images + (size_t)i * topn->keys.size;

		if (topn->states[i] != NULL)
			add_row(topn, topn->states[i],
				topn->row_images + (size_t)i * topn->row.size);
		else if (key_extra_size(&topn->keys, key) > KEY_STRING_MAX)
			op_count(&topn->op, topn->row_too_long, 1);
		else
			count_full(topn);
	}
}

// Runs of rows of one window: nearly always the block is one run.
static void topn_process(struct op *op, const struct block *block)
{
	struct window_topn *topn = (struct window_topn *)op;
	int32_t n_left = PREPARE_ENTRIES_MAX;
	struct slice *last = NULL;
	uint16_t n = 0;

	BLOCK_FOREACH_ROW (block, slot) {
		struct slice *slice = window_of(topn, block, slot, last);

		if (slice == NULL)
			continue;
		if (slice != last && n > 0) {
			add_rows(topn, last, block, topn->slots, n);
			n = 0;
		}
		last = slice;
		topn->slots[n++] = slot;
	}
	if (n > 0)
		add_rows(topn, last, block, topn->slots, n);
	graveyard_work(&topn->live.graves, &n_left);
}

// ---- Rows out

// The rows of a key, best first, linked by next; the heap is empty then.
static struct heap_row *sort(struct window_topn *topn, struct row_heap *heap)
{
	struct heap_row *first = NULL;

	while (heap->n > 0) {
		struct heap_row *row = row_heap_pop(&topn->heaps, heap);

		row->next = first;
		first = row;
	}
	return first;
}

// The next row to come out, or NULL when the window's are all out.
static struct heap_row *next_row(struct window_topn *topn)
{
	struct fire *fire = &topn->fire;
	const void *images[FIRE_KEYS];
	struct heap_row *row;

	while (fire->row == NULL) {
		if (fire->at == fire->n) {
			fire->at = 0;
			fire->n = keyed_store_next(&fire->slice->store, &fire->cursor, images,
				fire->states, FIRE_KEYS);
			if (fire->n == 0)
				return NULL;
		}
		fire->row = sort(topn, fire->states[fire->at++]);
		fire->rank = 1;
	}
	row = fire->row;
	fire->row = row->next;
	return row;
}

// Up to a block of rows with their ranks; rows before the first rank are let go. Returns how many.
static uint16_t take_rows(struct window_topn *topn, int64_t *ranks)
{
	uint16_t n = 0;

	for (uint16_t i = 0; i < topn->n_out; i++)
		row_heap_free(&topn->heaps, topn->out_rows[i]);
	while (n < BLOCK_ROWS_MAX) {
		struct heap_row *row = next_row(topn);

		if (row == NULL)
			break;
		if (topn->fire.rank >= topn->config->first_rank) {
			ranks[n] = (int64_t)topn->fire.rank;
			topn->out_rows[n++] = row;
		} else {
			row_heap_free(&topn->heaps, row);
		}
		topn->fire.rank++;
	}
	topn->n_out = n;
	return n;
}

static void emit_rows(struct window_topn *topn, const int64_t *ranks, uint16_t n)
{
	uint16_t n_inputs = topn->op.spec->input->n_fields;
	struct block out = {
		.kind = BLOCK_ROWS,
		.n_rows = n,
		.n_slots = n,
		.n_columns = topn->op.spec->output->n_fields,
		.columns = topn->columns,
		.late_mark = topn->passed_watermark,
		.watermark = topn->passed_watermark,
		.rx_tsc = topn->controls.waiting[0].rx_tsc,
	};

	for (uint16_t i = 0; i < n_inputs; i++)
		for (uint16_t row = 0; row < n; row++)
			key_load(&topn->row, topn->out_rows[row]->image, i, &topn->columns[i], row);
	if (topn->config->with_rank)
		memcpy(topn->columns[n_inputs].values, ranks, n * sizeof(*ranks));
	op_emit(&topn->op, &out);
}

// Nothing more comes of this window; say so, so that an aggregate over these rows need not hold
// more than one.
static void pass_window(struct window_topn *topn, int64_t end, int64_t watermark)
{
	struct block control = {
		.kind = BLOCK_WATERMARK,
		.watermark = closes_at(topn, end),
		.rx_tsc = topn->controls.waiting[0].rx_tsc,
	};

	if (control.watermark <= topn->passed_watermark || control.watermark >= watermark ||
		op_is_blocked(&topn->op) || (topn->live.n > 0 && topn->live.next_window <= end))
		return;
	topn->passed_watermark = control.watermark;
	op_emit(&topn->op, &control);
}

// Fire windows that the watermark has passed, *n_left rows at most. True when all have.
static bool fire_windows(struct window_topn *topn, int64_t watermark, int32_t *n_left)
{
	struct fire *fire = &topn->fire;
	int64_t ranks[BLOCK_ROWS_MAX], end;

	for (;;) {
		if (fire->slice == NULL) {
			if (topn->live.n == 0 ||
				closes_at(topn, topn->live.sorted[0]->end) > watermark)
				return true;
			*fire = (struct fire){.slice = topn->live.sorted[0]};
		}
		if (!keyed_store_pack(&fire->slice->store, n_left)) // before its rows go
			return false;
		while (!op_is_blocked(&topn->op) && *n_left > 0) {
			uint16_t n = take_rows(topn, ranks);

			if (n == 0)
				break;
			*n_left -= n;
			emit_rows(topn, ranks, n);
		}
		if (op_is_blocked(&topn->op) || *n_left <= 0)
			return false;
		end = fire->slice->end;
		live_slices_drop(&topn->live, fire->slice);
		live_slices_refresh(&topn->live);
		fire->slice = NULL;
		pass_window(topn, end, watermark);
	}
}

static void work_off(struct window_topn *topn)
{
	int32_t n_left = FIRE_ROWS_MAX;

	while (topn->controls.n > 0 && !op_is_blocked(&topn->op)) {
		struct block control = topn->controls.waiting[0];

		if (control.kind == BLOCK_WATERMARK) {
			if (!fire_windows(topn, control.watermark, &n_left))
				break;
			topn->passed_watermark = control.watermark;
		}
		control = control_queue_pop(&topn->controls);
		op_emit(&topn->op, &control);
	}
	topn->op.pending = topn->controls.n > 0;
}

static void topn_control(struct op *op, const struct block *block)
{
	struct window_topn *topn = (struct window_topn *)op;

	control_queue_push(&topn->controls, block);
	if (!op->pending)
		work_off(topn);
	op_hold_upstream(op);
}

static bool topn_resume(struct op *op)
{
	work_off((struct window_topn *)op);
	return !op->pending;
}

// ---- Life

static void topn_free(struct op *op)
{
	struct window_topn *topn = (struct window_topn *)op;
	struct mem *mem = op->task->mem;

	slab_destroy(&topn->slab);
	live_slices_destroy(&topn->live, mem);
	restored_slices_free(&topn->restored, mem);
	columns_free(mem, topn->columns, op->spec->output);
	mem_free(mem, topn->images);
	mem_free(mem, topn->row_images);
	mem_free(mem, topn);
}

static const struct op_ops topn_ops = {
	.process = topn_process,
	.control = topn_control,
	.resume = topn_resume,
	.freeze = topn_freeze,
	.pack = topn_pack,
	.restore = topn_restore,
	.restored = topn_restored,
	.free = topn_free,
};

static int set_up(struct window_topn *topn, struct err *err)
{
	const struct window_topn_config *config = topn->config;
	const struct schema *input = topn->op.spec->input;
	struct mem *mem = topn->op.task->mem;
	uint16_t all[SCHEMA_COLUMNS_MAX];

	for (uint16_t i = 0; i < input->n_fields; i++)
		all[i] = i;
	if (key_layout_init(&topn->keys, input, config->keys, config->n_keys) < 0 ||
		key_layout_init(&topn->row, input, all, input->n_fields) < 0 ||
		topn->row.size > ROW_HEAP_IMAGE_MAX)
		return err_set(err, E2BIG, "a row of a Top-N takes more than %d bytes",
			ROW_HEAP_IMAGE_MAX);
	if (live_slices_init(&topn->live, &topn->op, &topn->keys, sizeof(struct row_heap),
		    topn_pack_bucket) < 0)
		return err_set(err, ENOMEM, "no memory for a WindowTopN");
	topn->images = mem_zalloc(mem, (size_t)BLOCK_ROWS_MAX * topn->keys.size);
	topn->row_images = mem_zalloc(mem, (size_t)BLOCK_ROWS_MAX * topn->row.size);
	topn->columns = columns_new(mem, topn->op.spec->output, BLOCK_ROWS_MAX);
	if (topn->images == NULL || topn->row_images == NULL || topn->columns == NULL)
		return err_set(err, ENOMEM, "no memory for a WindowTopN");
	topn->heaps = (struct row_heaps){
		.row = &topn->row,
		.terms = config->terms,
		.n_terms = config->n_terms,
		.last_on_top = true,
		.last_is_first = config->last_wins,
		.slab = &topn->slab,
	};
	return 0;
}

static void add_counters(struct window_topn *topn)
{
	bool is_drop = topn->op.spec->takes_events;

	topn->late = op_counter_add(&topn->op, "late", is_drop);
	topn->null_time = op_counter_add(&topn->op, "null_time", is_drop);
	topn->bad_time = op_counter_add(&topn->op, "bad_time", is_drop);
	topn->slice_limit = op_counter_add(&topn->op, "slice_limit", is_drop);
	topn->state_full = op_counter_add(&topn->op, "state_full", is_drop);
	topn->row_too_long = op_counter_add(&topn->op, "row_too_long", is_drop);
}

static struct op *topn_create(const struct op_spec *spec, struct op_task *task, struct err *err)
{
	struct window_topn *topn = mem_zalloc(task->mem, sizeof(*topn));

	if (topn == NULL) {
		err_set(err, ENOMEM, "no memory for a WindowTopN");
		return NULL;
	}
	op_init(&topn->op, &topn_ops, spec, task);
	topn->config = spec->config;
	topn->passed_watermark = WATERMARK_NONE;
	slab_init(&topn->slab, &topn->op.pool);
	add_counters(topn);
	if (set_up(topn, err) < 0) {
		topn_free(&topn->op);
		return NULL;
	}
	return &topn->op;
}

static const char *topn_explain(const struct op_spec *spec, struct arena *arena)
{
	const struct window_topn_config *config = spec->config;
	const struct field *fields = spec->input->fields;
	const char *text = arena_printf(arena, "window=[%s, %s], partitionBy=[",
		fields[config->start_column].name, fields[config->end_column].name);

	for (uint16_t i = 0; i < config->n_keys; i++)
		text = arena_printf(
			arena, "%s%s%s", text, i > 0 ? ", " : "", fields[config->keys[i]].name);
	text = arena_printf(arena, "%s], orderBy=[", text);
	for (uint16_t i = 0; i < config->n_terms; i++)
		text = arena_printf(arena, "%s%s%s %s", text, i > 0 ? ", " : "",
			fields[config->terms[i].column].name,
			config->terms[i].descending ? "DESC" : "ASC");
	return arena_printf(arena, "%s], rank=[%llu, %llu]", text,
		(unsigned long long)config->first_rank, (unsigned long long)config->last_rank);
}

const struct op_kind window_topn_kind = {
	.name = "WindowTopN",
	.create = topn_create,
	.explain = topn_explain,
	.dump = &window_topn_dump,
};
