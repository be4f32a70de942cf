#include "state/row_heap.h"
#include <errno.h>

static bool is_above(
	const struct row_heaps *heaps, const void *a, uint64_t seq_a, const struct heap_row *b)
{
	int order = order_compare(heaps->row, heaps->terms, heaps->n_terms, a, b->image);

	if (order == 0)
		order = (seq_a > b->seq) == heaps->last_is_first ? -1 : 1;
	return (order > 0) == heaps->last_on_top;
}

static struct heap_row *meld(const struct row_heaps *heaps, struct heap_row *a, struct heap_row *b)
{
	struct heap_row *top = a, *below = b;

	if (!is_above(heaps, a->image, a->seq, b)) {
		top = b;
		below = a;
	}
	below->next = top->child;
	top->child = below;
	return top;
}

// The top's children are melded two by two, then from the last pair to the first.
struct heap_row *row_heap_pop(const struct row_heaps *heaps, struct row_heap *heap)
{
	struct heap_row *top = heap->top, *at = top->child, *pairs = NULL, *all = NULL;

	while (at != NULL) {
		struct heap_row *pair = at, *second = at->next;

		at = second != NULL ? second->next : NULL;
		if (second != NULL)
			pair = meld(heaps, pair, second);
		pair->next = pairs;
		pairs = pair;
	}
	while (pairs != NULL) {
		struct heap_row *next = pairs->next;

		all = all == NULL ? pairs : meld(heaps, all, pairs);
		pairs = next;
	}
	heap->top = all;
	heap->n--;
	top->child = top->next = NULL;
	return top;
}

static uint32_t row_size(const struct row_heaps *heaps)
{
	return (uint32_t)sizeof(struct heap_row) + heaps->row->size + heaps->room;
}

static struct heap_row *make(const struct row_heaps *heaps, const void *image, uint32_t extra_size)
{
	struct heap_row *row = slab_take(heaps->slab, row_size(heaps));

	if (row == NULL)
		return NULL;
	*row = (struct heap_row){.seq = heaps->seq};
	if (extra_size > 0) {
		row->extra = slab_take(heaps->slab, extra_size);
		if (row->extra == NULL) {
			row_heap_free(heaps, row);
			return NULL;
		}
		row->extra_size = extra_size;
	}
	key_copy(heaps->row, image, row->image, row->extra);
	return row;
}

int row_heap_make(struct row_heaps *heaps, const void *image, struct heap_row **row)
{
	uint32_t extra_size = key_extra_size(heaps->row, image);
	struct heap_row *made;

	heaps->seq++;
	if (extra_size > SLAB_SIZE_MAX)
		return -E2BIG;
	made = make(heaps, image, extra_size);
	if (made == NULL)
		return -ENOMEM;
	*row = made;
	return 0;
}

void row_heap_put(const struct row_heaps *heaps, struct row_heap *heap, struct heap_row *row)
{
	heap->top = heap->top == NULL ? row : meld(heaps, heap->top, row);
	heap->n++;
}

int row_heap_add(struct row_heaps *heaps, struct row_heap *heap, const void *image)
{
	struct heap_row *row;
	int result = row_heap_make(heaps, image, &row);

	if (result == 0)
		row_heap_put(heaps, heap, row);
	return result;
}

int row_heap_add_best(
	struct row_heaps *heaps, struct row_heap *heap, const void *image, uint64_t n_max)
{
	int result;

	if (heap->n == n_max && is_above(heaps, image, heaps->seq + 1, heap->top)) {
		heaps->seq++;
		return 0;
	}
	result = row_heap_add(heaps, heap, image);
	if (heap->n > n_max)
		row_heap_free(heaps, row_heap_pop(heaps, heap));
	return result;
}

// The last of a row's children, or the row above it, when a visit has left the way back there.
static struct heap_row *last_child(const struct heap_row *row)
{
	struct heap_row *last = row->child;

	while (last->next != NULL && last->next != row)
		last = last->next;
	return last;
}

// Rows are a binary tree of child and next. Where a row's last child leads nowhere, it leads back
// to the row while its children are visited (Morris 1979): no stack, O(n).
void row_heap_visit(
	struct row_heap *heap, void (*visit)(void *arg, const struct heap_row *row), void *arg)
{
	struct heap_row *at = heap->top;

	if (at != NULL)
		at->next = NULL; // a top's means nothing
	while (at != NULL) {
		struct heap_row *last = at->child != NULL ? last_child(at) : NULL;

		if (last != NULL && last->next == at) { // been there
			last->next = NULL;
			at = at->next;
			continue;
		}
		visit(arg, at);
		if (last != NULL)
			last->next = at;
		at = last != NULL ? at->child : at->next;
	}
}

void row_heap_free(const struct row_heaps *heaps, struct heap_row *row)
{
	if (row->extra != NULL)
		slab_give(heaps->slab, row->extra, row->extra_size);
	slab_give(heaps->slab, row, row_size(heaps));
}
