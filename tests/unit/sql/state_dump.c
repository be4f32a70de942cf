// State as rows: operators of planned scripts are fed rows of CSV, take a checkpoint, and what the
// records say comes out as JSON.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "format/format.h"
#include "operator/checkpointed.h"
#include "operator/dump.h"
#include "sql/sql.h"

enum { TEXT_MAX = 1 << 14, HEAP = 1 << 16, POOL = 4000 * PAGE_SIZE };

struct rig {
	struct arena *arena;
	const struct op_spec *spec;
	struct op_task task;
	struct hash_seed seed;
	struct page_pool pool;
	struct op *op;
	struct checkpointed saved;
	uint64_t checkpoint; // that is shown
	char text[TEXT_MAX];
};

static const struct op_spec *find_kind(const struct op_spec *spec, const char *kind)
{
	const struct op_spec *found = NULL;

	if (strcmp(spec->kind->name, kind) == 0)
		return spec;
	for (uint16_t i = 0; i < spec->n_outs && found == NULL; i++)
		found = find_kind(spec->outs[i], kind);
	return found;
}

static uint64_t no_tsc(void)
{
	return 0;
}

static struct rig *rig_new(const char *kind, const char *query)
{
	static const char table[] =
		"CREATE TABLE t (k STRING, n INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH "
		"('connector' = 'filesystem', 'path' = 't.csv', 'format' = 'csv');\n";
	struct rig *rig = calloc(1, sizeof(*rig));
	struct sql_plan plan = {0};
	struct err err = {0};
	const char *script;

	rig->arena = arena_new();
	rig->checkpoint = 1;
	script = arena_printf(rig->arena, "%s%s;", table, query);
	if (sql_plan(rig->arena, script, strlen(script), NULL, 0, NULL, &plan, &err) < 0)
		fail_msg("%s", err.text);
	for (uint32_t i = 0; i < plan.job->n_stages && rig->spec == NULL; i++)
		rig->spec = find_kind(plan.job->stages[i]->head, kind);
	assert_non_null(rig->spec);
	assert_true(dump_is_possible(rig->spec));
	assert_int_equal(page_pool_init(&rig->pool, &mem_libc, POOL), 0);
	rig->task = (struct op_task){
		.tsc = no_tsc,
		.mem = &mem_libc,
		.seed = &rig->seed,
		.pool = &rig->pool,
		.n_instances = 1,
	};
	checkpointed_add(&rig->saved, &rig->task);
	rig->op = rig->spec->kind->create(rig->spec, &rig->task, &err);
	assert_non_null(rig->op);
	return rig;
}

static void rig_free(struct rig *rig)
{
	rig->op->ops->free(rig->op);
	checkpointed_end(&rig->saved);
	page_pool_destroy(&rig->pool, &mem_libc);
	arena_free(rig->arena);
	free(rig);
}

// A row in the order of the operator's input columns.
static void feed(struct rig *rig, const char *line)
{
	const struct schema *input = rig->spec->input;
	struct message message = {.data = (const uint8_t *)line, .len = (uint32_t)strlen(line)};
	struct block_store *store = block_store_new(&mem_libc, input, HEAP);
	bool wanted[SCHEMA_COLUMNS_MAX];
	struct err err = {0};
	struct decoder *decoder;

	memset(wanted, true, sizeof(wanted));
	decoder = format_find("csv")->decoder_new(&mem_libc, input, wanted, NULL, 0, &err);
	block_store_reset(store);
	decoder->ops->decode(decoder, &message, 1, store);
	assert_int_equal(store->block.n_rows, 1);
	op_feed(rig->op, &store->block);
	decoder->ops->free(decoder);
	block_store_free(&mem_libc, store);
}

static void pass_watermark(struct rig *rig, int64_t watermark)
{
	struct block block = {.kind = BLOCK_WATERMARK, .watermark = watermark};

	op_feed(rig->op, &block);
}

static void print_row(void *arg, const struct dump *dump)
{
	struct rig *rig = arg;
	struct block block = {.n_rows = 1,
		.n_slots = 1,
		.n_columns = dump->schema->n_fields,
		.columns = dump->columns};
	size_t at = strlen(rig->text);
	struct err err = {0};
	struct encoder *encoder =
		format_find("json")->encoder_new(&mem_libc, dump->schema, NULL, 0, &err);
	uint32_t len;

	assert_non_null(encoder);
	len = encoder->ops->encode(
		encoder, &block, 0, rig->text + at, (uint32_t)(sizeof(rig->text) - at - 2));
	assert_true(len > 0);
	strcpy(rig->text + at + len, "\n");
	encoder->ops->free(encoder);
}

static int dump_all(struct rig *rig)
{
	struct checkpointed_record **list;
	struct dump dump;
	struct err err = {0};
	uint32_t n;
	int result = 0;

	assert_int_equal(dump_open(&dump, rig->spec, rig->arena, print_row, rig, &err), 0);
	list = checkpointed_list(&rig->saved, rig->checkpoint, &n);
	for (uint32_t i = 0; i < n && result == 0; i++) {
		struct record record = {list[i]->key, list[i]->value, list[i]->len};

		if (record.key.part > 0)
			result = dump_take(&dump, &record, &err);
	}
	if (result == 0)
		result = dump_end(&dump, &err);
	free(list);
	dump_close(&dump);
	return result;
}

static void take_checkpoint(struct rig *rig, uint64_t checkpoint)
{
	struct block barrier = {.kind = BLOCK_BARRIER, .checkpoint_id = checkpoint};

	op_feed(rig->op, &barrier);
	checkpointed_finish(&rig->saved, &rig->task, rig->op);
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

// The rows' order is that of hashes: sort the lines.
static void sort_lines(char *text)
{
	char *lines[64], *copy = strdup(text), *at = copy;
	size_t n = 0;

	for (char *line; (line = strsep(&at, "\n")) != NULL;)
		if (*line != '\0')
			lines[n++] = line;
	qsort(lines, n, sizeof(*lines), compare_lines);
	*text = '\0';
	for (size_t i = 0; i < n; i++) {
		strcat(text, lines[i]);
		strcat(text, "\n");
	}
	free(copy);
}

static void check(struct rig *rig, const char *format)
{
	char expected[TEXT_MAX];

	take_checkpoint(rig, rig->checkpoint);
	assert_int_equal(dump_all(rig), 0);
	sort_lines(rig->text);
	snprintf(expected, sizeof(expected), format, rig->spec->id, rig->spec->id, rig->spec->id);
	assert_string_equal(rig->text, expected);
}

// Whatever the bytes are, they are shown or refused.
static void check_spoilt(struct rig *rig)
{
	struct random random = {1};

	for (int i = 0; i < 100; i++) {
		rig->text[0] = '\0';
		checkpointed_spoil(&rig->saved, &random);
		dump_all(rig);
	}
	rig_free(rig);
}

static void a_window_shows_each_key_and_slice(void **)
{
	struct rig *rig = rig_new("WindowAggregate",
		"SELECT k, window_start, COUNT(*) AS c, SUM(n) AS s, LISTAGG(k) AS l FROM "
		"TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) "
		"GROUP BY k, window_start, window_end");

	feed(rig, "alice,1,2020-01-01 00:00:10");
	feed(rig, "a rather long key,5,2020-01-01 00:00:20");
	feed(rig, "alice,2,2020-01-01 00:00:30");
	feed(rig, "alice,4,2020-01-01 00:01:00");
	check(rig, "{\"operator\":%u,\"k\":\"a rather long key\",\"slice_start\":\"2020-01-01 "
		   "00:00:00\","
		   "\"slice_end\":\"2020-01-01 00:01:00\",\"first_window_end\":\"2020-01-01 "
		   "00:01:00\","
		   "\"COUNT(*)\":1,\"SUM(n)\":5,\"LISTAGG(k)\":\"a rather long key\"}\n"
		   "{\"operator\":%u,\"k\":\"alice\",\"slice_start\":\"2020-01-01 00:00:00\","
		   "\"slice_end\":\"2020-01-01 00:01:00\",\"first_window_end\":\"2020-01-01 "
		   "00:01:00\","
		   "\"COUNT(*)\":2,\"SUM(n)\":3,\"LISTAGG(k)\":\"alice,alice\"}\n"
		   "{\"operator\":%u,\"k\":\"alice\",\"slice_start\":\"2020-01-01 00:01:00\","
		   "\"slice_end\":\"2020-01-01 00:02:00\",\"first_window_end\":\"2020-01-01 "
		   "00:02:00\","
		   "\"COUNT(*)\":1,\"SUM(n)\":4,\"LISTAGG(k)\":\"alice\"}\n");
	check_spoilt(rig);
}

static void a_hop_shows_slices_not_windows(void **)
{
	struct rig *rig = rig_new("WindowAggregate",
		"SELECT k, window_start, AVG(n) AS a FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), "
		"INTERVAL '10' SECOND, INTERVAL '1' MINUTE)) GROUP BY k, window_start, window_end");

	feed(rig, "b,1,2020-01-01 00:00:10");
	feed(rig, "b,2,2020-01-01 00:00:19.999");
	feed(rig, "c,7,2020-01-01 00:00:20");
	check(rig, "{\"operator\":%u,\"k\":\"b\",\"slice_start\":\"2020-01-01 00:00:10\","
		   "\"slice_end\":\"2020-01-01 00:00:20\",\"first_window_end\":\"2020-01-01 "
		   "00:00:20\","
		   "\"AVG(n)\":1}\n"
		   "{\"operator\":%u,\"k\":\"c\",\"slice_start\":\"2020-01-01 00:00:20\","
		   "\"slice_end\":\"2020-01-01 00:00:30\",\"first_window_end\":\"2020-01-01 "
		   "00:00:30\","
		   "\"AVG(n)\":7}\n");
	check_spoilt(rig);
}

static void over_shows_each_key_and_its_last_results(void **)
{
	struct rig *rig = rig_new("OverAggregate",
		"SELECT k, SUM(n) OVER w AS s, COUNT(*) OVER (PARTITION BY k ORDER BY ts) AS c "
		"FROM t WINDOW w AS (PARTITION BY k ORDER BY ts ROWS BETWEEN 1 PRECEDING AND "
		"CURRENT ROW)");

	feed(rig, "x,1,2020-01-01 00:00:10");
	feed(rig, "x,2,2020-01-01 00:00:20");
	feed(rig, "x,4,2020-01-01 00:00:30");
	feed(rig, "y,9,2020-01-01 00:00:30");
	feed(rig, "z,9,2020-01-01 00:00:50"); // waits
	pass_watermark(rig, 1577836840000); // 00:00:40
	check(rig, "{\"operator\":%u,\"k\":\"x\",\"last_time\":\"2020-01-01 00:00:30\","
		   "\"rows_in_frames\":2,\"SUM(n)\":6,\"COUNT(*)\":3}\n"
		   "{\"operator\":%u,\"k\":\"y\",\"last_time\":\"2020-01-01 00:00:30\","
		   "\"rows_in_frames\":1,\"SUM(n)\":9,\"COUNT(*)\":1}\n");
	check_spoilt(rig);
}

// Of windows that changed between checkpoints the last version counts, and those that were merged
// are gone.
static void a_session_shows_as_it_is_now(void **)
{
	struct rig *rig = rig_new("GroupWindowAggregate",
		"SELECT k, SUM(n) AS s FROM t GROUP BY k, SESSION(ts, INTERVAL '10' SECOND)");

	feed(rig, "a,1,2020-01-01 00:00:00");
	feed(rig, "a,2,2020-01-01 00:00:15");
	feed(rig, "b,4,2020-01-01 00:00:20");
	feed(rig, "c,5,2020-01-01 00:00:01");
	take_checkpoint(rig, 1);
	feed(rig, "a,8,2020-01-01 00:00:08");
	pass_watermark(rig, 1577836815000); // 00:00:15: c's session is over
	rig->checkpoint = 2;
	check(rig, "{\"operator\":%u,\"k\":\"a\",\"window_start\":\"2020-01-01 00:00:00\","
		   "\"window_end\":\"2020-01-01 00:00:25\",\"SUM(n)\":11}\n"
		   "{\"operator\":%u,\"k\":\"b\",\"window_start\":\"2020-01-01 00:00:20\","
		   "\"window_end\":\"2020-01-01 00:00:30\",\"SUM(n)\":4}\n");
	check_spoilt(rig);
}

static void topn_shows_the_rows_that_are_kept(void **)
{
	struct rig *rig = rig_new("WindowTopN",
		"SELECT k, n, window_end FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY "
		"window_start, window_end, k ORDER BY n DESC) AS r FROM TABLE(TUMBLE(TABLE t, "
		"DESCRIPTOR(ts), INTERVAL '1' MINUTE))) WHERE r <= 2");

	feed(rig, "x,1,2020-01-01 00:00:10,2020-01-01 00:00:00,2020-01-01 00:01:00,2020-01-01 "
		  "00:00:59.999");
	feed(rig, "x,3,2020-01-01 00:00:10,2020-01-01 00:00:00,2020-01-01 00:01:00,2020-01-01 "
		  "00:00:59.999");
	feed(rig, "x,2,2020-01-01 00:00:10,2020-01-01 00:00:00,2020-01-01 00:01:00,2020-01-01 "
		  "00:00:59.999");
	check(rig, "{\"operator\":%u,\"k\":\"x\",\"slice_start\":\"2020-01-01 00:00:00\","
		   "\"slice_end\":\"2020-01-01 00:01:00\","
		   "\"first_window_end\":\"2020-01-01 00:01:00\",\"k\":\"x\",\"n\":2,"
		   "\"ts\":\"2020-01-01 00:00:10\",\"window_start\":\"2020-01-01 00:00:00\","
		   "\"window_end\":\"2020-01-01 00:01:00\","
		   "\"window_time\":\"2020-01-01 00:00:59.999\"}\n"
		   "{\"operator\":%u,\"k\":\"x\",\"slice_start\":\"2020-01-01 00:00:00\","
		   "\"slice_end\":\"2020-01-01 00:01:00\","
		   "\"first_window_end\":\"2020-01-01 00:01:00\",\"k\":\"x\",\"n\":3,"
		   "\"ts\":\"2020-01-01 00:00:10\",\"window_start\":\"2020-01-01 00:00:00\","
		   "\"window_end\":\"2020-01-01 00:01:00\","
		   "\"window_time\":\"2020-01-01 00:00:59.999\"}\n");
	check_spoilt(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_window_shows_each_key_and_slice),
		cmocka_unit_test(a_hop_shows_slices_not_windows),
		cmocka_unit_test(over_shows_each_key_and_its_last_results),
		cmocka_unit_test(a_session_shows_as_it_is_now),
		cmocka_unit_test(topn_shows_the_rows_that_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
