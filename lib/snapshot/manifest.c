#include "snapshot/manifest.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>

static json_t *hex(uint64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%016" PRIx64, value);
	return json_string(text);
}

static json_t *seed_text(const struct hash_seed *seed)
{
	char text[2 * sizeof(seed->bytes) + 1];

	for (size_t i = 0; i < sizeof(seed->bytes); i++)
		snprintf(text + 2 * i, 3, "%02x", seed->bytes[i]);
	return json_string(text);
}

static json_t *number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

// What is not UTF-8 (a comment of the script may be anything) is shown as it can be.
static json_t *text_of(const char *text)
{
	json_t *json = json_string(text);
	char *plain;

	if (json != NULL || text == NULL)
		return json != NULL ? json : json_null();
	plain = strdup(text);
	if (plain == NULL)
		return NULL;
	for (char *c = plain; *c != '\0'; c++)
		if ((unsigned char)*c >= 0x80)
			*c = '?';
	json = json_string(plain);
	free(plain);
	return json;
}

static json_t *operators_json(const struct checkpoint_plan *plan)
{
	json_t *all = json_array();

	for (uint32_t i = 0; i < plan->n_operators; i++) {
		const struct checkpoint_operator *op = &plan->operators[i];

		json_array_append_new(all,
			json_pack("{s:o, s:o, s:o, s:o, s:o}", "id", number(op->id), "kind",
				text_of(op->kind), "text", text_of(op->text), "table",
				text_of(op->table), "state_version", number(op->state_version)));
	}
	return all;
}

static json_t *sums_json(const struct manifest *manifest)
{
	json_t *all = json_array();

	for (uint32_t i = 0; i < manifest->n_sums; i++) {
		const struct manifest_sum *sum = &manifest->sums[i];

		json_array_append_new(all,
			json_pack("{s:o, s:o, s:o, s:o, s:o}", "id", number(sum->op), "records",
				number(sum->n_records), "pieces", number(sum->n_pieces), "bytes",
				number(sum->n_bytes), "checksum", hex(sum->checksum)));
	}
	return all;
}

static json_t *tables_json(const struct manifest *manifest)
{
	json_t *all = json_array();

	for (uint32_t i = 0; i < manifest->n_tables; i++) {
		const struct manifest_table *table = &manifest->tables[i];

		json_array_append_new(
			all, json_pack("{s:o, s:o, s:o}", "name", text_of(table->name), "rows",
				     number(table->n_rows), "checksum", hex(table->checksum)));
	}
	return all;
}

char *manifest_encode(const struct manifest *manifest)
{
	json_t *json = json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "format",
		number(manifest->format), "checkpoint", number(manifest->checkpoint), "base",
		number(manifest->base), "started_ns", number((uint64_t)manifest->started_ns),
		"ended_ns", number((uint64_t)manifest->ended_ns), "records_written",
		number(manifest->n_written), "bytes_written", number(manifest->n_written_bytes),
		"key_groups", number(manifest->key_groups), "seed", seed_text(&manifest->seed),
		"state", sums_json(manifest), "tables", tables_json(manifest), "job",
		text_of(manifest->plan.job_name), "operators", operators_json(&manifest->plan),
		"script", text_of(manifest->plan.script));
	char *text;

	if (json == NULL) {
		errno = ENOMEM;
		return NULL;
	}
	text = json_dumps(json, JSON_INDENT(1));
	json_decref(json);
	return text;
}

// ---- Decoding. Whatever is missing or of another type makes is_bad true.

struct decoder {
	bool is_bad;
};

static const json_t *member(struct decoder *decoder, const json_t *json, const char *name)
{
	const json_t *value = json_object_get(json, name);

	decoder->is_bad |= value == NULL;
	return value;
}

static uint64_t get_number(struct decoder *decoder, const json_t *json, const char *name)
{
	const json_t *value = member(decoder, json, name);

	decoder->is_bad |= !json_is_integer(value);
	return (uint64_t)json_integer_value(value);
}

static uint64_t get_hex(struct decoder *decoder, const json_t *json, const char *name)
{
	const char *text = json_string_value(member(decoder, json, name));
	char *end;
	uint64_t value;

	if (text == NULL || strlen(text) != 16) {
		decoder->is_bad = true;
		return 0;
	}
	value = strtoull(text, &end, 16);
	decoder->is_bad |= *end != '\0';
	return value;
}

// A string; NULL where it may be null.
static const char *get_text(
	struct decoder *decoder, const json_t *json, const char *name, bool may_be_null)
{
	const json_t *value = member(decoder, json, name);

	decoder->is_bad |= !json_is_string(value) && !(may_be_null && json_is_null(value));
	return json_string_value(value);
}

static void get_seed(struct decoder *decoder, const json_t *json, struct hash_seed *seed)
{
	const char *text = get_text(decoder, json, "seed", false);

	if (text == NULL || strlen(text) != 2 * sizeof(seed->bytes)) {
		decoder->is_bad = true;
		return;
	}
	for (size_t i = 0; i < sizeof(seed->bytes); i++) {
		unsigned int byte;

		decoder->is_bad |= sscanf(text + 2 * i, "%2x", &byte) != 1;
		seed->bytes[i] = (uint8_t)byte;
	}
}

// The members of an array into as many structs of this size; NULL and is_bad when it is none.
static void *get_array(struct decoder *decoder, const json_t *json, const char *name, size_t size,
	uint32_t *n, const json_t **array)
{
	void *elements;

	*array = member(decoder, json, name);
	*n = 0;
	decoder->is_bad |=
		!json_is_array(*array) || json_array_size(*array) > MANIFEST_OPERATORS_MAX;
	if (decoder->is_bad)
		return NULL;
	elements = calloc(json_array_size(*array) + 1, size);
	if (elements == NULL)
		decoder->is_bad = true;
	else
		*n = (uint32_t)json_array_size(*array);
	return elements;
}

static void get_operators(struct decoder *decoder, const json_t *json, struct checkpoint_plan *plan)
{
	const json_t *array;
	struct checkpoint_operator *operators = get_array(
		decoder, json, "operators", sizeof(*operators), &plan->n_operators, &array);

	for (uint32_t i = 0; i < plan->n_operators; i++) {
		const json_t *op = json_array_get(array, i);

		operators[i].id = (uint32_t)get_number(decoder, op, "id");
		operators[i].kind = get_text(decoder, op, "kind", false);
		operators[i].text = get_text(decoder, op, "text", false);
		operators[i].table = get_text(decoder, op, "table", true);
		// Without one it is from before there were versions: 0.
		operators[i].state_version =
			(uint32_t)json_integer_value(json_object_get(op, "state_version"));
	}
	plan->operators = operators;
}

static void get_sums(struct decoder *decoder, const json_t *json, struct manifest *manifest)
{
	const json_t *array;

	manifest->sums = get_array(
		decoder, json, "state", sizeof(*manifest->sums), &manifest->n_sums, &array);
	for (uint32_t i = 0; i < manifest->n_sums; i++) {
		const json_t *sum = json_array_get(array, i);

		manifest->sums[i] = (struct manifest_sum){
			.op = (uint32_t)get_number(decoder, sum, "id"),
			.n_records = get_number(decoder, sum, "records"),
			.n_pieces = get_number(decoder, sum, "pieces"),
			.n_bytes = get_number(decoder, sum, "bytes"),
			.checksum = get_hex(decoder, sum, "checksum"),
		};
	}
}

static void get_tables(struct decoder *decoder, const json_t *json, struct manifest *manifest)
{
	const json_t *array;

	manifest->tables = get_array(
		decoder, json, "tables", sizeof(*manifest->tables), &manifest->n_tables, &array);
	for (uint32_t i = 0; i < manifest->n_tables; i++) {
		const json_t *table = json_array_get(array, i);
		const char *name = get_text(decoder, table, "name", false);

		if (name != NULL)
			snprintf(manifest->tables[i].name, sizeof(manifest->tables[i].name), "%s",
				name);
		manifest->tables[i].n_rows = get_number(decoder, table, "rows");
		manifest->tables[i].checksum = get_hex(decoder, table, "checksum");
	}
}

static void decode_fields(struct decoder *decoder, const json_t *json, struct manifest *manifest)
{
	manifest->checkpoint = get_number(decoder, json, "checkpoint");
	manifest->base = get_number(decoder, json, "base");
	manifest->started_ns = (int64_t)get_number(decoder, json, "started_ns");
	manifest->ended_ns = (int64_t)get_number(decoder, json, "ended_ns");
	manifest->n_written = get_number(decoder, json, "records_written");
	manifest->n_written_bytes = get_number(decoder, json, "bytes_written");
	manifest->key_groups = (uint32_t)get_number(decoder, json, "key_groups");
	get_seed(decoder, json, &manifest->seed);
	get_sums(decoder, json, manifest);
	get_tables(decoder, json, manifest);
	get_operators(decoder, json, &manifest->plan);
	manifest->plan.job_name = get_text(decoder, json, "job", true);
	manifest->plan.script = get_text(decoder, json, "script", true);
}

int manifest_decode(struct manifest *manifest, const char *text, size_t len, struct err *err)
{
	struct decoder decoder = {0};
	json_t *json = json_loadb(text, len, 0, NULL);

	*manifest = (struct manifest){.json = json};
	manifest->format = (uint32_t)get_number(&decoder, json, "format");
	if (!decoder.is_bad && manifest->format != MANIFEST_FORMAT) {
		err_set(err, EPROTO, "it has format %" PRIu32 ", and this tidewire knows format %d",
			manifest->format, MANIFEST_FORMAT);
		manifest_clear(manifest);
		return -EPROTO;
	}
	if (!decoder.is_bad)
		decode_fields(&decoder, json, manifest);
	if (!decoder.is_bad)
		return 0;
	manifest_clear(manifest);
	return err_set(err, EINVAL, "its manifest cannot be read");
}

void manifest_clear(struct manifest *manifest)
{
	if (manifest->json != NULL) { // else its plan is somebody else's
		json_decref(manifest->json);
		free((void *)manifest->plan.operators);
	}
	free(manifest->sums);
	free(manifest->tables);
	*manifest = (struct manifest){0};
}

uint64_t manifest_n_records(const struct manifest *manifest)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < manifest->n_sums; i++)
		n += manifest->sums[i].n_records;
	return n;
}

uint64_t manifest_n_bytes(const struct manifest *manifest)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < manifest->n_sums; i++)
		n += manifest->sums[i].n_bytes;
	return n;
}
