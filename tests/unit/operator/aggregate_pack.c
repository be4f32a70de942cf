// Every function of the registry for every type that it takes: a state that was packed and unpacked
// on another heap goes on like the one that it was made of; bytes of another shape are refused.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "expr/expr.h"
#include "operator/aggregate/registry.h"
#include "operator/aggregate_life.h"

// ---- Packing

static void collect_chunks(void)
{
	struct record_chunk *chunk;

	rig.packed_len = 0;
	while ((chunk = record_chunk_take(rig.out)) != NULL) {
		const struct record_piece *piece;
		uint32_t at = 0;

		while ((piece = record_piece_next(chunk, &at)) != NULL) {
			assert_true(rig.packed_len + piece->len <= PACKED_MAX);
			memcpy(rig.packed + rig.packed_len, piece + 1, piece->len);
			rig.packed_len += piece->len;
		}
		record_chunk_give(rig.out, chunk);
	}
}

static void pack(const struct side *side)
{
	record_begin(rig.out, &(struct record_key){.op = 1, .part = 1}, 1);
	aggregate_pack(&rig.call, side->state, OFFSET, rig.out);
	record_end(rig.out);
	record_done(rig.out, 1);
	collect_chunks();
}

// From a piece of memory of just this size, so that a sanitizer sees a read behind it.
static int unpack(const char *bytes, size_t len, struct side *side, size_t *n_left)
{
	char *copy = malloc(len + 1) + 1;
	struct record_reader in = {.at = copy, .n_left = len};
	int status;

	memcpy(copy, bytes, len);
	status = aggregate_unpack(&rig.call, &in, side->state, OFFSET, &side->heap);
	*n_left = in.n_left;
	free(copy - 1);
	return status;
}

static void live_make_a_copy_live_on(bool first_on_slab, bool second_on_slab)
{
	size_t n_left;

	begin();
	side_begin(&rig.sides[0], first_on_slab);
	side_begin(&rig.sides[1], second_on_slab);
	for (uint32_t i = random_below(&rig.random, STEPS); i > 0; i--)
		step(1);
	pack(&rig.sides[0]);
	assert_int_equal(unpack(rig.packed, rig.packed_len, &rig.sides[1], &n_left), 0);
	assert_int_equal(n_left, 0);
	check_same();
	for (uint32_t i = 0; i < STEPS; i++) {
		step(2);
		check_same();
	}
	side_end(&rig.sides[0]);
	side_end(&rig.sides[1]);
	end();
}

static void merge_the_copy_like_the_original(void)
{
	static struct side sums[2];
	size_t n_left;

	begin();
	for (int i = 0; i < 2; i++) {
		side_begin(&rig.sides[i], true);
		side_begin(&sums[i], true);
	}
	for (uint32_t i = random_below(&rig.random, STEPS); i > 0; i--)
		step(1);
	pack(&rig.sides[0]);
	assert_int_equal(unpack(rig.packed, rig.packed_len, &rig.sides[1], &n_left), 0);
	add_row();
	for (int i = 0; i < 2; i++) {
		void *into[] = {sums[i].state};
		const void *from[] = {rig.sides[i].state};

		change(&sums[i], rig.n - 1, rig.n, false);
		assert_int_equal(
			aggregate_combine(&rig.call, into, from, 1, OFFSET, &sums[i].heap), 0);
		side_end(&rig.sides[i]);
		rig.sides[i] = sums[i];
		rig.sides[i].heap.slab = &rig.sides[i].slab;
	}
	check_same();
	side_end(&rig.sides[0]);
	side_end(&rig.sides[1]);
	end();
}

static void refuse_what_is_cut_off(void)
{
	static const char zeros[STATE_MAX];
	size_t n_left;

	begin();
	side_begin(&rig.sides[0], true);
	side_begin(&rig.sides[1], true);
	for (uint32_t i = random_below(&rig.random, 5); i > 0; i--)
		step(1);
	pack(&rig.sides[0]);
	for (size_t len = 0; len < rig.packed_len; len += 1 + len / 100) {
		assert_int_equal(unpack(rig.packed, len, &rig.sides[1], &n_left), -EINVAL);
		assert_memory_equal(rig.sides[1].state, zeros, STATE_MAX);
		assert_int_equal(rig.sides[1].slab.n_pages, 0);
	}
	side_end(&rig.sides[0]);
	side_end(&rig.sides[1]);
	end();
}

// What is taken all the same may be wrong, but is a state.
static void survive_bytes_that_changed(void)
{
	size_t n_left;
	uint32_t len;

	begin();
	side_begin(&rig.sides[0], true);
	side_begin(&rig.sides[1], true);
	for (uint32_t i = random_below(&rig.random, 5); i > 0; i--)
		step(1);
	pack(&rig.sides[0]);
	for (int round = 0; round < 200; round++) {
		uint32_t at = random_below(&rig.random, (uint32_t)rig.packed_len);
		char was = rig.packed[at];

		if (round % 2 == 0)
			at %= 16; // the numbers of things
		was = rig.packed[at];
		rig.packed[at] = (char)random_bits(&rig.random);
		if (unpack(rig.packed, rig.packed_len, &rig.sides[1], &n_left) == 0) {
			result(1, &len);
			change(&rig.sides[1], 0, rig.n < STEP_MAX ? rig.n : STEP_MAX, false);
			if (rig.use == AGGREGATE_SLIDING && rig.n > 0)
				change(&rig.sides[1], 0, 1, true);
			result(1, &len);
		}
		side_release(&rig.sides[1]);
		assert_int_equal(rig.sides[1].slab.n_pages, 0);
		rig.packed[at] = was;
	}
	side_end(&rig.sides[0]);
	side_end(&rig.sides[1]);
	end();
}

// The heap is full at any moment: the state is empty, the heap as before.
static void give_back_what_does_not_fit(void)
{
	static const char zeros[STATE_MAX];
	struct side *copy = &rig.sides[1];
	int status = -ENOMEM;

	begin();
	side_begin(&rig.sides[0], true);
	for (uint32_t i = 0; i < 20; i++)
		step(1);
	pack(&rig.sides[0]);
	for (uint32_t n_pages = 1; status != 0; n_pages++) {
		struct page_pool pool;
		size_t n_left;

		assert_int_equal(
			page_pool_init(&pool, &mem_libc, (uint64_t)n_pages * PAGE_SIZE), 0);
		*copy = (struct side){.heap.slab = &copy->slab};
		slab_init(&copy->slab, &pool);
		status = unpack(rig.packed, rig.packed_len, copy, &n_left);
		if (status == 0) {
			check_same();
			side_release(copy);
		}
		assert_true(status == 0 || status == -ENOMEM);
		assert_memory_equal(copy->state, zeros, STATE_MAX);
		assert_int_equal(pool.n_used, 0);
		page_pool_destroy(&pool, &mem_libc);
	}
	side_end(&rig.sides[0]);
	end();
}

// ---- All calls

// Which arguments name takes besides the first; false when n_args is none of its numbers, or it
// takes the type only as what the binder makes of it.
static bool make_args(const struct aggregate_entry *entry, struct type type, uint16_t n_args,
	struct aggregate_arg *args)
{
	const char *name = entry->doc.name;
	bool is_json = strncmp(name, "JSON_", 5) == 0;
	struct type text = type_of(TYPE_CHAR);
	struct pos pos = {0};

	if (n_args < entry->n_min || n_args > entry->n_max)
		return false;
	args[0] = (struct aggregate_arg){.type = type};
	args[1] = (struct aggregate_arg){.type = text};
	args[2] = (struct aggregate_arg){.type = type};
	if (strncmp(name, "TOPK", 4) == 0) {
		for (int i = 1; i <= 2; i++) // 8 counters: some are taken over
			args[i].literal = expr_literal(rig.arena, type_of(TYPE_INT),
				(union scalar){.i32 = i == 1 ? 3 : 8}, pos);
	} else if (strcmp(name, "COUNT_MIN") == 0) {
		args[1].type = type;
	} else if (strstr(name, "PERCENTILE") != NULL) {
		args[1].literal =
			expr_literal(rig.arena, type_decimal(2, 1), (union scalar){.dec = 3}, pos);
		args[2].type = type_of(TYPE_BIGINT);
	} else if (strcmp(name, "LAG") == 0) {
		args[1].literal =
			expr_literal(rig.arena, type_of(TYPE_INT), (union scalar){.i32 = 3}, pos);
	} else if (strcmp(name, "JSON_OBJECTAGG") == 0) {
		args[1].type = type_of(TYPE_VARCHAR);
		args[2].literal = expr_literal(
			rig.arena, text, (union scalar){.str = str_view("ABSENT", 6)}, pos);
	} else {
		args[1].literal = expr_literal(
			rig.arena, text, (union scalar){.str = str_view("NULL", 4)}, pos);
	}
	return !is_json || type.kind == TYPE_VARCHAR;
}

static bool resolve(const struct aggregate_entry *entry, enum type_kind kind, uint16_t n_args,
	bool distinct, enum aggregate_use use)
{
	struct type type =
		kind == TYPE_ARRAY ? type_array(rig.arena, type_of(TYPE_INT)) : type_of(kind);
	struct aggregate_arg args[3];
	struct err err = {0};

	if ((n_args == 0 && distinct) || // COUNT(*)
		!make_args(entry, type, n_args, args) ||
		aggregate_resolve(entry->doc.name, args, n_args, distinct, use, rig.arena,
			(struct pos){0}, &rig.call, &err) != 0)
		return false;
	if (use == AGGREGATE_SLIDING && !aggregate_can_retract(&rig.call))
		return false;
	rig.use = use;
	rig.call.filter = -1;
	for (uint16_t i = 0; i < rig.call.n_arguments; i++)
		rig.call.arguments[i] = i;
	assert_true(aggregate_state_size(&rig.call) + OFFSET <= STATE_MAX);
	return true;
}

static uint32_t for_entry(const struct aggregate_entry *entry, void (*test)(void))
{
	uint32_t n = 0;

	for (int kind = TYPE_BOOLEAN; kind <= TYPE_ARRAY; kind++)
		for (uint16_t n_args = 0; n_args <= 3; n_args++)
			for (int distinct = 0; distinct < 2; distinct++)
				for (int use = AGGREGATE_GROUPED; use <= AGGREGATE_RUNNING; use++)
					if (resolve(entry, (enum type_kind)kind, n_args, distinct,
						    (enum aggregate_use)use)) {
						test();
						n++;
					}
	return n;
}

static void for_all(uint64_t seed, void (*test)(void))
{
	rig.random.state = seed;
	rig.arena = arena_new();
	rig.out = record_out_new(2 * PACKED_MAX);
	assert_non_null(rig.out);
	assert_int_equal(page_pool_init(&rig.pool, &mem_libc, (uint64_t)N_PAGES * PAGE_SIZE), 0);
	key_layout_init(&rig.keys, NULL, NULL, 0);
	for (uint16_t i = 0; i < aggregate_n_entries; i++)
		assert_true(for_entry(&aggregate_entries[i], test) > 0);
	page_pool_destroy(&rig.pool, &mem_libc);
	record_out_free(rig.out);
	arena_free(rig.arena);
}

static void live_on(void)
{
	live_make_a_copy_live_on(true, true);
	live_make_a_copy_live_on(true, false);
	live_make_a_copy_live_on(false, true);
}

static void a_copy_goes_on_like_the_original(void **)
{
	for_all(1, live_on);
}

static void a_copy_merges_like_the_original(void **)
{
	for_all(2, merge_the_copy_like_the_original);
}

static void bytes_cut_off_anywhere_are_refused(void **)
{
	for_all(3, refuse_what_is_cut_off);
}

static void bytes_that_changed_make_another_state_or_none(void **)
{
	for_all(4, survive_bytes_that_changed);
}

static void a_full_heap_leaves_nothing_behind(void **)
{
	for_all(5, give_back_what_does_not_fit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_goes_on_like_the_original),
		cmocka_unit_test(a_copy_merges_like_the_original),
		cmocka_unit_test(bytes_cut_off_anywhere_are_refused),
		cmocka_unit_test(bytes_that_changed_make_another_state_or_none),
		cmocka_unit_test(a_full_heap_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
