#include "state/arrivals.h"
#include <assert.h>
#include <stddef.h>

enum { SPARSE = 4 }; // so many rows stored for one that is still there are too many

static void append(struct arrivals *arrivals, struct arrival *row)
{
	struct arrival_list *list = &arrivals->lists[arrivals->fresh];

	row->next = NULL;
	row->previous = list->last;
	row->list = arrivals->fresh;
	row->is_written = false;
	if (list->last != NULL)
		list->last->next = row;
	else
		list->first = row;
	list->last = row;
	list->n++;
}

// The last row of a space takes the space with it.
static void take_off(struct arrivals *arrivals, struct arrival *row)
{
	struct arrival_list *list = &arrivals->lists[row->list];

	if (row == arrivals->next_packed)
		arrivals->next_packed = row->next;
	if (row->previous != NULL)
		row->previous->next = row->next;
	else
		list->first = row->next;
	if (row->next != NULL)
		row->next->previous = row->previous;
	else
		list->last = row->previous;
	if (--list->n == 0 && row->list != arrivals->fresh)
		arrivals->ops->drop(arrivals->owner, list->space);
}

void arrivals_add(struct arrivals *arrivals, struct arrival *row)
{
	if (arrivals->ops != NULL)
		append(arrivals, row);
}

// A record of row and those behind it, n_max at the most. Returns the first that is not in it.
static struct arrival *write_from(struct arrivals *arrivals, struct arrival *row, uint32_t n_max)
{
	struct arrival *batch[ARRIVALS_BATCH];
	uint64_t space = arrivals->lists[arrivals->frozen].space;
	uint32_t n = 0;

	for (; row != NULL && !row->is_written && n < n_max; row = row->next) {
		row->is_written = row->is_stored = true;
		batch[n++] = row;
	}
	arrivals->ops->pack(arrivals->owner, space, arrivals->n_places++, batch, n);
	return row;
}

static uint32_t n_urgent(const struct arrivals *arrivals)
{
	uint32_t n = arrivals->ops->urgent_max;

	return n == 0 || n > ARRIVALS_BATCH ? ARRIVALS_BATCH : n;
}

void arrivals_leave(struct arrivals *arrivals, struct arrival *row)
{
	if (arrivals->ops == NULL)
		return;
	if (row->list != arrivals->fresh && !row->is_written)
		write_from(arrivals, row, n_urgent(arrivals));
	take_off(arrivals, row);
}

void arrivals_change(struct arrivals *arrivals, struct arrival *row)
{
	if (arrivals->ops == NULL || row->list == arrivals->fresh)
		return;
	arrivals_leave(arrivals, row);
	append(arrivals, row);
}

// An empty list other than the fresh one, or ARRIVALS_NO_LIST.
static uint8_t free_list(const struct arrivals *arrivals)
{
	uint8_t list = 0;

	while (list < ARRIVALS_LISTS && (arrivals->lists[list].n > 0 || list == arrivals->fresh))
		list++;
	return list;
}

void arrivals_freeze(struct arrivals *arrivals, uint64_t space)
{
	struct arrival_list *fresh = &arrivals->lists[arrivals->fresh];

	if (arrivals->ops == NULL)
		return;
	assert(arrivals->next_packed == NULL && arrivals->renewed == ARRIVALS_NO_LIST);
	if (fresh->n == 0)
		return;
	fresh->space = space;
	fresh->n_frozen = fresh->n;
	arrivals->frozen = arrivals->fresh;
	arrivals->next_packed = fresh->first;
	arrivals->fresh = free_list(arrivals);
	assert(arrivals->fresh != ARRIVALS_NO_LIST); // packing sees to it
	arrivals->lists[arrivals->fresh] = (struct arrival_list){0};
}

// The list whose rows are to be written anew: one of which little is left, or, so that the next
// freeze finds a free one, the shortest. ARRIVALS_NO_LIST when there is no need.
static uint8_t list_to_renew(const struct arrivals *arrivals)
{
	uint8_t shortest = ARRIVALS_NO_LIST;

	for (uint8_t i = 0; i < ARRIVALS_LISTS; i++) {
		const struct arrival_list *list = &arrivals->lists[i];

		if (i == arrivals->fresh || list->n == 0)
			continue;
		if (list->n * SPARSE <= list->n_frozen)
			return i;
		if (shortest == ARRIVALS_NO_LIST || list->n < arrivals->lists[shortest].n)
			shortest = i;
	}
	return free_list(arrivals) == ARRIVALS_NO_LIST ? shortest : ARRIVALS_NO_LIST;
}

static bool write_frozen(struct arrivals *arrivals, int32_t *n_left)
{
	struct arrival *row;

	while ((row = arrivals->next_packed) != NULL) {
		if (*n_left <= 0)
			return false;
		*n_left -= row->is_written ? 1 : ARRIVALS_BATCH;
		arrivals->next_packed =
			row->is_written ? row->next : write_from(arrivals, row, ARRIVALS_BATCH);
	}
	return true;
}

// Rows of the list become fresh ones. All must before the next freeze: a checkpoint that has the
// space and its successor would have rows twice.
static bool renew(struct arrivals *arrivals, uint8_t list, int32_t *n_left)
{
	struct arrival *row;

	arrivals->renewed = list;
	while ((row = arrivals->lists[list].first) != NULL) {
		if ((*n_left)-- <= 0)
			return false;
		take_off(arrivals, row);
		append(arrivals, row);
	}
	arrivals->renewed = ARRIVALS_NO_LIST;
	return true;
}

bool arrivals_pack(struct arrivals *arrivals, int32_t *n_left)
{
	uint8_t list = arrivals->renewed;

	if (arrivals->ops == NULL)
		return true;
	if (!write_frozen(arrivals, n_left))
		return false;
	if (list == ARRIVALS_NO_LIST)
		list = list_to_renew(arrivals);
	for (; list != ARRIVALS_NO_LIST; list = list_to_renew(arrivals))
		if (!renew(arrivals, list, n_left))
			return false;
	return true;
}
