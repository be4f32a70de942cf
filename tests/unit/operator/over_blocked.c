// OVER with a downstream that is full: it keeps a place in the block it was given, and reads on
// when there is room again.
#include "operator/over/over.h"
#include "operator/rows_rig.h"

enum { N_ROWS = 2000, N_PAGES = 4096 };

// The block that downstream keeps a place in; n_rows 0 = none.
static struct block kept;
static struct column kept_columns[RIG_COLUMNS + 1];
static uint32_t n_read;

static void read_kept(void)
{
	const struct column *notes = &kept_columns[RIG_NOTE];

	BLOCK_FOREACH_ROW (&kept, slot) {
		int64_t number = ((const int64_t *)kept_columns[RIG_NUMBER].values)[slot];
		const struct str *note = (const struct str *)notes->values + slot;

		assert_int_equal(note->len, strlen(rig.rows[number].note));
		assert_memory_equal(str_data(note), rig.rows[number].note, note->len);
		n_read++;
	}
	kept.n_rows = 0;
}

static void keep(struct op *op, const struct block *block)
{
	read_kept();
	kept = *block;
	memcpy(kept_columns, block->columns, sizeof(kept_columns));
	rig.task.blocked = true;
}

static void pass(struct op *op, const struct block *block)
{
	read_kept();
}

static void feed(uint32_t first)
{
	static char values[RIG_COLUMNS][BLOCK_ROWS_MAX * sizeof(struct str)];
	struct column columns[RIG_COLUMNS];
	struct block block = {.n_rows = BLOCK_ROWS_MAX,
		.n_slots = BLOCK_ROWS_MAX,
		.n_columns = RIG_COLUMNS,
		.columns = columns,
		.late_mark = WATERMARK_NONE};

	for (uint16_t i = 0; i < RIG_COLUMNS; i++)
		columns[i] = (struct column){.values = values[i]};
	for (uint32_t i = 0; i < BLOCK_ROWS_MAX; i++) {
		struct rig_row *row = &rig.rows[first + i];

		snprintf(row->note, sizeof(row->note), "a note of some length, number %u",
			first + i);
		((int64_t *)columns[RIG_TIME].values)[i] = 1000 + (int64_t)(first + i);
		((int64_t *)columns[RIG_KEY].values)[i] = (int64_t)i % 7;
		((int64_t *)columns[RIG_NUMBER].values)[i] = (int64_t)(first + i);
		((struct str *)columns[RIG_NOTE].values)[i] =
			str_view(row->note, (uint32_t)strlen(row->note));
	}
	op_feed(rig.op, &block);
}

static void strings_stay_while_downstream_is_full(void **)
{
	static const struct op_ops keeper = {.process = keep, .control = pass};
	static const uint16_t keys[] = {RIG_KEY};
	static const struct over_frame frame = {.preceding = 100};
	struct block control = {.kind = BLOCK_WATERMARK, .watermark = 100000};
	struct over_call call = {.call.filter = -1};
	struct over_config config = {.time_column = RIG_TIME,
		.n_keys = 1,
		.keys = keys,
		.n_frames = 1,
		.frames = &frame,
		.n_calls = 1,
		.calls = &call};

	assert_int_equal(aggregate_resolve("COUNT", NULL, 0, false, AGGREGATE_SLIDING, NULL,
				 (struct pos){0}, &call.call, NULL),
		0);
	call.call.filter = -1;
	rig_begin(&over_kind, &config, true, N_PAGES, 1);
	rig.sink.ops = &keeper;
	for (uint32_t first = 0; first < N_ROWS; first += BLOCK_ROWS_MAX)
		feed(first);
	op_feed(rig.op, &control);
	rig_settle();
	assert_true(n_read >= N_ROWS);
	rig_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_stay_while_downstream_is_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
