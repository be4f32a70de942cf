// Tables: the chain that reads one, the stage that writes one, and their options.
#include <errno.h>
#include <string.h>
#include "base/nearest.h"
#include "operator/calc/calc.h"
#include "operator/source/watermark_assigner.h"
#include "sql/physical.h"

// ---- Options

// What a table's options may be called, formats' own options aside.
static const char *const option_keys[] = {
	"connector",
	"format",
	"path",
	"local",
	"remote",
	"port",
	"message.delimiter",
	"message.framing",
	"replay.speed",
	"rows-per-second",
	"number-of-rows",
	"scan.late-rows.table",
	"scan.watermark.advance-when-idle",
	"scan.watermark.emit.strategy",
	"scan.watermark.idle-timeout",
	"scan.watermark.max-drift",
};

enum { N_OPTION_KEYS = sizeof(option_keys) / sizeof(*option_keys), NEAREST_MAX = 64 };

static bool is_option_key(const char *key)
{
	for (size_t i = 0; i < N_OPTION_KEYS; i++)
		if (strcmp(option_keys[i], key) == 0)
			return true;
	return false;
}

static int unknown_option(struct physical *physical, const struct catalog_table *table,
	const struct table_option *option, const struct format *format)
{
	const char *keys[NEAREST_MAX], *nearest;
	size_t n = N_OPTION_KEYS;

	if (is_option_key(option->key))
		return err_set_at(physical->err, option->pos,
			"option '%s' does not go with the connector of table '%s'", option->key,
			table->name);
	memcpy(keys, option_keys, sizeof(option_keys));
	for (size_t i = 0; format != NULL && format->option_keys[i] != NULL && n < NEAREST_MAX; i++)
		keys[n++] = arena_printf(
			physical->arena, "%s.%s", format->name, format->option_keys[i]);
	nearest = nearest_name(option->key, keys, n);
	if (nearest != NULL)
		return err_set_at(physical->err, option->pos,
			"unknown option '%s'; did you mean '%s'?", option->key, nearest);
	return err_set_at(physical->err, option->pos,
		"unknown option '%s' for the connector of table '%s'", option->key, table->name);
}

static int check_options(
	struct physical *physical, const struct catalog_table *table, const struct format *format)
{
	for (uint16_t i = 0; i < table->n_options; i++)
		if (!table->options[i].used)
			return unknown_option(physical, table, &table->options[i], format);
	return 0;
}

// The connector has found something wrong. When it misses an option, a misspelt one is the reason.
static int refuse_options(
	struct physical *physical, const struct catalog_table *table, const struct err *why)
{
	for (uint16_t i = 0; why->pos.line == 0 && i < table->n_options; i++) {
		const struct table_option *option = &table->options[i];

		if (!option->used && !is_option_key(option->key) &&
			nearest_name(option->key, option_keys, N_OPTION_KEYS) != NULL)
			return unknown_option(physical, table, option, NULL);
	}
	return err_set_at(
		physical->err, why->pos.line != 0 ? why->pos : table->pos, "%s", why->text);
}

// Whether format takes the options' values and the columns' types: it is made and thrown away.
static int check_decoder(struct physical *physical, const struct catalog_table *table,
	const struct source_config *config)
{
	struct err why = {0};
	struct decoder *decoder;

	if (config->format == NULL)
		return 0;
	decoder = config->format->decoder_new(&mem_libc, table->physical, table->wanted,
		config->format_options, config->n_format_options, &why);
	if (decoder == NULL)
		return refuse_options(physical, table, &why);
	decoder->ops->free(decoder);
	return 0;
}

static int check_encoder(struct physical *physical, const struct catalog_table *table,
	const struct sink_config *config)
{
	struct err why = {0};
	struct encoder *encoder;

	if (config->format == NULL)
		return 0;
	encoder = config->format->encoder_new(
		&mem_libc, table->physical, config->format_options, config->n_format_options, &why);
	if (encoder == NULL)
		return refuse_options(physical, table, &why);
	encoder->ops->free(encoder);
	return 0;
}

// ---- Sources

static void mark(uint16_t column, void *context)
{
	((bool *)context)[column] = true;
}

// What the time attribute and the watermark read is wanted whoever reads the table.
static void want_time(struct arena *arena, struct catalog_table *table)
{
	uint16_t n = table->physical->n_fields;
	bool *read = arena_alloc(arena, (n + 1u) * sizeof(*read));

	if (table->rowtime < 0)
		return;
	expr_columns(table->watermark, mark, read);
	if (table->time_expr != NULL)
		expr_columns(table->time_expr, mark, read);
	else
		read[table->rowtime] = true;
	for (uint16_t i = 0; i < n; i++)
		table->wanted[i] |= read[i];
}

static const struct source_config *configure_source(
	struct physical *physical, struct catalog_table *table)
{
	struct source_config *config = arena_alloc(physical->arena, sizeof(*config));
	struct sink_config other = {0};
	struct err ignored = {0}, why = {0};

	if (source_configure(config, physical->arena, table->name, table->physical, table->options,
		    table->n_options, &why) < 0) {
		refuse_options(physical, table, &why);
		return NULL;
	}
	// An option that only the sink understands is none too many.
	sink_configure(&other, physical->arena, table->name, table->physical, table->options,
		table->n_options, &ignored);
	if (check_options(physical, table, config->format) < 0 ||
		check_decoder(physical, table, config) < 0)
		return NULL;
	if (config->journal != NULL && config->journal->sequence_column >= 0)
		table->wanted[config->journal->sequence_column] = true;
	config->wanted = table->wanted;
	config->idle_timeout_ns = table->idle_timeout_ns >= 0 ? table->idle_timeout_ns
							      : physical->settings->idle_timeout_ns;
	config->repeat_idle = table->advance_when_idle;
	return config;
}

// A Calc that puts the computed time attribute behind the physical columns.
static struct op_spec *compute_time(
	struct physical *physical, struct op_spec *source, const struct catalog_table *table)
{
	struct calc_config *config = arena_alloc(physical->arena, sizeof(*config));
	uint16_t n = table->scan->n_fields;
	const struct expr **exprs = arena_alloc(physical->arena, n * sizeof(*exprs));

	for (uint16_t i = 0; i + 1 < n; i++)
		exprs[i] = expr_column(physical->arena, i, table->scan->fields[i].type, table->pos);
	exprs[n - 1] = table->time_expr;
	config->n_exprs = n;
	config->exprs = exprs;
	return physical_op(physical, source, &calc_kind, config, table->scan);
}

static struct op_spec *assign_watermarks(
	struct physical *physical, struct op_spec *input, const struct catalog_table *table)
{
	struct watermark_config *config = arena_alloc(physical->arena, sizeof(*config));

	*config = (struct watermark_config){
		.time_column = (uint16_t)table->rowtime,
		.watermark = table->watermark,
		.max_drift_ms = table->max_drift_ms,
		.on_periodic = table->on_periodic,
		.advance_when_idle = table->advance_when_idle,
	};
	return physical_op(physical, input, &watermark_kind, config, table->scan);
}

struct op_spec *physical_source(struct physical *physical, struct catalog_table *table)
{
	const struct source_config *config;
	struct op_spec *op;

	if (table->source != NULL)
		return table->source;
	config = configure_source(physical, table);
	if (config == NULL)
		return NULL;
	want_time(physical->arena, table);
	op = physical_op(physical, NULL, &source_kind, config, table->physical);
	if (op == NULL)
		return NULL;
	op->takes_events = true;
	physical_stage(physical, &physical->flow, STAGE_SOURCE, table->name, NULL)->head = op;
	if (table->time_expr != NULL)
		op = compute_time(physical, op, table);
	if (op != NULL && table->rowtime >= 0)
		op = assign_watermarks(physical, op, table);
	table->source = op;
	return op;
}

// ---- Sinks

struct stage *physical_sink(struct physical *physical, struct catalog_table *table)
{
	struct sink_config *config;
	struct source_config other = {0};
	struct err ignored = {0}, why = {0};
	struct op_spec *op;

	if (table->sink != NULL)
		return table->sink;
	config = arena_alloc(physical->arena, sizeof(*config));
	config->n_keys = table->n_keys;
	config->keys = table->keys;
	if (sink_configure(config, physical->arena, table->name, table->physical, table->options,
		    table->n_options, &why) < 0) {
		refuse_options(physical, table, &why);
		return NULL;
	}
	source_configure(&other, physical->arena, table->name, table->physical, table->options,
		table->n_options, &ignored);
	if (check_options(physical, table, config->format) < 0 ||
		check_encoder(physical, table, config) < 0)
		return NULL;
	op = physical_op(physical, NULL, &sink_kind, config, table->physical);
	if (op == NULL)
		return NULL;
	op->input = table->physical;
	table->sink = physical_stage(
		physical, &physical->sinks, STAGE_SINK, table->name, table->physical);
	table->sink->head = op;
	return table->sink;
}
