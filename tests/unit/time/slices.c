#include "time/slices.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "row/random.h"
#include "zone_rule.h"

static const struct slices all[] = {
	{.size = 10, .slide = 10},
	{.size = 30, .slide = 10},
	{.size = 30, .slide = 10, .offset = 7},
	{.size = 12, .slide = 3, .offset = -5},
	{.size = 1, .slide = 1},
	{.size = 60, .slide = 20, .offset = 1000003},
	{.size = 30, .slide = 10, .cumulates = true},
	{.size = 12, .slide = 3, .offset = -5, .cumulates = true},
};

static void every_time_is_in_one_slice(void **)
{
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		for (int64_t ts = -200; ts < 200; ts++) {
			int64_t end = slices_end(&all[i], ts);

			assert_true(ts < end && ts >= end - all[i].slide);
			assert_int_equal((end - all[i].offset) % all[i].slide, 0);
		}
}

// Whether a window that ends there has the slice: HOP's begins size before its end, CUMULATE's at
// the last multiple of size before it.
static bool has_slice(const struct slices *slices, int64_t end, int64_t slice_end)
{
	int64_t start = end - slices->size;

	while (slices->cumulates && (start - slices->offset) % slices->size != 0)
		start++;
	assert_int_equal(slices_window_start(slices, end), start);
	return slice_end > start && slice_end <= end;
}

// The windows that have the slice, by trying all.
static bool first_open_slowly(
	const struct slices *slices, int64_t slice_end, int64_t watermark, int64_t *window_end)
{
	for (int64_t end = slice_end; end - slices->size < slice_end; end += slices->slide) {
		if (end - 1 <= watermark || !has_slice(slices, end, slice_end))
			continue;
		*window_end = end;
		return true;
	}
	return false;
}

static void the_first_open_window_is_the_first_that_has_not_fired(void **)
{
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		for (int64_t ts = -50; ts < 50; ts++)
			for (int64_t watermark = -150; watermark < 150; watermark++) {
				int64_t end = slices_end(&all[i], ts), wanted = 0, got = 0;
				bool open = first_open_slowly(&all[i], end, watermark, &wanted);

				assert_int_equal(
					slices_first_open(&all[i], end, watermark, &got), open);
				assert_int_equal(got, wanted);
			}
}

static void no_window_is_open_at_the_end_and_all_are_at_the_start(void **)
{
	const struct slices hop = {.size = 30, .slide = 10};
	const struct slices cumulate = {.size = 30, .slide = 10, .cumulates = true};
	int64_t end = 0;

	assert_true(slices_first_open(&hop, 10, INT64_MIN, &end));
	assert_int_equal(end, 10);
	assert_false(slices_first_open(&hop, 10, INT64_MAX, &end));
	assert_int_equal(slices_last_window(&hop, 10), 30);
	assert_int_equal(slices_last_window(&cumulate, 10), 30);
	assert_int_equal(slices_last_window(&cumulate, 30), 30);
}

#define HOUR INT64_C(3600000)
#define SPRING INT64_C(1615680000000) // 2021-03-14 00:00 in Los Angeles, as a local time
#define AUTUMN INT64_C(1636243200000) // 2021-11-07 00:00

// The instants are those in the comments of Flink's TimeWindowUtil.
static void windows_in_local_time_close_as_flink_s_timers(void **)
{
	static const struct {
		int64_t local, instant;
	} timers[] = {
		{SPRING, 1615708800000},
		{SPRING + HOUR, 1615712400000},
		{SPRING + 2 * HOUR, 1615716000000}, // from here on there is no such time
		{SPRING + 3 * HOUR - 1000, 1615716000000},
		{SPRING + 3 * HOUR, 1615716000000},
		{SPRING + 4 * HOUR, 1615719600000},
		{AUTUMN, 1636268400000},
		{AUTUMN + HOUR, 1636275600000}, // this hour comes twice
		{AUTUMN + 2 * HOUR - 1, 1636279199999},
		{AUTUMN + 2 * HOUR, 1636279200000},
	};
	struct arena *arena = arena_new();
	struct slices day = {.size = 24 * HOUR, .slide = 24 * HOUR};

	day.zone = zone_of_los_angeles(arena);
	for (size_t i = 0; i < sizeof(timers) / sizeof(*timers); i++)
		assert_int_equal(slices_closes_at(&day, timers[i].local + 1), timers[i].instant);
	assert_int_equal(slices_window_time(&day, AUTUMN + 2 * HOUR), 1636275600000 - 1);
	day.zone = zone_fixed(arena, "GMT+08:00");
	assert_int_equal(slices_closes_at(&day, 24 * HOUR), 16 * HOUR - 1);
	arena_free(arena);
}

static void a_local_day_has_23_24_or_25_hours(void **)
{
	struct arena *arena = arena_new();
	struct slices day = {.size = 24 * HOUR, .slide = 24 * HOUR};
	struct zone_span span = {0};
	int n_spring = 0, n_autumn = 0, n_summer = 0;

	day.zone = zone_of_los_angeles(arena);
	for (int64_t hour = SPRING - 100 * HOUR; hour < AUTUMN + 100 * HOUR; hour += HOUR) {
		int64_t end = slices_end(&day, slices_local(&day, hour, &span));

		n_spring += end == SPRING + 24 * HOUR;
		n_summer += end == SPRING + 48 * HOUR;
		n_autumn += end == AUTUMN + 24 * HOUR;
	}
	assert_int_equal(n_spring, 23);
	assert_int_equal(n_summer, 24);
	assert_int_equal(n_autumn, 25);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_time_is_in_one_slice),
		cmocka_unit_test(the_first_open_window_is_the_first_that_has_not_fired),
		cmocka_unit_test(windows_in_local_time_close_as_flink_s_timers),
		cmocka_unit_test(a_local_day_has_23_24_or_25_hours),
		cmocka_unit_test(no_window_is_open_at_the_end_and_all_are_at_the_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
