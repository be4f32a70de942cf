#include "operator/window/restored_slices.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int restored_bad(const struct op *op, struct err *err)
{
	return err_set(err, EINVAL, "the checkpoint has a record that no %s has written",
		op->spec->kind->name);
}

int restored_full(const struct op *op, struct err *err)
{
	return err_set(err, ENOMEM,
		"state of the checkpoint needs more than state.max-memory: no room for it in "
		"instance %u of the %s",
		op->task->instance, op->spec->kind->name);
}

int restored_slices_add(struct restored_slices *restored, struct mem *mem, uint16_t instance,
	uint64_t space, struct keyed_store *store)
{
	if (restored->n == restored->n_max) {
		uint32_t n_max = 2 * restored->n_max + 256;
		struct restored_space *more = mem_zalloc(mem, n_max * sizeof(*more));

		if (more == NULL)
			return -ENOMEM;
		if (restored->n > 0)
			memcpy(more, restored->spaces, restored->n * sizeof(*more));
		mem_free(mem, restored->spaces);
		restored->spaces = more;
		restored->n_max = n_max;
	}
	restored->spaces[restored->n++] = (struct restored_space){instance, space, store};
	restored->is_sorted = false;
	restored->last = NULL;
	return 0;
}

// The first window of a slice, when all up to watermark have fired; false when none is left.
static bool renew(const struct slices *windows, const struct slice *slice, int64_t watermark,
	int64_t *first_window)
{
	*first_window = slice->first_window;
	if (windows == NULL || slices_closes_at(windows, slice->first_window) > watermark)
		return true;
	return slices_first_open(windows, slice->end, watermark, first_window);
}

static bool is_possible(const struct slices *windows, const struct slice *slice)
{
	int64_t last = slice->end;

	if (slice->end < -2 * WINDOW_TIME_LIMIT || slice->end > 2 * WINDOW_TIME_LIMIT)
		return false;
	if (windows != NULL)
		last = slices_last_window(windows, slice->end);
	return slice->first_window >= slice->end && slice->first_window <= last;
}

int restored_slices_take(struct restored_slices *restored, struct live_slices *live,
	const struct slices *windows, int64_t watermark, uint16_t instance,
	struct record_reader *in, struct err *err)
{
	uint32_t n = record_get_u32(in);

	for (uint32_t i = 0; i < n && !in->is_short; i++) {
		uint64_t space = record_get_u64(in);
		struct slice old = {.end = (int64_t)record_get_u64(in)}, *slice;
		int64_t first_window;

		old.start = (int64_t)record_get_u64(in);
		old.first_window = (int64_t)record_get_u64(in);
		if (in->is_short || !is_possible(windows, &old))
			return restored_bad(live->op, err);
		if (!renew(windows, &old, watermark, &first_window))
			continue;
		slice = live_slices_get(live, old.end, first_window, old.start);
		if (slice == NULL)
			return err_set(err, E2BIG,
				"the checkpoint has more than %d slices of windows for one "
				"instance",
				LIVE_SLICES_MAX);
		if (restored_slices_add(
			    restored, live->op->task->mem, instance, space, &slice->store) < 0)
			return err_set(err, ENOMEM, "no memory for a list of slices");
	}
	return in->is_short || in->n_left > 0 ? restored_bad(live->op, err) : 0;
}

static int compare(const void *a, const void *b)
{
	const struct restored_space *x = a, *y = b;

	if (x->instance != y->instance)
		return x->instance < y->instance ? -1 : 1;
	return (x->space > y->space) - (x->space < y->space);
}

struct keyed_store *restored_slices_find(
	struct restored_slices *restored, const struct record *record)
{
	struct restored_space key = {.instance = record->key.instance, .space = record->key.space};

	if (restored->last != NULL && compare(restored->last, &key) == 0)
		return restored->last->store;
	if (restored->n == 0)
		return NULL;
	if (!restored->is_sorted)
		qsort(restored->spaces, restored->n, sizeof(key), compare);
	restored->is_sorted = true;
	restored->last = bsearch(&key, restored->spaces, restored->n, sizeof(key), compare);
	return restored->last != NULL ? restored->last->store : NULL;
}

void restored_slices_free(struct restored_slices *restored, struct mem *mem)
{
	mem_free(mem, restored->spaces);
	*restored = (struct restored_slices){0};
}
