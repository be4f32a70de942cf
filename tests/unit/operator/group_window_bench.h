// The bench that tests of GroupWindowAggregate put the operator on: a stream in random blocks, its
// results as lines of text, and the twin's lines beside them.
#pragma once
#include "operator/group_window_twin.h"
#include "operator/window/group_window_state.h"

enum { N_CALLS = 4, N_PROPERTIES = 3 };

struct bench;

struct collector {
	struct op op;
	struct bench *bench;
	struct twin_lines out;
	int64_t watermark; // the last one that came
	uint64_t n_rows; // counted by results that are not taken back
	uint32_t n_blocks;
};

struct bench {
	struct arena *arena;
	struct page_pool pool;
	struct hash_seed seed;
	struct op_task task;
	struct op_spec spec;
	struct group_window_config config;
	struct aggregate_call calls[N_CALLS];
	struct op *op;
	struct collector collector;
	struct random random;
	uint32_t blocked_in; // downstream is full after one block in so many; 0 = never
	uint16_t rows_max;
	bool watermarks_rare;
	bool packs; // while the operator is pending
};

static inline char *print_value(
	char *at, const struct column *column, enum type_kind kind, uint16_t slot)
{
	const struct str *str = &((const struct str *)column->values)[slot];

	if (nulls_get(column->nulls, slot))
		return at + sprintf(at, "N");
	if (kind == TYPE_DOUBLE)
		return at + sprintf(at, "%.0f", ((const double *)column->values)[slot]);
	if (kind == TYPE_VARCHAR)
		return at + sprintf(at, "%.*s", (int)str->len, str_data(str));
	return at + sprintf(at, "%ld", ((const int64_t *)column->values)[slot]);
}

static inline void print_row(
	struct bench *bench, const struct block *block, uint16_t slot, char *at)
{
	static const char *const kinds[] = {"+I", "-U", "+U", "-D"};
	const struct schema *schema = bench->spec.output;
	uint16_t n_keys = bench->config.n_keys;

	for (uint16_t i = 0; i < n_keys; i++) {
		at += sprintf(at, "%s", i > 0 ? " " : "");
		at = print_value(at, &block->columns[i], schema->fields[i].type.kind, slot);
	}
	for (int i = 0; i < 2; i++) {
		*at++ = ' ';
		at = print_value(at, &block->columns[n_keys + N_CALLS + i], TYPE_BIGINT, slot);
	}
	at += sprintf(at, " # %s", kinds[block->kinds != NULL ? block->kinds[slot] : 0]);
	for (int i = 0; i < N_CALLS; i++) {
		*at++ = ' ';
		at = print_value(at, &block->columns[n_keys + i],
			schema->fields[n_keys + i].type.kind, slot);
	}
}

static inline void collector_process(struct op *op, const struct block *block)
{
	struct collector *collector = (struct collector *)op;
	struct bench *bench = collector->bench;
	uint16_t n_keys = bench->config.n_keys;
	const int64_t *counts = block->columns[n_keys].values;
	const int64_t *ends = block->columns[n_keys + N_CALLS + 1].values;
	const int64_t *times = block->columns[n_keys + N_CALLS + 2].values;

	assert_false(bench->task.blocked);
	assert_true(block->n_rows > 0);
	for (uint16_t slot = 0; slot < block->n_rows; slot++) {
		uint8_t kind = block->kinds != NULL ? block->kinds[slot] : ROW_INSERT;
		char line[3 * TWIN_TEXT_MAX];

		if (bench->config.zone == NULL)
			assert_int_equal(times[slot], ends[slot] - 1);
		// A first result is never late behind the watermark that went before it.
		if (block->kinds == NULL)
			assert_true(times[slot] > collector->watermark);
		print_row(bench, block, slot, line);
		twin_add_line(&collector->out, line);
		if (kind == ROW_UPDATE_BEFORE)
			collector->n_rows -= (uint64_t)counts[slot];
		else
			collector->n_rows += (uint64_t)counts[slot];
	}
	collector->n_blocks++;
	if (bench->blocked_in > 0 && random_below(&bench->random, bench->blocked_in) == 0)
		bench->task.blocked = true;
}

static inline void collector_control(struct op *op, const struct block *block)
{
	struct collector *collector = (struct collector *)op;

	assert_false(collector->bench->task.blocked);
	if (block->kind != BLOCK_WATERMARK)
		return;
	assert_true(block->watermark > collector->watermark);
	collector->watermark = block->watermark;
}

static inline void add_call(struct bench *bench, int i, const char *name, int column)
{
	struct aggregate_call *call = &bench->calls[i];
	struct aggregate_arg arg = {0};
	struct err err = {0};

	if (column >= 0)
		arg.type = bench->spec.input->fields[column].type;
	assert_int_equal(aggregate_resolve(name, &arg, column >= 0, false, false, bench->arena,
				 (struct pos){0}, call, &err),
		0);
	call->filter = -1;
	call->text = name;
	if (column >= 0)
		call->arguments[0] = (uint16_t)column;
}

static inline const struct schema *output_schema(struct bench *bench)
{
	uint16_t n_keys = bench->config.n_keys, n = n_keys + N_CALLS + N_PROPERTIES;
	struct schema *schema = schema_new(bench->arena, n);

	for (uint16_t i = 0; i < n_keys; i++)
		schema->fields[i] = bench->spec.input->fields[bench->config.keys[i]];
	for (int i = 0; i < N_CALLS; i++)
		schema->fields[n_keys + i] = (struct field){"a", bench->calls[i].result_type};
	for (int i = 0; i < N_PROPERTIES; i++)
		schema->fields[n_keys + N_CALLS + i] = (struct field){"w", bench->config.time_type};
	return schema;
}

// A configuration whose keys, aggregates and so on are the bench's. Without the operator.
static inline void bench_prepare(
	struct bench *bench, const struct group_window_config *config, uint64_t pool_size)
{
	static const uint16_t keys[] = {EVENT_USER, EVENT_CITY};

	*bench = (struct bench){.arena = arena_new(), .config = *config, .rows_max = 256};
	bench->spec = (struct op_spec){.kind = &group_window_kind,
		.config = &bench->config,
		.input = event_schema(bench->arena),
		.takes_events = true};
	add_call(bench, 0, "COUNT", -1);
	add_call(bench, 1, "SUM", EVENT_SCORE);
	add_call(bench, 2, "MIN", EVENT_NOTE);
	add_call(bench, 3, "MAX", EVENT_NOTE);
	bench->config.time_column = EVENT_TS;
	bench->config.time_type = type_timestamp(TYPE_TIMESTAMP, 3);
	bench->config.keys = keys;
	bench->config.aggregates = bench->calls;
	bench->config.n_aggregates = N_CALLS;
	bench->config.n_properties = N_PROPERTIES;
	for (int i = 0; i < N_PROPERTIES; i++)
		bench->config.properties[i] = (enum window_property)i;
	bench->spec.output = output_schema(bench);
	hash_seed_from(&bench->seed, 7);
	assert_int_equal(page_pool_init(&bench->pool, &mem_libc, pool_size), 0);
	bench->task =
		(struct op_task){.mem = &mem_libc, .seed = &bench->seed, .pool = &bench->pool};
}

static inline void bench_make_op(struct bench *bench)
{
	static const struct op_ops ops = {
		.process = collector_process, .control = collector_control};
	struct err err = {0};

	bench->op = group_window_kind.create(&bench->spec, &bench->task, &err);
	assert_non_null(bench->op);
	bench->op->outs[0] = &bench->collector.op;
	bench->op->n_outs = 1;
	op_init(&bench->collector.op, &ops, &bench->spec, &bench->task);
	bench->collector.bench = bench;
	bench->collector.watermark = WATERMARK_NONE;
}

static inline void bench_init(
	struct bench *bench, const struct group_window_config *config, uint64_t pool_size)
{
	bench_prepare(bench, config, pool_size);
	bench_make_op(bench);
}

static inline void lines_free(struct twin_lines *out)
{
	for (uint32_t i = 0; i < out->n; i++)
		free(out->lines[i]);
	free(out->lines);
}

static inline void bench_free(struct bench *bench)
{
	bench->op->ops->free(bench->op);
	assert_int_equal(bench->pool.n_used, 0);
	page_pool_destroy(&bench->pool, &mem_libc);
	lines_free(&bench->collector.out);
	arena_free(bench->arena);
}

// What the runtime does before the next block.
static inline void settle(struct bench *bench)
{
	do {
		int32_t n_left = (int32_t)random_below(&bench->random, 40);

		if (bench->packs)
			bench->op->ops->pack(bench->op, &n_left);
		bench->task.blocked = false;
		if (bench->op->pending)
			bench->op->ops->resume(bench->op);
	} while (bench->op->pending);
	bench->task.blocked = false;
}

static inline void feed_watermark(struct bench *bench, int64_t watermark)
{
	struct block control = {.kind = BLOCK_WATERMARK, .watermark = watermark};

	if (watermark > bench->op->watermark)
		op_feed(bench->op, &control);
	settle(bench);
}

// A block, and then, in the same step, a watermark that may have to wait behind its rows.
static inline void feed_both(
	struct bench *bench, const struct event *events, uint16_t n, int64_t watermark)
{
	struct block control = {.kind = BLOCK_WATERMARK, .watermark = watermark};
	struct event_block *block = malloc(sizeof(*block));

	event_block_fill(block, events, n, &bench->random);
	// A branch beside ours may have filled up before our turn came.
	if (bench->blocked_in > 0)
		bench->task.blocked = random_below(&bench->random, 2);
	op_feed(bench->op, &block->block);
	if (watermark > bench->op->watermark)
		op_feed(bench->op, &control);
	settle(bench);
	memset(block, 0xa5, sizeof(*block)); // the operator keeps nothing of it
	free(block);
}

static inline void feed(struct bench *bench, const struct event *events, uint16_t n)
{
	feed_both(bench, events, n, WATERMARK_NONE);
}

static inline void run(struct bench *bench, const struct event *events, uint32_t n)
{
	const struct group_window *group = (const struct group_window *)bench->op;

	for (uint32_t at = 0; at < n;) {
		uint16_t n_rows = (uint16_t)(1 + random_below(&bench->random, bench->rows_max));
		bool has_watermark;

		if (n_rows > n - at)
			n_rows = (uint16_t)(n - at);
		has_watermark = at + n_rows < n &&
				!(bench->watermarks_rare && random_below(&bench->random, 9));
		feed_both(bench, &events[at], n_rows,
			has_watermark ? events[at + n_rows].mark : WATERMARK_NONE);
		at += n_rows;
	}
	feed_watermark(bench, WATERMARK_END);
	assert_int_equal(bench->collector.watermark, WATERMARK_END);
	assert_int_equal(group->store.n_entries, 0);
	assert_int_equal(group->slab.n_pages, 0);
	assert_int_equal(group->timers.n_armed + group->clocks.n_armed, 0);
}

static inline uint64_t counter(const struct bench *bench, const char *name)
{
	for (uint16_t i = 0; i < bench->op->n_counters; i++)
		if (strcmp(bench->op->counters[i].name, name) == 0)
			return bench->op->counters[i].value;
	fail_msg("there is no counter %s", name);
	return 0;
}

struct numbered {
	const char *line;
	uint32_t number;
};

// By window, then as they came.
static inline int compare(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;
	size_t len_x = (size_t)(strchr(x->line, '#') - x->line);
	size_t len_y = (size_t)(strchr(y->line, '#') - y->line);
	int order = memcmp(x->line, y->line, len_x < len_y ? len_x : len_y);

	if (order == 0)
		order = (len_x > len_y) - (len_x < len_y);
	return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

static inline void sort_lines(struct twin_lines *out)
{
	struct numbered *lines = calloc(out->n + 1, sizeof(*lines));

	for (uint32_t i = 0; i < out->n; i++)
		lines[i] = (struct numbered){out->lines[i], i};
	qsort(lines, out->n, sizeof(*lines), compare);
	for (uint32_t i = 0; i < out->n; i++)
		out->lines[i] = (char *)lines[i].line;
	free(lines);
}

static inline void assert_same_lines(struct twin_lines *lines, struct twin_lines *wanted)
{
	sort_lines(lines);
	sort_lines(wanted);
	for (uint32_t i = 0; i < lines->n && i < wanted->n; i++)
		assert_string_equal(lines->lines[i], wanted->lines[i]);
	assert_int_equal(lines->n, wanted->n);
}
