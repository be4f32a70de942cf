// What a checkpoint holds: which operators, and their state as rows. The manifest has the job's
// script: planned again it says how the records read.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <jansson.h>
#include "tidewire/zone_file.h"
#include "tidewirectl/commands.h"
#include "tidewirectl/plan.h"
#include "tidewirectl/reader.h"
#include "tidewirectl/rows.h"

// ---- Which operators there are

static const struct manifest_sum *sum_of(const struct manifest *manifest, uint32_t id)
{
	static const struct manifest_sum none;

	for (uint32_t i = 0; i < manifest->n_sums; i++)
		if (manifest->sums[i].op == id)
			return &manifest->sums[i];
	return &none;
}

static void show_operator(
	const struct manifest *manifest, const struct checkpoint_operator *op, bool is_json)
{
	const struct manifest_sum *sum = sum_of(manifest, op->id);
	json_t *object;
	char *line;

	if (!is_json) {
		printf("%-8u  %12" PRIu64 "  %14" PRIu64 "  %s(%s)\n", op->id, sum->n_records,
			sum->n_bytes, op->kind, op->text);
		return;
	}
	object = json_pack("{s:I, s:s, s:s, s:I, s:I}", "operator", (json_int_t)op->id, "kind",
		op->kind, "text", op->text, "records", (json_int_t)sum->n_records, "bytes",
		(json_int_t)sum->n_bytes);
	line = json_dumps(object, JSON_COMPACT);
	if (line != NULL)
		puts(line);
	free(line);
	json_decref(object);
}

int state_operators(const struct ctl_options *options, struct err *err)
{
	static struct reader reader;
	const struct checkpoint_plan *plan = &reader.manifest.plan;
	int result = reader_open(&reader, options, err);

	if (result == 0)
		result = reader_choose(&reader, options, err);
	if (result == 0 && options->format == CTL_TEXT)
		printf("%-8s  %12s  %14s  %s\n", "operator", "records", "bytes", "what it is");
	for (uint32_t i = 0; result == 0 && i < plan->n_operators; i++)
		show_operator(&reader.manifest, &plan->operators[i], options->format == CTL_JSON);
	reader_close(&reader);
	return result < 0 ? CTL_FAILED : CTL_DONE;
}

// ---- Rows

enum { RECORDS_OF_THE_RUNTIME = 0 }; // their part

// An operator whose rows are wanted.
struct shown {
	struct dump dump;
	struct rows rows;
	bool is_open;
};

struct showing {
	const struct ctl_options *options;
	struct err *err;
	struct plan_operators operators;
	struct shown **shown; // [:operators.n] by id, NULL = not wanted
	bool is_wrong; // what was asked for makes no sense
	uint64_t n_rows;
};

static int show_record(void *arg, const struct record *record)
{
	struct showing *showing = arg;
	struct shown *shown;

	if (record->key.op >= showing->operators.n)
		return 0;
	shown = showing->shown[record->key.op];
	if (shown == NULL || record->key.part == RECORDS_OF_THE_RUNTIME)
		return 0;
	return dump_take(&shown->dump, record, showing->err);
}

static int open_one(struct showing *showing, const struct op_spec *spec, struct arena *arena)
{
	const struct ctl_options *options = showing->options;
	struct shown *shown = calloc(1, sizeof(*shown));

	if (shown == NULL)
		return err_set(showing->err, ENOMEM, "no memory");
	showing->shown[spec->id] = shown;
	if (dump_open(&shown->dump, spec, arena, rows_print, &shown->rows, showing->err) < 0)
		return -EINVAL;
	shown->is_open = true;
	return rows_open(&shown->rows, &shown->dump, options->format, options->key, showing->err);
}

// Those that were asked for, or all that can be read.
static int open_shown(struct showing *showing, const struct manifest *manifest, struct arena *arena)
{
	const char *name = showing->options->operator_name;
	const struct op_spec *one = NULL;

	if (name != NULL) {
		one = plan_find(&showing->operators, name, showing->err);
		return one != NULL ? open_one(showing, one, arena) : -ENOENT;
	}
	for (uint32_t id = 0; id < showing->operators.n; id++) {
		const struct op_spec *spec = showing->operators.specs[id];

		if (spec == NULL || sum_of(manifest, id)->n_records == 0)
			continue;
		if (dump_is_possible(spec) && open_one(showing, spec, arena) < 0)
			return -EINVAL;
	}
	return 0;
}

static int end_shown(struct showing *showing)
{
	int result = 0;

	for (uint32_t id = 0; id < showing->operators.n && result == 0; id++)
		if (showing->shown[id] != NULL)
			result = dump_end(&showing->shown[id]->dump, showing->err);
	return result;
}

static void close_shown(struct showing *showing)
{
	for (uint32_t id = 0; showing->shown != NULL && id < showing->operators.n; id++) {
		struct shown *shown = showing->shown[id];

		if (shown == NULL)
			continue;
		showing->n_rows += shown->rows.n_printed;
		rows_close(&shown->rows);
		if (shown->is_open)
			dump_close(&shown->dump);
		free(shown);
	}
	free(showing->shown);
}

static int show(struct reader *reader, struct showing *showing, struct arena *arena)
{
	const struct ctl_options *options = showing->options;
	int result = plan_operators(&showing->operators, arena, &reader->manifest,
		options->settings, options->n_settings, showing->err);

	if (result < 0)
		return result;
	showing->shown = calloc(showing->operators.n + 1u, sizeof(struct shown *));
	if (showing->shown == NULL)
		return err_set(showing->err, ENOMEM, "no memory");
	result = open_shown(showing, &reader->manifest, arena);
	showing->is_wrong = result < 0;
	if (result < 0)
		return result;
	result = checkpoint_read(
		reader->store, reader->manifest.checkpoint, show_record, showing, showing->err);
	if (result < 0)
		return err_set(showing->err, -result, "checkpoint %" PRIu64 " in %s: %s",
			reader->manifest.checkpoint, options->dir, strerror(-result));
	return end_shown(showing);
}

static int show_state(const struct ctl_options *options, uint64_t *n_rows, struct err *err)
{
	static struct reader reader;
	struct showing showing = {.options = options, .err = err};
	struct arena *arena = arena_new();
	int result = reader_open(&reader, options, err);

	if (result == 0)
		result = reader_choose(&reader, options, err);
	if (result == 0)
		result = show(&reader, &showing, arena);
	close_shown(&showing);
	*n_rows = showing.n_rows;
	reader_close(&reader);
	arena_free(arena);
	if (showing.is_wrong)
		return CTL_WRONG;
	return result < 0 ? CTL_FAILED : CTL_DONE;
}

int state_get(const struct ctl_options *options, struct err *err)
{
	uint64_t n_rows = 0;
	int status;

	if (options->operator_name == NULL || options->key == NULL) {
		err_set(err, EINVAL,
			"state get needs %s; `tidewirectl state operators %s` lists "
			"the operators",
			options->operator_name == NULL ? "--operator" : "--key", options->dir);
		return CTL_WRONG;
	}
	status = show_state(options, &n_rows, err);
	if (status == CTL_DONE && n_rows == 0) {
		err_set(err, ENOENT, "operator %s has no state of key %s", options->operator_name,
			options->key);
		return CTL_FAILED;
	}
	return status;
}

int state_dump(const struct ctl_options *options, struct err *err)
{
	uint64_t n_rows;

	if (options->key != NULL) {
		err_set(err, EINVAL, "state dump shows all keys: state get takes --key");
		return CTL_WRONG;
	}
	return show_state(options, &n_rows, err);
}
