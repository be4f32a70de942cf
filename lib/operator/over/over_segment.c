// Segments: the next rows to work on, with their keys' states; late ones among them are dropped.
#include "operator/over/over_segment.h"

// ---- Which rows

// Rows of the due list that make a segment: whole groups of equal time, up to a block. Rows that
// came behind their mark are segments of their own, since keys may have been forgotten before it.
// Returns how many; 0 when the first group alone is larger than a block.
static uint16_t count_rows(const struct over *over)
{
	const struct sorted_row *row = over->sorter.due.first;
	int64_t mark = row->mark;
	uint16_t n = 0, n_whole = 0;

	for (; row != NULL && row->mark == mark; row = row->next) {
		if (n == BLOCK_ROWS_MAX || !time_sorter_is_whole(&over->sorter, row))
			return n_whole;
		n++;
		if (row->next == NULL || row->next->timer.when != row->timer.when)
			n_whole = n;
	}
	return n;
}

// ---- A segment of sorted rows

static void load_columns(struct over *over, uint16_t n)
{
	struct segment *segment = &over->segment;

	for (uint16_t i = 0; i < n; i++) {
		over->gathered[i] = segment->rows[i]->image;
		segment->times[i] = segment->rows[i]->timer.when;
		segment->slots[i] = i;
	}
	for (uint16_t i = 0; i < over->row.n_columns; i++)
		key_load_many(&over->row, over->gathered, n, i, &over->columns[i]);
	segment->n = n;
	segment->in = (struct block){
		.n_rows = n,
		.n_slots = n,
		.n_columns = over->row.n_columns,
		.columns = over->columns,
	};
}

void over_count_refused(struct over *over, const void *image)
{
	struct op *op = &over->op;

	if (key_extra_size(&over->keys, image) > KEY_STRING_MAX) {
		op_count(op, over->row_too_long, 1);
		return;
	}
	op_count(op, over->state_full, 1);
	if (!op->task->drop_new_keys)
		fault_set(&op->task->fault,
			"state.max-memory is used up: no room for a new key of an OVER window");
}

// Flink's rule of bounded frames: its key has put out a row of this time, or a later one.
static bool is_late(const struct over *over, uint16_t i)
{
	const struct segment *segment = &over->segment;
	const struct over_key *key = segment->states[i];

	if (!over->is_bounded || over->config->is_proctime || segment->pass == PASS_RESULT)
		return false;
	return segment->times[i] <= key->last_time;
}

// Keys that have put a row out go on living.
static void note_keys(struct over *over)
{
	struct segment *segment = &over->segment;

	for (uint16_t i = 0; i < segment->n; i++) {
		struct over_key *key = segment->states[i];

		if (key == NULL)
			continue;
		over_ttl_note(over, key);
		if (!over->config->is_proctime && segment->pass != PASS_ADD)
			key->n_waiting--;
	}
}

// Keys' states; rows that have none or are late are dropped, and counted.
static void find_keys(struct over *over)
{
	struct segment *segment = &over->segment;
	uint16_t n_rows = segment->n, n = 0;

	key_images(&over->keys, &segment->in, over->images);
	key_hashes(&over->keys, over->op.task->seed, over->images, n_rows, segment->hashes);
	if (keyed_store_upsert(
		    &over->store, over->images, segment->hashes, n_rows, segment->states) > 0 &&
		over->op.task->evict_idle)
		over_evict_for(over, over->images, segment->hashes, n_rows, segment->states);
	if (over->ttl_ms > 0)
		note_keys(over);
	for (uint16_t i = 0; i < n_rows; i++) {
		struct sorted_row *row = segment->rows[i];
		bool drops = row != NULL && row->is_dropped; // when its group was added

		if (!drops && segment->states[i] == NULL) {
			over_count_refused(over, over->images + (size_t)i * over->keys.size);
			drops = true;
		} else if (!drops && is_late(over, i)) {
			op_count(&over->op, over->late, 1);
			drops = true;
		}
		if (drops) {
			if (row != NULL)
				row->is_dropped = true;
			continue;
		}
		if (over->forgets && segment->pass != PASS_ADD)
			over_idle_note(over, segment->states[i],
				over->images + (size_t)i * over->keys.size, segment->hashes[i],
				segment->times[i]);
		segment->slots[n] = segment->slots[i];
		segment->times[n] = segment->times[i];
		segment->hashes[n] = segment->hashes[i];
		segment->rows[n] = row;
		segment->states[n++] = segment->states[i];
	}
	segment->n = n;
}

static void emit(struct over *over, const struct block *from)
{
	struct segment *segment = &over->segment;
	struct block out = *from;

	if (segment->n == 0)
		return;
	out.rows = segment->slots;
	out.n_rows = segment->n;
	out.columns = over->columns;
	out.n_columns = over->op.spec->output->n_fields;
	op_emit(&over->op, &out);
}

static void run(struct over *over, enum over_pass pass)
{
	struct segment *segment = &over->segment;
	uint64_t n_lost = over->op.counters[over->value_lost].value;

	segment->number++;
	segment->pass = pass;
	find_keys(over);
	if (segment->n == 0)
		return;
	over_frames_run(over);
	for (uint16_t i = 0; i < segment->n && pass != PASS_ADD; i++)
		((struct over_key *)segment->states[i])->last_time = segment->times[i];
	op_count(&over->op, over->result_lost, over->results.n_lost);
	over->results.n_lost = 0;
	if (over->op.counters[over->value_lost].value != n_lost)
		over_evict_some(over); // so that there is room for the next ones
}

// What comes next is worked on together: nothing of it is evicted before all of it is done.
static void begin(struct over *over)
{
	over->keep_from = over->segment.number;
	if (over->op.task->evict_idle)
		over_evict_begin(over);
}

static void free_emitted(struct over *over)
{
	for (uint16_t i = 0; i < over->n_emitted; i++)
		time_sorter_free(&over->sorter, over->emitted[i]);
	over->n_emitted = 0;
}

// The mark of the next rows: those that came behind theirs stay late for what is downstream.
static int64_t mark_of_next(const struct over *over)
{
	int64_t mark = over->sorter.due.first->mark;

	return mark > over->passed_watermark ? mark : over->passed_watermark;
}

// Take n due rows, work on them, and emit them.
static void run_taken(struct over *over, uint16_t n, enum over_pass pass)
{
	struct segment *segment = &over->segment;
	struct block out = {
		.kind = BLOCK_ROWS,
		.n_slots = n,
		.late_mark = mark_of_next(over),
		.watermark = over->passed_watermark,
	};

	if (over->controls.n > 0)
		out.rx_tsc = over->controls.waiting[0].rx_tsc;
	free_emitted(over);
	for (uint16_t i = 0; i < n; i++)
		over->emitted[i] = segment->rows[i] = time_sorter_take(&over->sorter);
	over->n_emitted = n;
	load_columns(over, n);
	run(over, pass);
	emit(over, &out);
}

// A group of equal time that is larger than a block: its rows are first added, all of them.
static void add_group(struct over *over)
{
	struct segment *segment = &over->segment;
	struct sorted_row *row = over->sorter.due.first;
	int64_t time = row->timer.when, mark = row->mark;

	over->n_group = 0;
	while (row != NULL && row->timer.when == time && row->mark == mark) {
		uint16_t n = 0;

		for (; n < BLOCK_ROWS_MAX && row != NULL && row->timer.when == time &&
			row->mark == mark;
			row = row->next)
			segment->rows[n++] = row;
		over->n_group += n;
		load_columns(over, n);
		run(over, PASS_ADD);
	}
}

uint16_t over_segment_run(struct over *over)
{
	uint16_t n;

	if (over->n_group == 0) {
		int32_t no_limit = INT32_MAX;

		begin(over);
		if (over->sorter.due.first->mark != WATERMARK_NONE)
			over_idle_forget(over, over->sorter.due.first->mark, &no_limit);
		n = count_rows(over);
		if (n > 0) {
			run_taken(over, n, PASS_WHOLE);
			return n;
		}
		add_group(over);
	}
	n = over->n_group < BLOCK_ROWS_MAX ? (uint16_t)over->n_group : BLOCK_ROWS_MAX;
	run_taken(over, n, PASS_RESULT);
	over->n_group -= n;
	return n;
}

// ---- A block by processing time

void over_segment_run_block(struct over *over, const struct block *block)
{
	struct segment *segment = &over->segment;
	const int64_t *times = block->columns[over->config->time_column].values;

	begin(over);
	segment->in = *block;
	segment->n = block->n_rows;
	for (uint16_t i = 0; i < block->n_rows; i++) {
		segment->slots[i] = block_slot(block, i);
		segment->times[i] = times[segment->slots[i]];
		segment->rows[i] = NULL;
	}
	for (uint16_t i = 0; i < block->n_columns; i++)
		over->columns[i] = block->columns[i];
	run(over, PASS_WHOLE);
	emit(over, block);
}
