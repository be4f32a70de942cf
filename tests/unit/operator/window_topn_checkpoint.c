// A WindowTopN that is killed again and again: whatever checkpoint it goes on from, and at whatever
// parallelism, its rows and ranks are those of the definition.
#include "checkpointed.h"
#include "state/row_heap.h"
#include "window_topn_twin.h"

enum { INSTANCES_MAX = 3, POOL_PAGES = 4000 };

static const uint16_t keys[] = {RIG_KEY};
static const struct order_term by_score[] = {{.column = RIG_SCORE, .descending = true}};

// All instances share the rig's task, which is each one's while it has its turn.
static struct {
	struct op *ops[INSTANCES_MAX];
	uint16_t n;
	struct checkpointed saved;
	bool is_packing;
	uint32_t at; // rows fed
	struct {
		uint64_t checkpoint;
		uint32_t at, n_outs;
	} open, done[2]; // the last two complete ones
	uint32_t n_done, n_kills;
} job;

static void collect(struct op *, const struct block *block)
{
	const int64_t *numbers = block->columns[RIG_NUMBER].values;
	const int64_t *ranks = block->columns[RIG_COLUMNS].values;

	assert_false(rig.task.blocked);
	BLOCK_FOREACH_ROW (block, slot) {
		const struct str *note = (const struct str *)block->columns[RIG_NOTE].values + slot;
		const char *wanted = rig.rows[numbers[slot]].note;

		assert_int_equal(note->len, strlen(wanted));
		assert_memory_equal(str_data(note), wanted, note->len);
		rig.outs[rig.n_outs++] = (struct rig_out){numbers[slot], ranks[slot]};
	}
	rig.task.blocked = random_below(&rig.random, 3) == 0;
}

static void ignore(struct op *, const struct block *)
{
}

static struct op *turn(uint16_t i)
{
	rig.task.instance = i;
	return rig.op = job.ops[i];
}

static void start(uint16_t n)
{
	static const struct op_ops ops = {.process = collect, .control = ignore};
	struct err err;

	rig.sink.ops = &ops;
	rig.task.n_instances = job.n = n;
	for (uint16_t i = 0; i < n; i++) {
		rig.task.instance = i;
		job.ops[i] = rig.spec.kind->create(&rig.spec, &rig.task, &err);
		assert_non_null(job.ops[i]);
		job.ops[i]->outs[0] = &rig.sink;
		job.ops[i]->n_outs = 1;
	}
	job.is_packing = false;
	job.n_done = 0;
	checkpointed_begin(&job.saved);
	checkpointed_add(&job.saved, &rig.task);
}

static void stop(void)
{
	for (uint16_t i = 0; i < job.n; i++)
		turn(i)->ops->free(job.ops[i]);
	assert_int_equal(rig.pool.n_used, 0);
}

static void pack(void)
{
	bool is_done = true;

	for (uint16_t i = 0; i < job.n && job.is_packing; i++)
		is_done &= checkpointed_pack(turn(i), (int32_t)random_below(&rig.random, 40));
	if (!job.is_packing || !is_done)
		return;
	record_done(rig.task.out, job.open.checkpoint);
	checkpointed_drain(&job.saved);
	job.is_packing = false;
	job.done[job.n_done++ % 2] = job.open;
}

static void control(enum block_kind kind, int64_t watermark)
{
	struct block block = {
		.kind = kind, .watermark = watermark, .checkpoint_id = (uint64_t)watermark};

	for (uint16_t i = 0; i < job.n; i++) {
		op_feed(turn(i), &block);
		rig.task.blocked = false;
		while (turn(i)->pending) {
			rig.op->ops->resume(rig.op);
			rig.task.blocked = false;
			if (random_below(&rig.random, 3) == 0)
				pack();
		}
	}
}

static void freeze(void)
{
	job.open.checkpoint = job.ops[0]->checkpoint + 1;
	job.open.at = job.at;
	control(BLOCK_BARRIER, (int64_t)job.open.checkpoint);
	job.open.n_outs = rig.n_outs;
	job.is_packing = true;
}

static uint16_t owner(const struct rig_row *row)
{
	int64_t value = row->null_key ? 0 : row->key;
	uint64_t nulls[BLOCK_NULL_WORDS] = {row->null_key}, image[2], hash;
	struct column columns[RIG_COLUMNS] = {[RIG_KEY] = {&value, nulls}};
	struct block block = {.n_rows = 1, .n_slots = 1, .columns = columns};
	struct key_layout layout;

	key_layout_init(&layout, rig.spec.input, keys, 1);
	key_images(&layout, &block, image);
	key_hashes(&layout, &rig.seed, image, 1, &hash);
	return (uint16_t)key_group_owner(key_group(hash), job.n);
}

// Some rows, each run of one instance's as a block.
static void feed(void)
{
	uint32_t end = job.at + 1 + random_below(&rig.random, 100);

	if (end > rig.n_rows)
		end = rig.n_rows;
	while (job.at < end) {
		uint16_t i = owner(&rig.rows[job.at]), n = 1;

		while (job.at + n < end && owner(&rig.rows[job.at + n]) == i)
			n++;
		turn(i);
		rig_feed(job.at, n);
		job.at += n;
	}
}

static void kill_process(void)
{
	uint32_t back = job.n_done > 1 ? random_below(&rig.random, 2) : 0;
	struct checkpointed saved = job.saved;

	job.open = job.done[(job.n_done - 1 - back) % 2];
	stop();
	start((uint16_t)(1 + random_below(&rig.random, INSTANCES_MAX)));
	for (uint16_t i = 0; i < job.n; i++)
		checkpointed_restore(&saved, job.open.checkpoint, turn(i));
	checkpointed_end(&saved);
	rig.n_outs = job.open.n_outs;
	job.at = job.open.at;
	job.n_kills++;
}

static void run(const struct window_topn_config *config, uint32_t n_keys, uint64_t seed)
{
	rig_begin(&window_topn_kind, config, true, POOL_PAGES, seed);
	rig.op->ops->free(rig.op);
	rig.spec.id = 3;
	rig_random_rows(1500, n_keys);
	memset(&job, 0, sizeof(job));
	start((uint16_t)(1 + random_below(&rig.random, INSTANCES_MAX)));
	while (job.at < rig.n_rows) {
		feed();
		if (random_below(&rig.random, 2) && job.at < rig.n_rows)
			control(BLOCK_WATERMARK, rig.rows[job.at].mark);
		if (!job.is_packing && random_below(&rig.random, 4) == 0)
			freeze();
		pack();
		if (job.n_done > 0 && random_below(&rig.random, 12) == 0)
			kill_process();
	}
	control(BLOCK_WATERMARK, WATERMARK_END);
	topn_check(config);
	stop();
	checkpointed_end(&job.saved);
	page_pool_destroy(&rig.pool, &mem_libc);
	arena_free(rig.arena);
	free(rig.rows);
	free(rig.outs);
}

static void any_top_n_goes_on_from_any_checkpoint(void **)
{
	struct window_topn_config config = {
		.start_column = RIG_START,
		.end_column = RIG_END,
		.n_keys = 1,
		.keys = keys,
		.n_terms = 1,
		.terms = by_score,
		.first_rank = 1,
		.with_rank = true,
	};
	uint32_t n_kills = 0;

	for (uint64_t seed = 1; seed <= 40; seed++) {
		config.first_rank = 1 + seed % 2;
		config.last_rank = seed % 5 == 0 ? 1000 : config.first_rank + seed % 3;
		config.last_wins = seed % 7 == 0;
		run(&config, seed % 3 == 0 ? 300 : 5, seed);
		n_kills += job.n_kills;
	}
	assert_true(n_kills > 40);
}

static void count_row(void *n, const struct heap_row *)
{
	++*(uint32_t *)n;
}

// Also of heaps that are wide, or deep, and have been popped.
static void a_visit_sees_each_row_and_leaves_the_heap_as_it_is(void **)
{
	struct order_term term = {.column = 0};
	struct field field = {"n", type_of(TYPE_BIGINT)};
	struct arena *arena = arena_new();
	struct schema *schema = schema_new(arena, 1);
	struct key_layout layout;
	struct page_pool pool;
	struct slab slab;
	struct row_heaps heaps = {.row = &layout, .terms = &term, .n_terms = 1, .slab = &slab};
	struct row_heap heap = {0};
	struct random random = {1};

	schema->fields[0] = field;
	key_layout_init(&layout, schema, (uint16_t[]){0}, 1);
	page_pool_init(&pool, &mem_libc, 1 << 20);
	slab_init(&slab, &pool);
	for (int round = 0; round < 300; round++) {
		uint32_t n = 0, n_more = random_below(&random, 20);
		int64_t last = INT64_MIN;

		for (uint32_t i = 0; i < n_more; i++) {
			int64_t image[2] = {0, round % 3 == 0 ? i : 20 - i};

			assert_int_equal(row_heap_add(&heaps, &heap, image), 0);
		}
		row_heap_visit(&heap, count_row, &n);
		assert_int_equal(n, heap.n);
		for (uint32_t i = random_below(&random, 20); i > 0 && heap.n > 0; i--) {
			struct heap_row *row = row_heap_pop(&heaps, &heap);

			assert_true(((int64_t *)row->image)[1] >= last);
			last = ((int64_t *)row->image)[1];
			row_heap_free(&heaps, row);
		}
	}
	slab_destroy(&slab);
	page_pool_destroy(&pool, &mem_libc);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_top_n_goes_on_from_any_checkpoint),
		cmocka_unit_test(a_visit_sees_each_row_and_leaves_the_heap_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
