// A table that others read: the changes that the sink writes, applied as a store applies them, make
// what a slow and obvious table holds; each belongs to the checkpoint whose barrier is behind it.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "operator/sink/sink.h"
#include "row/random.h"

enum { KEYS = 50, SEEDS = 30, BLOCKS = 60, ROWS_MAX = 2000, TEXT_MAX = 2048 };

struct row {
	char key[TEXT_MAX], value[TEXT_MAX];
};

// Rows by key: what the sink's changes make, and what should come of them.
struct table {
	struct row rows[ROWS_MAX];
	uint32_t n;
};

static struct table made, expected;

static struct rig {
	struct arena *arena;
	struct op_task task;
	struct sink_config config;
	struct op_spec spec;
	struct op *op;
	struct random random;
	uint64_t checkpoint; // that changes must be of
} rig;

static void change(struct table *table, const char *key, const char *value)
{
	uint32_t i = 0;

	while (i < table->n && strcmp(table->rows[i].key, key) != 0)
		i++;
	if (value == NULL && i == table->n)
		return;
	if (value == NULL) {
		table->rows[i] = table->rows[--table->n];
		return;
	}
	table->n += i == table->n;
	assert_true(table->n <= ROWS_MAX);
	snprintf(table->rows[i].key, TEXT_MAX, "%s", key);
	snprintf(table->rows[i].value, TEXT_MAX, "%s", value);
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct row *)a)->key, ((const struct row *)b)->key);
}

static void assert_same_tables(void)
{
	qsort(made.rows, made.n, sizeof(made.rows[0]), compare);
	qsort(expected.rows, expected.n, sizeof(expected.rows[0]), compare);
	assert_int_equal(made.n, expected.n);
	for (uint32_t i = 0; i < made.n; i++) {
		assert_string_equal(made.rows[i].key, expected.rows[i].key);
		assert_string_equal(made.rows[i].value, expected.rows[i].value);
	}
}

static void apply(enum record_kind kind, const char *bytes, uint32_t len)
{
	char key[TEXT_MAX] = "", value[TEXT_MAX] = "";
	uint32_t key_len;

	memcpy(&key_len, bytes, sizeof(key_len));
	assert_true(sizeof(key_len) + key_len <= len && len < TEXT_MAX);
	memcpy(key, bytes + sizeof(key_len), key_len);
	memcpy(value, bytes + sizeof(key_len) + key_len, len - sizeof(key_len) - key_len);
	change(&made, key, kind == RECORD_PUT_ROW ? value : NULL);
}

// What a store does with the changes of a committed checkpoint.
static void drain(void)
{
	static char bytes[2 * TEXT_MAX];
	static uint32_t len;
	struct record_chunk *chunk;

	while ((chunk = record_chunk_take(rig.task.out)) != NULL) {
		const struct record_piece *piece;
		uint32_t at = 0;

		while ((piece = record_piece_next(chunk, &at)) != NULL) {
			if (piece->kind != RECORD_PUT_ROW && piece->kind != RECORD_DELETE_ROW)
				continue;
			assert_int_equal(piece->key.op, rig.spec.id);
			assert_true(piece->checkpoint <= rig.checkpoint);
			assert_true(len + piece->len <= sizeof(bytes));
			memcpy(bytes + len, piece + 1, piece->len);
			len += piece->len;
			if (piece->more)
				continue;
			apply(piece->kind, bytes, len);
			len = 0;
		}
		record_chunk_give(rig.task.out, chunk);
	}
	assert_false(rig.task.out->is_broken);
}

static void rig_begin(uint64_t seed, uint64_t room)
{
	static const uint16_t keys[] = {1, 0};
	struct table_option connector = {.key = "connector", .value = "lmdb"};
	struct schema *schema;
	struct err err = {0};

	rig = (struct rig){.arena = arena_new(), .random = {seed}, .checkpoint = 1};
	schema = schema_new(rig.arena, 3);
	schema->fields[0] = (struct field){"name", type_of(TYPE_VARCHAR)};
	schema->fields[1] = (struct field){"n", type_of(TYPE_BIGINT)};
	schema->fields[2] = (struct field){"v", type_of(TYPE_INT)};
	rig.task = (struct op_task){.mem = &mem_libc, .n_instances = 1};
	rig.task.out = record_out_new(room);
	rig.config = (struct sink_config){.keys = keys, .n_keys = 2};
	assert_int_equal(
		sink_configure(&rig.config, rig.arena, "t", schema, &connector, 1, &err), 0);
	rig.spec = (struct op_spec){.kind = &sink_kind,
		.config = &rig.config,
		.input = schema,
		.id = 9,
		.takes_events = true};
	rig.op = sink_kind.create(&rig.spec, &rig.task, &err);
	assert_non_null(rig.op);
	made.n = expected.n = 0;
}

static void rig_end(void)
{
	rig.op->ops->free(rig.op);
	record_out_free(rig.task.out);
	arena_free(rig.arena);
}

static void barrier(void)
{
	struct block block = {.kind = BLOCK_BARRIER, .checkpoint_id = rig.checkpoint};

	op_feed(rig.op, &block);
	assert_true(rig.op->ops->pack(rig.op, &(int32_t){100}));
	record_done(rig.task.out, rig.checkpoint);
	drain();
	assert_same_tables();
	rig.checkpoint++;
}

// One row, or n of them with the same name.
static void feed(enum row_kind kind, const char *name, int64_t n, int32_t v)
{
	struct str names =
		str_view(name != NULL ? name : "", name != NULL ? (uint32_t)strlen(name) : 0);
	uint64_t nulls[BLOCK_NULL_WORDS] = {name == NULL};
	struct column columns[] = {{&names, nulls}, {&n, NULL}, {&v, NULL}};
	uint8_t kinds[] = {kind};
	struct block block = {.n_rows = 1,
		.n_slots = 1,
		.n_columns = 3,
		.columns = columns,
		.kinds = kind == ROW_INSERT ? NULL : kinds};

	op_feed(rig.op, &block);
	while (rig.op->pending) {
		drain();
		rig.task.blocked = false;
		rig.op->ops->resume(rig.op);
	}
}

static void feed_random(void)
{
	enum row_kind kind = (enum row_kind)random_below(&rig.random, 4);
	int64_t n = random_below(&rig.random, KEYS);
	int32_t v = (int32_t)random_below(&rig.random, 1000);
	char name[16], key[64], value[128];

	snprintf(name, sizeof(name), "n\"%u", random_below(&rig.random, 3));
	snprintf(key, sizeof(key), "[%ld,\"n\\\"%s\"]", n, name + 2);
	snprintf(value, sizeof(value), "{\"name\":\"n\\\"%s\",\"n\":%ld,\"v\":%d}", name + 2, n, v);
	feed(kind, name, n, v);
	if (kind != ROW_UPDATE_BEFORE)
		change(&expected, key, kind != ROW_DELETE ? value : NULL);
}

static void the_table_is_what_the_changelog_says(void **)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		rig_begin(seed, 64 << 20);
		for (int i = 0; i < BLOCKS; i++) {
			for (uint32_t n = random_below(&rig.random, 50); n > 0; n--)
				feed_random();
			if (random_below(&rig.random, 3) == 0)
				barrier();
		}
		barrier();
		rig_end();
	}
}

// The table is then ahead of its checkpoint in this test only: a store keeps the changes.
static void without_room_for_changes_it_waits(void **)
{
	rig_begin(1, 512 << 10);
	for (int i = 0; i < 20000; i++)
		feed_random();
	barrier();
	rig_end();
}

static uint64_t counted(const char *name)
{
	for (uint16_t i = 0; i < rig.op->n_counters; i++)
		if (strcmp(rig.op->counters[i].name, name) == 0)
			return rig.op->counters[i].is_drop ? rig.op->counters[i].value : 1000;
	return 2000;
}

static void what_has_no_key_is_dropped_and_counted(void **)
{
	char longest[RECORD_ROW_KEY_MAX + 1];

	rig_begin(1, 64 << 20);
	memset(longest, 'x', sizeof(longest));
	longest[RECORD_ROW_KEY_MAX - strlen("[1,\"\"]")] = '\0'; // just fits
	feed(ROW_INSERT, longest, 1, 5);
	assert_int_equal(counted("key_too_long"), 0);
	feed(ROW_INSERT, longest, 12, 5);
	feed(ROW_DELETE, longest, 12, 5);
	assert_int_equal(counted("key_too_long"), 2);
	feed(ROW_INSERT, NULL, 1, 5);
	feed(ROW_UPDATE_BEFORE, NULL, 1, 5);
	assert_int_equal(counted("null_key"), 1);
	record_done(rig.task.out, 1);
	drain();
	assert_int_equal(made.n, 1);
	rig_end();
}

static void a_table_without_a_key_is_refused(void **)
{
	struct table_option connector = {.key = "connector", .value = "lmdb"};
	struct sink_config config = {0};
	struct arena *arena = arena_new();
	struct err err = {0};

	assert_int_equal(
		sink_configure(&config, arena, "t", schema_new(arena, 0), &connector, 1, &err),
		-EINVAL);
	assert_non_null(strstr(err.text, "needs a PRIMARY KEY (…) NOT ENFORCED"));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_what_the_changelog_says),
		cmocka_unit_test(without_room_for_changes_it_waits),
		cmocka_unit_test(what_has_no_key_is_dropped_and_counted),
		cmocka_unit_test(a_table_without_a_key_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
