// A WindowAggregate on the bench: a task around it, a collector behind it that writes results down
// as lines of text and may say "full" at random.
#pragma once
#include "operator/window/window.h"
#include "lazy_mem.h"
#include "window_twin.h"

enum { BENCH_AGGREGATES = 14, BENCH_PROPERTIES = 3, BENCH_TEXT_MAX = 64 };

struct bench;

struct bench_settings {
	uint16_t rows_max; // rows of a block are random up to this
	uint32_t blocked_in; // one block in so many finds the way blocked; 0 = never
	uint64_t pool_size; // bytes; 0 = plenty
	bool drop_new_keys;
	bool watermarks_rare; // not behind every block
	bool is_live; // rows come while windows fire
	int32_t portion; // entries fired at once; 0 = as always
	void (*change)(struct bench *bench); // other aggregates and windows than the twin's
};

struct collector {
	struct op op; // first: what the window emits to
	struct bench *bench;
	char **lines;
	uint32_t n_lines, n_lines_max;
	int64_t watermark; // the last one that came
	uint32_t n_watermarks;
	int64_t n_rows; // sum of the results' COUNT(*)
	uint32_t n_idle, n_end;
};

struct bench {
	struct arena *arena;
	struct random *random;
	struct bench_settings settings;
	struct op_task task;
	struct page_pool pool;
	struct hash_seed seed;
	struct aggregate_call calls[BENCH_AGGREGATES];
	uint16_t keys[2];
	struct window_aggregate_config config;
	struct op_spec spec;
	struct op *window;
	struct collector collector;
	uint32_t n_between; // blocks that came while windows fired
};

// Of what is too long for a line, or no text.
static inline uint64_t bench_hash(const struct str *view)
{
	uint64_t hash = view->len;

	for (uint32_t i = 0; i < view->len; i++)
		hash = hash_mix(hash + (uint8_t)str_data(view)[i]);
	return hash;
}

static inline char *bench_value(
	char *at, const struct column *column, struct type type, uint16_t slot)
{
	const struct str *view = (const struct str *)column->values + slot;

	if (nulls_get(column->nulls, slot))
		return at + sprintf(at, "NULL|");
	switch (type.kind) {
	case TYPE_VARCHAR:
		if (view->len <= BENCH_TEXT_MAX)
			return at + sprintf(at, "%.*s|", (int)view->len, str_data(view));
		return at + sprintf(at, "%lx|", bench_hash(view));
	case TYPE_ARRAY:
	case TYPE_MULTISET:
		return at + sprintf(at, "%lx|", bench_hash(view));
	case TYPE_DECIMAL:
		return twin_decimal(at, ((decimal *)column->values)[slot], type.scale, 1);
	case TYPE_DOUBLE:
		return twin_number(at, (int64_t)((double *)column->values)[slot], 1);
	case TYPE_INT:
		return twin_number(at, ((int32_t *)column->values)[slot], 1);
	case TYPE_BOOLEAN:
		return twin_number(at, ((uint8_t *)column->values)[slot], 1);
	default:
		return twin_number(at, ((int64_t *)column->values)[slot], 1);
	}
}

static inline void collector_process(struct op *op, const struct block *block)
{
	struct collector *collector = (struct collector *)op;
	struct bench *bench = collector->bench;
	const struct schema *schema = bench->spec.output;
	const struct column *ends = &block->columns[schema->n_fields - 2];

	assert_false(bench->task.blocked);
	assert_int_equal(block->late_mark, collector->watermark);
	for (uint16_t slot = 0; slot < block->n_rows; slot++) {
		char line[TWIN_LINE_MAX], *at = line;

		// A result is never late behind the watermark that went before it.
		assert_true(slices_closes_at(&bench->config.window.slices,
				    ((int64_t *)ends->values)[slot]) > collector->watermark);
		for (uint16_t c = 0; c < schema->n_fields; c++)
			at = bench_value(at, &block->columns[c], schema->fields[c].type, slot);
		at[-1] = '\0';
		if (collector->n_lines == collector->n_lines_max) {
			collector->n_lines_max = 2 * collector->n_lines_max + 64;
			collector->lines =
				realloc(collector->lines, collector->n_lines_max * sizeof(char *));
		}
		collector->lines[collector->n_lines++] = strdup(line);
		collector->n_rows += ((int64_t *)block->columns[bench->config.n_keys].values)[slot];
	}
	if (bench->settings.blocked_in > 0 &&
		random_below(bench->random, bench->settings.blocked_in) == 0)
		bench->task.blocked = true;
}

static inline void collector_control(struct op *op, const struct block *block)
{
	struct collector *collector = (struct collector *)op;

	assert_false(collector->bench->task.blocked);
	collector->n_idle += block->kind == BLOCK_IDLE;
	collector->n_end += block->kind == BLOCK_END;
	if (block->kind != BLOCK_WATERMARK)
		return;
	assert_true(block->watermark > collector->watermark);
	collector->watermark = block->watermark;
	collector->n_watermarks++;
}

static inline void bench_call_of(
	struct bench *bench, int i, const char *name, int column, bool distinct)
{
	uint16_t n_args = column >= 0;
	struct aggregate_arg arg = {0};
	struct err err = {0};

	bench->calls[i].filter = -1;
	bench->calls[i].text = name;
	if (n_args > 0)
		arg.type = bench->spec.input->fields[column].type;
	assert_int_equal(aggregate_resolve(name, &arg, n_args, distinct, AGGREGATE_GROUPED,
				 bench->arena, (struct pos){0}, &bench->calls[i], &err),
		0);
	if (n_args > 0)
		bench->calls[i].arguments[0] = (uint16_t)column;
}

static inline void bench_call(struct bench *bench, int i, const char *name, int column)
{
	bench_call_of(bench, i, name, column, false);
}

static inline void bench_calls(struct bench *bench, const struct twin_settings *settings)
{
	int text = settings->no_text ? EVENT_AMOUNT : EVENT_NOTE;

	bench_call(bench, 0, "COUNT", -1);
	bench_call(bench, 1, "COUNT", EVENT_AMOUNT);
	bench_call(bench, 2, "SUM", EVENT_AMOUNT);
	bench_call(bench, 3, "MIN", EVENT_AMOUNT);
	bench_call(bench, 4, "max", EVENT_AMOUNT);
	bench_call(bench, 5, "AVG", EVENT_AMOUNT);
	bench_call(bench, 6, "SUM", EVENT_SCORE);
	bench_call(bench, 7, "MIN", text);
	bench_call(bench, 8, "MAX", text);
	bench_call(bench, 9, "SUM", EVENT_PRICE);
	bench_call(bench, 10, "AVG", EVENT_PRICE);
	bench_call(bench, 11, "MIN", EVENT_PASSES);
	bench_call(bench, 12, "COUNT", -1);
	bench->calls[12].filter = EVENT_PASSES;
	bench_call(bench, 13, "MAX", EVENT_TS);
}

// Keys, aggregates, properties.
static inline struct schema *bench_output(struct bench *bench)
{
	uint16_t n_keys = bench->config.n_keys;
	struct schema *schema =
		schema_new(bench->arena, n_keys + bench->config.n_aggregates + BENCH_PROPERTIES);
	struct field *properties = schema->fields + n_keys + bench->config.n_aggregates;

	for (uint16_t i = 0; i < n_keys; i++)
		schema->fields[i] = bench->spec.input->fields[bench->keys[i]];
	for (int i = 0; i < bench->config.n_aggregates; i++)
		schema->fields[n_keys + i] = (struct field){"a", bench->calls[i].result_type};
	for (int i = 0; i < BENCH_PROPERTIES; i++)
		properties[i] = (struct field){"w", bench->config.window.time_type};
	return schema;
}

static inline void bench_configure(struct bench *bench, const struct twin_settings *settings)
{
	static const uint16_t city_and_user[] = {EVENT_CITY, EVENT_USER}, user[] = {EVENT_USER};
	struct window_aggregate_config *config = &bench->config;

	memcpy(bench->keys, settings->key == TWIN_USER ? user : city_and_user,
		settings->key == TWIN_USER ? sizeof(user) : sizeof(city_and_user));
	*config = (struct window_aggregate_config){
		.window.shape = settings->cumulates		    ? WINDOW_CUMULATE
				: settings->size == settings->slide ? WINDOW_TUMBLE
								    : WINDOW_HOP,
		.window.slices = {.size = settings->size,
			.slide = settings->slide,
			.offset = settings->offset,
			.cumulates = settings->cumulates,
			.zone = settings->zone},
		.window.time_column = EVENT_TS,
		.window.time_type = type_timestamp(TYPE_TIMESTAMP, 3),
		.n_keys = settings->key == TWIN_NO_KEY ? 0
			  : settings->key == TWIN_USER ? 1
						       : 2,
		.keys = bench->keys,
		.n_aggregates = BENCH_AGGREGATES,
		.aggregates = bench->calls,
		.n_properties = BENCH_PROPERTIES,
		.properties = {WINDOW_START, WINDOW_END, WINDOW_TIME},
	};
}

static inline void bench_init(struct bench *bench, const struct twin_settings *settings,
	const struct bench_settings *how, struct random *random)
{
	static const struct op_ops ops = {
		.process = collector_process, .control = collector_control};
	struct err err = {0};

	*bench = (struct bench){.arena = arena_new(), .random = random, .settings = *how};
	bench->spec = (struct op_spec){.kind = &window_aggregate_kind,
		.config = &bench->config,
		.input = event_schema(bench->arena),
		.takes_events = true};
	bench_calls(bench, settings);
	bench_configure(bench, settings);
	if (how->change != NULL)
		how->change(bench);
	bench->spec.output = bench_output(bench);
	hash_seed_from(&bench->seed, 7);
	assert_int_equal(page_pool_init(&bench->pool, &lazy_mem,
				 how->pool_size != 0 ? how->pool_size : 64 << 20),
		0);
	bench->task = (struct op_task){.mem = &lazy_mem,
		.seed = &bench->seed,
		.pool = &bench->pool,
		.drop_new_keys = how->drop_new_keys,
		.is_live = how->is_live,
		.portion = how->portion};
	bench->window = window_aggregate_kind.create(&bench->spec, &bench->task, &err);
	assert_non_null(bench->window);
	bench->window->outs[0] = &bench->collector.op;
	bench->window->n_outs = 1;
	op_init(&bench->collector.op, &ops, &bench->spec, &bench->task);
	bench->collector.bench = bench;
	bench->collector.watermark = WATERMARK_NONE;
}

static inline void bench_free(struct bench *bench)
{
	bench->window->ops->free(bench->window);
	assert_int_equal(bench->pool.n_used, 0);
	page_pool_destroy(&bench->pool, &lazy_mem);
	for (uint32_t i = 0; i < bench->collector.n_lines; i++)
		free(bench->collector.lines[i]);
	free(bench->collector.lines);
	arena_free(bench->arena);
}

// What the runtime does before the next block: at least what it must.
static inline void bench_go_on(struct bench *bench)
{
	struct op *window = bench->window;

	do {
		bench->task.blocked = false;
		if (window->pending && (op_is_closed(window) || random_below(bench->random, 2)))
			window->ops->resume(window);
	} while (bench->task.blocked || op_is_closed(window));
}

// And until nothing is left to do.
static inline void bench_settle(struct bench *bench)
{
	do {
		bench->task.blocked = false;
		if (bench->window->pending)
			bench->window->ops->resume(bench->window);
	} while (bench->window->pending);
	bench->task.blocked = false;
}

static inline void bench_watermark(struct bench *bench, int64_t watermark)
{
	struct block control = {.kind = BLOCK_WATERMARK, .watermark = watermark};

	if (watermark <= bench->window->watermark)
		return;
	op_feed(bench->window, &control);
}

// All events, in blocks of random sizes, with a watermark behind each block; then the end.
static inline void bench_run(struct bench *bench, const struct event *events, uint32_t n)
{
	struct block end = {.kind = BLOCK_END};
	struct event_block *block = malloc(sizeof(*block));

	for (uint32_t at = 0; at < n;) {
		uint16_t n_rows =
			(uint16_t)(1 + random_below(bench->random, bench->settings.rows_max));

		if (n_rows > n - at)
			n_rows = (uint16_t)(n - at);
		event_block_fill(block, &events[at], n_rows, bench->random);
		at += n_rows;
		// A branch beside ours may have filled up before our turn came.
		if (bench->settings.blocked_in > 0)
			bench->task.blocked = random_below(bench->random, 2);
		bench->n_between += bench->window->pending;
		op_feed(bench->window, &block->block);
		memset(block, 0xa5, sizeof(*block)); // the operator keeps nothing of it
		if (at < n && !(bench->settings.watermarks_rare && random_below(bench->random, 9)))
			bench_watermark(bench, events[at].mark);
		bench_go_on(bench);
	}
	bench_watermark(bench, WATERMARK_END);
	bench_settle(bench);
	op_feed(bench->window, &end);
	bench_settle(bench);
	assert_int_equal(bench->collector.n_end, 1);
	assert_int_equal(bench->collector.watermark, WATERMARK_END);
	free(block);
}

static inline uint64_t bench_counter(const struct bench *bench, const char *name)
{
	const struct op *op = bench->window;

	for (uint16_t i = 0; i < op->n_counters; i++)
		if (strcmp(op->counters[i].name, name) == 0)
			return op->counters[i].value;
	fail_msg("there is no counter %s", name);
	return 0;
}

static inline int bench_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

// The twin's lines, sorted; free() them and the array.
static inline char **twin_lines(const struct twin *twin)
{
	char **lines = calloc(twin->n_groups + 1, sizeof(char *));
	uint32_t n = 0;

	for (int i = 0; i < TWIN_BUCKETS; i++)
		for (const struct twin_group *group = twin->buckets[i]; group != NULL;
			group = group->next) {
			lines[n] = malloc(TWIN_LINE_MAX);
			twin_line(twin, group, lines[n++]);
		}
	qsort(lines, n, sizeof(char *), bench_order);
	return lines;
}

// The operator's lines are the twin's, whatever their order.
static inline void bench_compare(struct bench *bench, const struct twin *twin)
{
	char **lines = bench->collector.lines, **wanted = twin_lines(twin);
	uint32_t n = twin->n_groups;

	if (bench->collector.n_lines > 0)
		qsort(lines, bench->collector.n_lines, sizeof(char *), bench_order);
	for (uint32_t i = 0; i < n && i < bench->collector.n_lines; i++)
		assert_string_equal(lines[i], wanted[i]);
	assert_int_equal(bench->collector.n_lines, n);
	for (uint32_t i = 0; i < n; i++)
		free(wanted[i]);
	free(wanted);
}
