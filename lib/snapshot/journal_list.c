// What segments there are, and to which series they belong.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "snapshot/journal_cursor.h"

struct found {
	struct journal_segment *segments; // libc's, at start only
	size_t n;
	bool no_memory;
};

static void take_name(void *arg, const char *name)
{
	struct found *found = arg;
	struct journal_segment segment;
	void *more;

	if (!journal_segment_parse(&segment, name))
		return;
	more = realloc(found->segments, (found->n + 1) * sizeof(*found->segments));
	if (more == NULL) {
		found->no_memory = true;
		return;
	}
	found->segments = more;
	found->segments[found->n++] = segment;
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static bool same_series(const struct journal_segment *a, const struct journal_segment *b)
{
	return a->run == b->run && a->queue == b->queue;
}

static int compare(const void *a, const void *b)
{
	const struct journal_segment *x = a, *y = b;

	if (x->run != y->run)
		return compare_u64(x->run, y->run);
	if (x->queue != y->queue)
		return compare_u64(x->queue, y->queue);
	return compare_u64(x->first, y->first);
}

// found is sorted and not empty.
static int make_series(struct journal_listing *listing, struct mem *mem, const struct found *found)
{
	listing->series = mem_zalloc(mem, found->n * sizeof(*listing->series));
	if (listing->series == NULL)
		return -ENOMEM;
	for (size_t from = 0, to; from < found->n; from = to) {
		struct journal_series *series = &listing->series[listing->n_series];

		for (to = from + 1; to < found->n; to++)
			if (!same_series(&found->segments[from], &found->segments[to]))
				break;
		series->place.run = found->segments[from].run;
		series->place.queue = found->segments[from].queue;
		series->n_segments = (uint32_t)(to - from);
		series->firsts = mem_zalloc(mem, (to - from) * sizeof(*series->firsts));
		if (series->firsts == NULL)
			return -ENOMEM;
		listing->n_series++;
		for (size_t i = from; i < to; i++)
			series->firsts[i - from] = found->segments[i].first;
		listing->last_run = series->place.run;
	}
	return 0;
}

int journal_list(struct journal_listing *listing, struct mem *mem, struct journal_disk *disk,
	struct err *err)
{
	struct found found = {0};
	int result = disk->ops->list(disk, take_name, &found);

	*listing = (struct journal_listing){0};
	if (found.no_memory)
		result = -ENOMEM;
	if (result == 0 && found.n > 0) {
		qsort(found.segments, found.n, sizeof(*found.segments), compare);
		result = make_series(listing, mem, &found);
	}
	free(found.segments);
	if (result == 0)
		return 0;
	journal_listing_free(listing, mem);
	return err_set(err, -result, "cannot list the journal: %s", strerror(-result));
}

void journal_listing_free(struct journal_listing *listing, struct mem *mem)
{
	for (uint32_t i = 0; i < listing->n_series; i++)
		mem_free(mem, listing->series[i].firsts);
	mem_free(mem, listing->series);
	*listing = (struct journal_listing){0};
}
