#include "operator/over/time_sorter.h"
#include <errno.h>

static void list_init(struct sorted_list *list)
{
	list->first = NULL;
	list->end = &list->first;
}

static void list_append(struct sorted_list *list, struct sorted_row *row)
{
	row->next = NULL;
	*list->end = row;
	list->end = &row->next;
}

int time_sorter_init(struct time_sorter *sorter, struct mem *mem, const struct key_layout *row,
	struct slab *slab)
{
	*sorter = (struct time_sorter){.row = row, .slab = slab, .mark = WATERMARK_NONE};
	sorter->arrival_at = sorter->row_size = (uint32_t)sizeof(struct sorted_row) + row->size;
	list_init(&sorter->due);
	list_init(&sorter->behind);
	list_init(&sorter->restored);
	sorter->wheel = mem_zalloc(mem, sizeof(*sorter->wheel));
	if (sorter->wheel == NULL)
		return -ENOMEM;
	wheel_init(sorter->wheel, WATERMARK_NONE);
	return 0;
}

void time_sorter_destroy(struct time_sorter *sorter, struct mem *mem)
{
	mem_free(mem, sorter->wheel);
	sorter->wheel = NULL;
}

void time_sorter_track(struct time_sorter *sorter, const struct arrivals_ops *ops, void *owner)
{
	arrivals_init(&sorter->arrivals, ops, owner);
	sorter->row_size = sorter->arrival_at + (uint32_t)sizeof(struct arrival);
}

static struct arrival *arrival_of(const struct time_sorter *sorter, struct sorted_row *row)
{
	return (struct arrival *)((char *)row + sorter->arrival_at);
}

static struct sorted_row *make(
	struct time_sorter *sorter, const void *image, int64_t time, uint32_t extra_size)
{
	struct sorted_row *row = slab_take(sorter->slab, sorter->row_size);

	if (row == NULL)
		return NULL;
	*row = (struct sorted_row){
		.timer.when = time, .mark = WATERMARK_NONE, .number = sorter->n_added};
	if (extra_size > 0) {
		row->extra = slab_take(sorter->slab, extra_size);
		if (row->extra == NULL) {
			time_sorter_free(sorter, row);
			return NULL;
		}
		row->extra_size = extra_size;
	}
	key_copy(sorter->row, image, row->image, row->extra);
	arrivals_add(&sorter->arrivals, arrival_of(sorter, row));
	return row;
}

// A copy of image in *row: 0, -E2BIG, -ENOMEM.
static int copy_row(
	struct time_sorter *sorter, const void *image, int64_t time, struct sorted_row **row)
{
	uint32_t extra_size = sorter->row->has_strings ? key_extra_size(sorter->row, image) : 0;

	if (extra_size > SLAB_SIZE_MAX)
		return -E2BIG;
	*row = make(sorter, image, time, extra_size);
	return *row != NULL ? 0 : -ENOMEM;
}

int time_sorter_add(struct time_sorter *sorter, const void *image, int64_t time)
{
	struct sorted_row *row;
	int result = copy_row(sorter, image, time, &row);

	if (result < 0)
		return result;
	sorter->n_added++;
	sorter->n_waiting++;
	if (time > sorter->mark) {
		wheel_arm(sorter->wheel, &row->timer, time);
		return 0;
	}
	row->mark = sorter->mark;
	list_append(&sorter->behind, row);
	return 0;
}

// When a row comes out: with its time, or, when it came behind a mark, behind all that the mark has
// reached.
static int64_t turn_of(const struct sorted_row *row)
{
	return row->mark != WATERMARK_NONE ? row->mark : row->timer.when;
}

static bool is_before(const struct sorted_row *a, const struct sorted_row *b)
{
	bool a_is_behind = a->mark != WATERMARK_NONE, b_is_behind = b->mark != WATERMARK_NONE;

	if (turn_of(a) != turn_of(b))
		return turn_of(a) < turn_of(b);
	if (a_is_behind != b_is_behind)
		return b_is_behind;
	if (a->timer.when != b->timer.when)
		return a->timer.when < b->timer.when;
	return a->number < b->number;
}

// Merge sort of a list.
static struct sorted_row *sort(struct sorted_row *list, uint64_t n)
{
	struct sorted_row *left = list, *right = list, *sorted, **end = &sorted;

	if (n < 2)
		return list;
	for (uint64_t i = 0; i + 1 < n / 2; i++)
		right = right->next;
	list = right->next;
	right->next = NULL;
	left = sort(left, n / 2);
	right = sort(list, n - n / 2);
	while (left != NULL && right != NULL) {
		struct sorted_row **least = is_before(right, left) ? &right : &left;

		*end = *least;
		end = &(*least)->next;
		*least = *end;
	}
	*end = left != NULL ? left : right;
	return sorted;
}

// What is behind the old mark comes before all that the new one makes due.
static void release_behind(struct time_sorter *sorter)
{
	struct sorted_row *row = sorter->behind.first;
	uint64_t n = 0;

	for (struct sorted_row *at = row; at != NULL; at = at->next)
		n++;
	list_init(&sorter->behind);
	row = sort(row, n);
	sorter->n_waiting -= n;
	while (row != NULL) {
		struct sorted_row *next = row->next;

		list_append(&sorter->due, row);
		row = next;
	}
}

bool time_sorter_advance(struct time_sorter *sorter, int64_t mark, int32_t *n_left)
{
	struct wheel_timer *timer;

	if (mark <= sorter->mark)
		return true;
	if (sorter->behind.first != NULL)
		release_behind(sorter);
	while ((*n_left)-- > 0) {
		timer = wheel_pop(sorter->wheel, mark);
		if (timer == NULL) {
			sorter->mark = mark;
			sorter->is_open = false;
			return true;
		}
		sorter->is_open = true;
		sorter->open_time = timer->when;
		list_append(&sorter->due, (struct sorted_row *)timer); // its first member
		sorter->n_waiting--;
	}
	return false;
}

struct sorted_row *time_sorter_take(struct time_sorter *sorter)
{
	struct sorted_row *row = sorter->due.first;

	sorter->due.first = row->next;
	if (row->next == NULL)
		sorter->due.end = &sorter->due.first;
	arrivals_leave(&sorter->arrivals, arrival_of(sorter, row));
	return row;
}

void time_sorter_free(struct time_sorter *sorter, struct sorted_row *row)
{
	if (row->extra != NULL)
		slab_give(sorter->slab, row->extra, row->extra_size);
	slab_give(sorter->slab, row, sorter->row_size);
}

int time_sorter_restore(
	struct time_sorter *sorter, const void *image, int64_t time, int64_t mark, uint64_t number)
{
	struct sorted_row *row;
	int result;

	if (mark != WATERMARK_NONE && time > mark)
		return -EINVAL;
	result = copy_row(sorter, image, time, &row);
	if (result < 0)
		return result == -E2BIG ? -EINVAL : result;
	row->mark = mark;
	row->number = number;
	if (number >= sorter->n_added)
		sorter->n_added = number + 1;
	list_append(&sorter->restored, row);
	sorter->n_restored++;
	return 0;
}

// Where a row was, when the mark was the last one.
static void put_back(struct time_sorter *sorter, struct sorted_row *row)
{
	bool is_behind = row->mark != WATERMARK_NONE;

	if (turn_of(row) < sorter->mark || (turn_of(row) == sorter->mark && !is_behind)) {
		list_append(&sorter->due, row);
		return;
	}
	sorter->n_waiting++;
	if (is_behind)
		list_append(&sorter->behind, row);
	else
		wheel_arm(sorter->wheel, &row->timer, row->timer.when);
}

void time_sorter_restored(struct time_sorter *sorter, int64_t mark)
{
	struct sorted_row *row = sort(sorter->restored.first, sorter->n_restored), *next;

	sorter->mark = mark;
	for (; row != NULL; row = next) {
		next = row->next;
		put_back(sorter, row);
	}
	list_init(&sorter->restored);
	sorter->n_restored = 0;
}
