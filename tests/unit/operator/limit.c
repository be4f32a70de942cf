// A Limit that is killed lets no row more through.
#include "operator/sort/limit.h"
#include "checkpointed.h"

static uint64_t n_out;

static void count(struct op *, const struct block *block)
{
	n_out += block->n_rows;
}

static struct op *limit_new(const struct op_spec *spec, struct op_task *task, struct op *sink)
{
	struct op *op = limit_kind.create(spec, task, NULL);

	assert_non_null(op);
	op->outs[0] = sink;
	op->n_outs = 1;
	return op;
}

static void rows_are_counted_across_a_crash(void **)
{
	static const struct op_ops ops = {.process = count};
	const struct limit_config config = {.offset = 3, .n_max = 10};
	const struct op_spec spec = {.kind = &limit_kind, .config = &config, .id = 5};
	struct block rows = {.n_rows = 5, .n_slots = 5};
	struct block barrier = {.kind = BLOCK_BARRIER, .checkpoint_id = 1};
	struct op_task task = {.mem = &mem_libc, .n_instances = 1};
	struct op sink = {.ops = &ops}, *op;
	struct checkpointed saved;

	checkpointed_begin(&saved);
	checkpointed_add(&saved, &task);
	op_init(&sink, &ops, &spec, &task);
	op = limit_new(&spec, &task, &sink);
	op_feed(op, &rows);
	op_feed(op, &barrier);
	checkpointed_finish(&saved, &task, op);
	assert_int_equal(n_out, 2);
	op_feed(op, &rows); // after the checkpoint: they come again
	op->ops->free(op);
	n_out = 2;
	op = limit_new(&spec, &task, &sink);
	checkpointed_restore(&saved, 1, op);
	for (int i = 0; i < 4; i++)
		op_feed(op, &rows);
	assert_int_equal(n_out, 10);
	op->ops->free(op);
	checkpointed_end(&saved);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(rows_are_counted_across_a_crash)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
