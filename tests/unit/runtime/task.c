// When a task takes input while one of its operators is pending.
#include "runtime/task.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

enum { CHANNEL_BLOCKS = 64, PORTIONS = 20, ROWS_PER_TURN = 2048 };

// An operator that a watermark leaves pending for so many portions.
struct firing {
	struct op op;
	uint32_t n_left, n_portions;
	bool is_open;
};

struct rig {
	struct arena *arena;
	struct op_spec spec;
	struct firing firing;
	struct op out; // below it: leaves have to be done in any case
	struct task task;
	struct channel *channel;
};

static void firing_process(struct op *op, const struct block *)
{
	assert_false(op_is_closed(op));
	assert_false(op->task->blocked);
}

static void firing_control(struct op *op, const struct block *)
{
	struct firing *firing = (struct firing *)op;

	firing->n_left = PORTIONS;
	op->pending = true;
	op->is_open = firing->is_open;
	op_hold_upstream(op);
}

static bool firing_resume(struct op *op)
{
	struct firing *firing = (struct firing *)op;

	firing->n_portions++;
	op->pending = --firing->n_left > 0;
	return !op->pending;
}

static void firing_free(struct op *)
{
}

static const struct op_ops firing_ops = {
	.process = firing_process,
	.control = firing_control,
	.resume = firing_resume,
	.free = firing_free,
};
static const struct op_kind firing_kind = {.name = "Firing"};

static void rig_init(struct rig *rig, bool is_live, bool is_open)
{
	struct schema *schema;

	*rig = (struct rig){.arena = arena_new(), .firing.is_open = is_open};
	schema = schema_new(rig->arena, 1);
	schema->fields[0] = (struct field){"n", type_of(TYPE_BIGINT)};
	rig->spec = (struct op_spec){.kind = &firing_kind, .input = schema, .output = schema};
	rig->channel = channel_new(&mem_libc, schema, CHANNEL_BLOCKS, 0);
	rig->task = (struct task){
		.common = {.mem = &mem_libc, .is_live = is_live}, .has_gate = true, .n_ops = 1};
	assert_int_equal(gate_init(&rig->task.gate, &mem_libc, &rig->channel, 1), 0);
	op_init(&rig->firing.op, &firing_ops, &rig->spec, &rig->task.common);
	op_init(&rig->out, &firing_ops, &rig->spec, &rig->task.common);
	rig->firing.op.outs[rig->firing.op.n_outs++] = &rig->out;
	rig->task.head = rig->task.ops[0] = &rig->firing.op;
}

static void rig_free(struct rig *rig)
{
	task_destroy(&rig->task);
	channel_free(rig->channel);
	arena_free(rig->arena);
}

static void send_rows(struct rig *rig, uint16_t n)
{
	struct block_store *store = channel_take(rig->channel);

	assert_non_null(store);
	store->block.n_rows = store->block.n_slots = n;
	channel_send(rig->channel, store);
}

static void step(struct rig *rig)
{
	task_step(&rig->task, (struct now){0});
}

// A watermark has come, and the operator is pending.
static void fire(struct rig *rig)
{
	struct block_store *store = channel_take(rig->channel);

	store->block.kind = BLOCK_WATERMARK;
	store->block.watermark = 1;
	channel_send(rig->channel, store);
	step(rig);
	assert_true(rig->firing.op.pending);
}

static void live_rows_come_in_between_portions(void **)
{
	struct rig rig;

	rig_init(&rig, true, true);
	fire(&rig);
	for (uint32_t i = 1; i < PORTIONS; i++) {
		send_rows(&rig, 1);
		step(&rig);
		assert_int_equal(rig.firing.n_portions, i);
		assert_int_equal(rig.firing.op.n_rows_in, i);
	}
	rig_free(&rig);
}

// What can wait does; and whatever must.
static void other_rows_wait_until_all_is_done(void **)
{
	for (int i = 0; i < 3; i++) {
		struct rig rig;

		rig_init(&rig, i == 1, i == 2);
		fire(&rig);
		send_rows(&rig, 1);
		for (uint32_t k = 1; k < PORTIONS; k++) {
			step(&rig);
			assert_int_equal(rig.firing.n_portions, k);
			assert_int_equal(rig.firing.op.n_rows_in, 0);
		}
		step(&rig);
		assert_int_equal(rig.firing.op.n_rows_in, 1);
		rig_free(&rig);
	}
}

// More rows than a step takes go first, but not for ever.
static void each_portion_comes_behind_so_many_rows_at_most(void **)
{
	static const uint16_t sizes[] = {256, 100, 9};

	for (int i = 0; i < 3; i++) {
		struct op *op;
		struct rig rig;

		rig_init(&rig, true, true);
		op = &rig.firing.op;
		fire(&rig);
		while (op->pending) {
			while (channel_credit(rig.channel) > 1)
				send_rows(&rig, sizes[i]);
			step(&rig);
			assert_true(op->n_rows_in <=
				    (rig.firing.n_portions + 1u) * (ROWS_PER_TURN + 8u * sizes[i]));
		}
		assert_true(op->n_rows_in >= (PORTIONS - 1u) * ROWS_PER_TURN);
		rig_free(&rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(live_rows_come_in_between_portions),
		cmocka_unit_test(other_rows_wait_until_all_is_done),
		cmocka_unit_test(each_portion_comes_behind_so_many_rows_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
