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
	list_init(&sorter->due);
	list_init(&sorter->behind);
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

static struct sorted_row *make(
	struct time_sorter *sorter, const void *image, int64_t time, uint32_t extra_size)
{
	struct sorted_row *row =
		slab_take(sorter->slab, (uint32_t)sizeof(*row) + sorter->row->size);

	if (row == NULL)
		return NULL;
	*row = (struct sorted_row){.timer.when = time, .mark = WATERMARK_NONE};
	if (extra_size > 0) {
		row->extra = slab_take(sorter->slab, extra_size);
		if (row->extra == NULL) {
			time_sorter_free(sorter, row);
			return NULL;
		}
		row->extra_size = extra_size;
	}
	key_copy(sorter->row, image, row->image, row->extra);
	return row;
}

int time_sorter_add(struct time_sorter *sorter, const void *image, int64_t time)
{
	uint32_t extra_size = sorter->row->has_strings ? key_extra_size(sorter->row, image) : 0;
	struct sorted_row *row;

	if (extra_size > SLAB_SIZE_MAX)
		return -E2BIG;
	row = make(sorter, image, time, extra_size);
	if (row == NULL)
		return -ENOMEM;
	sorter->n_waiting++;
	if (time > sorter->mark) {
		wheel_arm(sorter->wheel, &row->timer, time);
		return 0;
	}
	row->mark = sorter->mark;
	list_append(&sorter->behind, row);
	return 0;
}

// Merge sort of a list by time; what is equal stays in its order.
static struct sorted_row *sort_by_time(struct sorted_row *list, uint64_t n)
{
	struct sorted_row *left = list, *right = list, *sorted, **end = &sorted;

	if (n < 2)
		return list;
	for (uint64_t i = 0; i + 1 < n / 2; i++)
		right = right->next;
	list = right->next;
	right->next = NULL;
	left = sort_by_time(left, n / 2);
	right = sort_by_time(list, n - n / 2);
	while (left != NULL && right != NULL) {
		struct sorted_row **least = right->timer.when < left->timer.when ? &right : &left;

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
	row = sort_by_time(row, n);
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
	return row;
}

void time_sorter_free(struct time_sorter *sorter, struct sorted_row *row)
{
	if (row->extra != NULL)
		slab_give(sorter->slab, row->extra, row->extra_size);
	slab_give(sorter->slab, row, (uint32_t)sizeof(*row) + sorter->row->size);
}
