#include "operator/over/time_sorter.h"
#include <stdlib.h>
#include "rows_rig.h"

// Rows are a number and a note, sorted also by a list that is searched for the least each time.

enum { ROWS = 4000, POOL_PAGES = 2000 };

struct waiting {
	int64_t time, mark; // mark: that it came behind, or WATERMARK_NONE
	bool is_out;
};

static struct {
	struct arena *arena;
	struct page_pool pool;
	struct slab slab;
	struct key_layout row;
	struct time_sorter sorter;
	struct waiting rows[ROWS];
	uint32_t n_rows, n_out;
} t;

static void set_up(uint32_t n_pages)
{
	static const uint16_t columns[] = {0, 1};
	struct schema *schema;

	memset(&t, 0, sizeof(t));
	t.arena = arena_new();
	schema = schema_new(t.arena, 2);
	schema->fields[0] = (struct field){"number", type_of(TYPE_BIGINT)};
	schema->fields[1] = (struct field){"note", type_of(TYPE_VARCHAR)};
	page_pool_init(&t.pool, &mem_libc, (uint64_t)n_pages * PAGE_SIZE);
	slab_init(&t.slab, &t.pool);
	assert_int_equal(key_layout_init(&t.row, schema, columns, 2), 0);
	assert_int_equal(time_sorter_init(&t.sorter, &mem_libc, &t.row, &t.slab), 0);
}

static void tear_down(void)
{
	time_sorter_destroy(&t.sorter, &mem_libc);
	assert_int_equal(t.pool.n_used, 0);
	page_pool_destroy(&t.pool, &mem_libc);
	arena_free(t.arena);
}

static void note_of(int64_t number, char *note)
{
	sprintf(note, "%0*lld", number % 2 ? 30 : 8, (long long)number);
}

static int add(int64_t time)
{
	char note[40], *image = calloc(1, t.row.size);
	int64_t number = t.n_rows;
	struct str view;
	struct column columns[] = {{.values = &number}, {.values = &view}};
	struct block block = {.n_rows = 1, .n_slots = 1, .n_columns = 2, .columns = columns};
	int result;

	note_of(number, note);
	view = str_view(note, (uint32_t)strlen(note));
	key_images(&t.row, &block, image);
	result = time_sorter_add(&t.sorter, image, time);
	free(image);
	if (result == 0)
		t.rows[t.n_rows++] = (struct waiting){
			time, time <= t.sorter.mark ? t.sorter.mark : WATERMARK_NONE, false};
	return result;
}

// Rows behind an earlier mark come first, then by time, then by arrival.
static bool is_before(const struct waiting *a, const struct waiting *b)
{
	int64_t a_at = a->mark != WATERMARK_NONE ? a->mark : a->time;
	int64_t b_at = b->mark != WATERMARK_NONE ? b->mark : b->time;

	if (a_at != b_at)
		return a_at < b_at;
	if ((a->mark == WATERMARK_NONE) != (b->mark == WATERMARK_NONE))
		return a->mark == WATERMARK_NONE; // it made the mark's rows due
	return a->time < b->time;
}

static uint32_t next_expected(void)
{
	uint32_t least = UINT32_MAX;

	for (uint32_t i = 0; i < t.n_rows; i++)
		if (!t.rows[i].is_out &&
			(least == UINT32_MAX || is_before(&t.rows[i], &t.rows[least])))
			least = i;
	return least;
}

static void take_first(void)
{
	struct sorted_row *row = time_sorter_take(&t.sorter);
	int64_t number, numbers[1];
	uint64_t nulls[BLOCK_NULL_WORDS] = {0};
	struct str note;
	const void *image = row->image;
	char text[40];

	key_load_many(&t.row, &image, 1, 0, &(struct column){numbers, nulls});
	key_load_many(&t.row, &image, 1, 1, &(struct column){&note, nulls});
	number = numbers[0];
	assert_int_equal(number, next_expected());
	assert_int_equal(row->timer.when, t.rows[number].time);
	assert_int_equal(row->mark, t.rows[number].mark);
	note_of(number, text);
	assert_int_equal(note.len, strlen(text));
	assert_memory_equal(str_data(&note), text, note.len);
	t.rows[number].is_out = true;
	t.n_out++;
	time_sorter_free(&t.sorter, row);
}

// In portions of n_max; a time's rows are only taken when all of them are due.
static void advance(int64_t mark, int32_t n_max)
{
	bool all_due;

	do {
		int32_t n_left = n_max;

		all_due = time_sorter_advance(&t.sorter, mark, &n_left);
		while (time_sorter_first(&t.sorter) != NULL)
			take_first();
	} while (!all_due);
	assert_null(t.sorter.due.first);
}

static void rows_come_by_time_then_by_arrival(void **)
{
	for (uint64_t seed = 1; seed <= 8; seed++) {
		struct random random = {seed};
		int64_t newest = -50;

		set_up(POOL_PAGES);
		while (t.n_rows < 1500) {
			uint32_t n = 1 + random_below(&random, 100);

			newest += random_below(&random, 30) * (seed % 2 ? 1 : 100);
			for (uint32_t i = 0; i < n; i++)
				assert_int_equal(
					add(newest - (int64_t)random_below(&random, 20)), 0);
			if (newest - 5 > t.sorter.mark)
				advance(newest - 5, 1 + (int32_t)random_below(&random, 40));
		}
		advance(INT64_MAX, 7);
		assert_int_equal(t.n_out, t.n_rows);
		assert_int_equal(t.sorter.n_waiting, 0);
		tear_down();
	}
}

static void a_time_is_not_taken_before_all_its_rows_are_due(void **)
{
	int32_t n_left = 10;

	set_up(POOL_PAGES);
	for (int i = 0; i < 15; i++)
		add(i < 4 ? 100 : 200);
	assert_false(time_sorter_advance(&t.sorter, 300, &n_left));
	for (int i = 0; i < 4; i++) {
		assert_non_null(time_sorter_first(&t.sorter));
		take_first();
	}
	assert_null(time_sorter_first(&t.sorter));
	advance(300, 3);
	assert_int_equal(t.n_out, 15);
	tear_down();
}

static void a_full_pool_refuses_and_goes_on(void **)
{
	uint32_t n = 0;

	set_up(4);
	while (add(5) == 0)
		assert_true(++n < ROWS);
	assert_true(n > 0);
	advance(5, 1000);
	assert_int_equal(t.n_out, n);
	assert_int_equal(add(6), 0);
	advance(6, 1000);
	tear_down();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_come_by_time_then_by_arrival),
		cmocka_unit_test(a_time_is_not_taken_before_all_its_rows_are_due),
		cmocka_unit_test(a_full_pool_refuses_and_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
