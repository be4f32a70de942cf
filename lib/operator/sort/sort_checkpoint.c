// Checkpoints of a TemporalSort: a record of its marks, and records of the rows that came since the
// checkpoint before. A row that went out after it was written is known by its release: what was
// out at the freeze became due by out_mark.
//
//	marks   last_due 8 B │ due_mark 8 B │ out_mark 8 B │ passed watermark 8 B │ rows seen 8 B
//	rows    n × (image, size of its long strings 4 B, these, release 8 B, seq 8 B)
#include <errno.h>
#include "operator/keyed_record.h"
#include "operator/sort/sort_state.h"

enum { PART_MARKS = 1, PART_ROWS = 2 };

static struct heap_row *row_of(const struct sort *sort, struct arrival *arrival)
{
	return (struct heap_row *)((char *)arrival - sort->row.size - sizeof(struct heap_row));
}

static void pack_rows(
	void *owner, uint64_t space, uint64_t place, struct arrival *const *rows, uint32_t n)
{
	struct sort *sort = owner;
	struct record_out *out = sort->op.task->out;
	struct record_key key = op_record_key(&sort->op, PART_ROWS, space, place);

	record_begin(out, &key, sort->op.checkpoint);
	for (uint32_t i = 0; i < n; i++) {
		const struct heap_row *row = row_of(sort, rows[i]);

		keyed_record_key(&sort->op, &sort->row, row->image);
		record_put_u64(out, (uint64_t)((struct sort_row *)rows[i])->release);
		record_put_u64(out, row->seq);
	}
	record_end(out);
}

static void drop_rows(void *owner, uint64_t space)
{
	struct sort *sort = owner;

	op_drop_space(&sort->op, PART_ROWS, space);
}

void sort_track(struct sort *sort)
{
	static const struct arrivals_ops ops = {.pack = pack_rows, .drop = drop_rows};

	arrivals_init(&sort->arrivals, &ops, sort);
}

void sort_freeze(struct op *op)
{
	struct sort *sort = (struct sort *)op;
	struct record_out *out = op->task->out;
	struct record_key key = op_record_key(op, PART_MARKS, 0, 0);

	record_begin(out, &key, op->checkpoint);
	record_put_u64(out, (uint64_t)sort->last_due);
	record_put_u64(out, (uint64_t)sort->due_mark);
	record_put_u64(out, (uint64_t)sort->out_mark);
	record_put_u64(out, (uint64_t)sort->passed_watermark);
	record_put_u64(out, sort->heaps.seq);
	record_end(out);
	arrivals_freeze(&sort->arrivals, op->checkpoint);
}

bool sort_pack(struct op *op, int32_t *n_left)
{
	return arrivals_pack(&((struct sort *)op)->arrivals, n_left);
}

static int restore_marks(struct sort *sort, const struct record *record)
{
	struct record_reader in = record_read(record);

	sort->last_due = (int64_t)record_get_u64(&in);
	sort->due_mark = (int64_t)record_get_u64(&in);
	sort->out_mark = (int64_t)record_get_u64(&in);
	sort->passed_watermark = (int64_t)record_get_u64(&in);
	sort->rows_seen = record_get_u64(&in);
	return in.is_short || in.n_left > 0 ? -EINVAL : 0;
}

// A row as it was: due, or waiting.
static int restore_row(struct sort *sort, const void *image, int64_t release, uint64_t seq)
{
	struct heap_row *row;

	if (row_heap_make(&sort->heaps, image, &row) < 0)
		return -ENOMEM;
	row->seq = seq;
	sort_row(sort, row)->release = release;
	arrivals_add(&sort->arrivals, &sort_row(sort, row)->arrival);
	if (release > sort->due_mark) {
		row_heap_put(&sort->heaps, &sort->waiting, row);
		return 0;
	}
	*sort->due_end = row;
	sort->due_end = &row->next;
	return 0;
}

static int restore_rows(struct sort *sort, const struct record *record)
{
	struct record_reader in = record_read(record);

	while (in.n_left > 0) {
		bool is_image = keyed_record_image(&in, &sort->row, sort->images);
		int64_t release = (int64_t)record_get_u64(&in);
		uint64_t seq = record_get_u64(&in);
		int result = 0;

		if (!is_image || in.is_short)
			return -EINVAL;
		if (release > sort->out_mark)
			result = restore_row(sort, sort->images, release, seq);
		if (result < 0)
			return result;
	}
	return 0;
}

int sort_restore(struct op *op, const struct record *record, struct err *err)
{
	struct sort *sort = (struct sort *)op;
	int result;

	// All rows go to the first instance, whatever the parallelism.
	if (op->task->instance != 0 || record->key.instance != 0)
		return 0;
	result = record->key.part == PART_MARKS	 ? restore_marks(sort, record)
		 : record->key.part == PART_ROWS ? restore_rows(sort, record)
						 : -EINVAL;

	if (result == -ENOMEM)
		return err_set(err, ENOMEM,
			"state.max-memory is too small for the rows of ORDER BY that are restored");
	if (result < 0)
		return err_set(err, EINVAL, "a record of TemporalSort has another shape");
	return 0;
}

static bool is_before(const struct sort *sort, struct heap_row *a, struct heap_row *b)
{
	int64_t release_a = sort_row(sort, a)->release, release_b = sort_row(sort, b)->release;
	int order;

	if (release_a != release_b)
		return release_a < release_b;
	order = order_compare(
		&sort->row, sort->config->terms, sort->config->n_terms, a->image, b->image);
	return order != 0 ? order < 0 : a->seq < b->seq;
}

// Merge sort of a list by when the rows became due. *end = what is behind it.
static struct heap_row *in_order(
	const struct sort *sort, struct heap_row *list, uint64_t n, struct heap_row **end)
{
	struct heap_row *left, *right, *sorted = NULL, **last = &sorted;
	uint64_t n_left = n / 2, n_right = n - n / 2;

	if (n == 1)
		*end = list->next;
	if (n <= 1)
		return list;
	left = in_order(sort, list, n_left, &right);
	right = in_order(sort, right, n_right, end);
	while (n_left > 0 || n_right > 0) {
		bool is_left = n_right == 0 || (n_left > 0 && is_before(sort, left, right));
		struct heap_row **first = is_left ? &left : &right;

		*last = *first;
		last = &(*first)->next;
		*first = *last;
		is_left ? n_left-- : n_right--;
	}
	*last = NULL;
	return sorted;
}

int sort_restored(struct op *op, struct err *)
{
	struct sort *sort = (struct sort *)op;
	struct heap_row *rest;
	uint64_t n = 0;

	*sort->due_end = NULL;
	for (struct heap_row *row = sort->due; row != NULL; row = row->next)
		n++;
	sort->due = in_order(sort, sort->due, n, &rest);
	for (sort->due_end = &sort->due; *sort->due_end != NULL;)
		sort->due_end = &(*sort->due_end)->next;
	sort->heaps.seq = sort->rows_seen;
	return 0;
}
