// What a sharder sends and a gate makes of it, one message at a time.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/arena.h"
#include "exchange/gate.h"
#include "exchange/sharder.h"

enum { HEAP_BYTES = 100, TEXT_MAX = 200, N_CHANNELS = 2 };

// One sharder to two channels; both end in one gate, so that it has two inputs.
struct rig {
	struct arena *arena;
	struct channel *channels[N_CHANNELS];
	struct sharder *sharder; // without keys: all rows to channel 0
	struct gate gate;
	struct column column; // stays while the sharder is blocked
	struct str texts[BLOCK_ROWS_MAX];
	char bytes[TEXT_MAX];
};

static struct rig *rig_new(void)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	struct schema *schema;

	rig->arena = arena_new();
	schema = schema_new(rig->arena, 1);
	schema->fields[0] = (struct field){"text", type_of(TYPE_VARCHAR)};
	for (int i = 0; i < N_CHANNELS; i++)
		rig->channels[i] = channel_new(&mem_libc, schema, CHANNEL_BLOCKS_MIN, HEAP_BYTES);
	rig->sharder = sharder_new(&mem_libc, rig->channels, N_CHANNELS, NULL, NULL);
	assert_int_equal(gate_init(&rig->gate, &mem_libc, rig->channels, N_CHANNELS), 0);
	rig->column.values = rig->texts;
	memset(rig->bytes, 'a', sizeof(rig->bytes));
	return rig;
}

static void rig_free(struct rig *rig)
{
	gate_destroy(&rig->gate);
	sharder_free(rig->sharder);
	for (int i = 0; i < N_CHANNELS; i++)
		channel_free(rig->channels[i]);
	arena_free(rig->arena);
	free(rig);
}

static bool send_text(struct rig *rig, uint32_t len)
{
	struct block block = {.kind = BLOCK_ROWS,
		.n_rows = 1,
		.n_slots = 1,
		.n_columns = 1,
		.columns = &rig->column,
		.late_mark = WATERMARK_NONE};

	rig->texts[0] = str_view(rig->bytes, len);
	return sharder_send(rig->sharder, &block);
}

static bool send_control(struct rig *rig, enum block_kind kind, int64_t watermark)
{
	struct block block = {.kind = kind, .watermark = watermark};

	return sharder_send(rig->sharder, &block);
}

static void drops_and_counts_rows_that_no_block_can_hold(void **)
{
	struct rig *rig = rig_new();

	assert_true(send_text(rig, HEAP_BYTES + 1));
	assert_true(send_text(rig, HEAP_BYTES));
	assert_int_equal(sharder_n_too_long(rig->sharder), 1);
	assert_true(sharder_flush(rig->sharder));
	assert_int_equal(gate_take(&rig->gate, 0)->n_rows, 1);
	rig_free(rig);
}

static void starts_a_new_block_when_the_heap_is_full(void **)
{
	struct rig *rig = rig_new();

	for (int i = 0; i < 3; i++)
		assert_true(send_text(rig, HEAP_BYTES / 2));
	assert_true(sharder_flush(rig->sharder));
	assert_int_equal(gate_take(&rig->gate, 0)->n_rows, 2);
	assert_int_equal(gate_take(&rig->gate, 0)->n_rows, 1);
	rig_free(rig);
}

static void a_pause_sends_rows_with_their_watermark_and_nothing_by_itself(void **)
{
	struct rig *rig = rig_new();
	const struct block *block;

	assert_true(send_text(rig, 5));
	assert_true(send_control(rig, BLOCK_WATERMARK, 7));
	sharder_send_open(rig->sharder);
	assert_true(channel_is_empty(rig->channels[1]));
	block = gate_take(&rig->gate, 0);
	assert_int_equal(block->n_rows, 1);
	assert_int_equal(block->watermark, 7);
	sharder_send_open(rig->sharder);
	assert_true(channel_is_empty(rig->channels[0]));
	rig_free(rig);
}

static void keeps_its_place_while_there_is_no_credit(void **)
{
	struct rig *rig = rig_new();
	int n_rows = 0;

	for (int i = 0; i < CHANNEL_BLOCKS_MIN; i++)
		assert_true(send_text(rig, HEAP_BYTES));
	assert_false(send_text(rig, HEAP_BYTES));
	assert_true(sharder_is_blocked(rig->sharder));
	assert_false(sharder_resume(rig->sharder));
	while (n_rows < CHANNEL_BLOCKS_MIN + 1) {
		const struct block *block = gate_take(&rig->gate, 0);

		if (block != NULL)
			n_rows += block->n_rows;
		else if (sharder_resume(rig->sharder))
			sharder_flush(rig->sharder);
	}
	assert_false(sharder_is_blocked(rig->sharder));
	rig_free(rig);
}

// Messages that are about something else take the watermark along that went before them.
static void idle_does_not_swallow_the_watermark(void **)
{
	struct rig *rig = rig_new();
	const struct block *block;

	assert_true(send_control(rig, BLOCK_WATERMARK, 70));
	assert_true(send_control(rig, BLOCK_IDLE, WATERMARK_NONE));
	block = gate_take(&rig->gate, 0);
	assert_int_equal(block->kind, BLOCK_WATERMARK);
	assert_int_equal(block->watermark, 70);
	assert_int_equal(gate_take(&rig->gate, 0)->kind, BLOCK_IDLE);
	assert_null(gate_take(&rig->gate, 0));
	rig_free(rig);
}

static void channels_without_rows_hear_of_watermarks_too(void **)
{
	struct rig *rig = rig_new();
	const struct block *block = NULL;

	for (int64_t i = 1; i <= 20; i++) // as soon as enough have been held back
		assert_true(send_control(rig, BLOCK_WATERMARK, i));
	while (block == NULL || block->kind != BLOCK_WATERMARK)
		block = gate_take(&rig->gate, 0);
	assert_true(block->watermark >= 16);
	assert_true(sharder_flush(rig->sharder)); // and of the last one when the input runs dry
	block = gate_take(&rig->gate, 0);
	assert_int_equal(block->watermark, 20);
	rig_free(rig);
}

static void ends_once_when_all_inputs_have(void **)
{
	struct rig *rig = rig_new();

	assert_true(send_control(rig, BLOCK_END, WATERMARK_NONE));
	assert_int_equal(gate_take(&rig->gate, 0)->kind, BLOCK_WATERMARK);
	assert_int_equal(gate_take(&rig->gate, 0)->kind, BLOCK_END);
	assert_null(gate_take(&rig->gate, 0));
	rig_free(rig);
}

static void refuses_more_channels_than_it_has_room_for(void **)
{
	static struct channel *channels[GATE_CHANNELS_MAX + 1];
	struct gate gate;

	assert_int_equal(gate_init(&gate, &mem_libc, channels, GATE_CHANNELS_MAX + 1), -E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drops_and_counts_rows_that_no_block_can_hold),
		cmocka_unit_test(starts_a_new_block_when_the_heap_is_full),
		cmocka_unit_test(a_pause_sends_rows_with_their_watermark_and_nothing_by_itself),
		cmocka_unit_test(keeps_its_place_while_there_is_no_credit),
		cmocka_unit_test(idle_does_not_swallow_the_watermark),
		cmocka_unit_test(channels_without_rows_hear_of_watermarks_too),
		cmocka_unit_test(ends_once_when_all_inputs_have),
		cmocka_unit_test(refuses_more_channels_than_it_has_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
