// Rows that wait for the watermark, and come back in the order of time, then of arrival.
//
//   add ──► wheel (by time) ──advance(mark)──► due ──► first … free
//   add of a row behind the mark ──► behind ───┘
//
// Rows are images (row/key.h) in a slab. Where blocks begin and end makes no difference: a row's
// own late mark advances the sorter before the row is added. One lcore.
//
// For checkpoints rows know in which order they came, and are in the arrivals until they are taken.
#pragma once
#include <stdbool.h>
#include "row/key.h"
#include "state/arrivals.h"
#include "state/slab.h"
#include "time/wheel.h"

struct sorted_row {
	struct wheel_timer timer; // when: the row's time
	struct sorted_row *next; // of the rows that are due, or behind
	int64_t mark; // of a row that came behind its late mark, that mark; else WATERMARK_NONE
	uint64_t number; // in the order of arrival
	char *extra; // bytes of long strings
	uint32_t extra_size;
	bool is_dropped; // the caller's
	// and behind it, when checkpoints are taken, a struct arrival
	char image[] __attribute__((aligned(8)));
};

struct sorted_list {
	struct sorted_row *first, **end;
};

struct time_sorter {
	const struct key_layout *row;
	struct slab *slab;
	struct wheel *wheel;
	int64_t mark; // rows up to it are due
	uint64_t n_waiting; // in the wheel or behind
	uint64_t n_added; // the next row's number
	bool is_open; // the last advance was cut short: more rows of open_time may follow
	int64_t open_time; // of the last due row
	struct sorted_list due, behind;
	struct sorted_list restored; // rows on their way to one of the others
	uint64_t n_restored;
	struct arrivals arrivals;
	uint32_t arrival_at; // of the struct arrival in a row
	uint32_t row_size; // of a row in all
};

enum {
	SORTED_ROW_IMAGE_MAX =
		SLAB_SIZE_MAX - (int)(sizeof(struct sorted_row) + sizeof(struct arrival))
};

// row, slab and mem must outlive it; row->size ≤ SORTED_ROW_IMAGE_MAX. Returns 0, or -ENOMEM.
int time_sorter_init(struct time_sorter *sorter, struct mem *mem, const struct key_layout *row,
	struct slab *slab);
void time_sorter_destroy(struct time_sorter *sorter, struct mem *mem); // rows go with the slab
// Before the first row: checkpoints are taken of it.
void time_sorter_track(struct time_sorter *sorter, const struct arrivals_ops *ops, void *owner);
static inline struct sorted_row *time_sorter_row(
	const struct time_sorter *sorter, struct arrival *arrival)
{
	return (struct sorted_row *)((char *)arrival - sorter->arrival_at);
}

// Keep a copy of image. Returns 0, -E2BIG when its long strings exceed SLAB_SIZE_MAX, -ENOMEM when
// the pool is empty.
int time_sorter_add(struct time_sorter *sorter, const void *image, int64_t time);
// Rows with a time ≤ mark are due, *n_left of them at most at once; false when there are more. Rows
// that came behind their mark become due when the mark moves on.
bool time_sorter_advance(struct time_sorter *sorter, int64_t mark, int32_t *n_left);
// Whether all rows of this due row's time are due: one whose are not has to wait for the next
// advance.
static inline bool time_sorter_is_whole(
	const struct time_sorter *sorter, const struct sorted_row *row)
{
	return !sorter->is_open || row->timer.when != sorter->open_time ||
	       row->mark != WATERMARK_NONE;
}
// The first due row, with all of its time; NULL when there is none.
static inline struct sorted_row *time_sorter_first(const struct time_sorter *sorter)
{
	struct sorted_row *row = sorter->due.first;

	return row != NULL && time_sorter_is_whole(sorter, row) ? row : NULL;
}
// Take the first due row off its list.
struct sorted_row *time_sorter_take(struct time_sorter *sorter);
void time_sorter_free(struct time_sorter *sorter, struct sorted_row *row);

// A row that waited, with its image, time, mark and number. Rows come in any order; when all have,
// time_sorter_restored() puts them where they were: the sorter stood at mark, the last one that any
// row was added behind. Returns 0, -EINVAL, -ENOMEM.
int time_sorter_restore(
	struct time_sorter *sorter, const void *image, int64_t time, int64_t mark, uint64_t number);
void time_sorter_restored(struct time_sorter *sorter, int64_t mark);
