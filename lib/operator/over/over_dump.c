// OVER for people: what is known of each key. Rows that still wait for the watermark are not shown.
#include <errno.h>
#include "operator/aggregate/aggregate_dump.h"
#include "operator/keyed_record.h"
#include "operator/over/over_state.h"

struct over_dump_state {
	struct key_layout keys, arguments;
	uint16_t last_time, n_rows, first_call; // columns
	struct keyed_record keyed;
	uint64_t skipped[(KEY_IMAGE_MAX + 7) / 8];
};

static int open(struct dump *dump, struct err *err)
{
	const struct over_config *config = dump->spec->config;
	const struct schema *input = dump->spec->input;
	struct over_dump_state *own = arena_alloc(dump->arena, sizeof(*own));
	uint16_t columns[SCHEMA_COLUMNS_MAX], n = over_argument_columns(config, columns);

	if (key_layout_init(&own->keys, input, config->keys, config->n_keys) < 0 ||
		key_layout_init(&own->arguments, input, columns, n) < 0)
		return err_set(err, E2BIG, "OVER has more than %d columns", KEY_COLUMNS_MAX);
	dump->own = own;
	dump_add_keys(dump, &own->keys, input);
	own->last_time = dump_add(dump, "last_time", type_timestamp(TYPE_TIMESTAMP, 3));
	own->n_rows = dump_add(dump, "rows_in_frames", type_of(TYPE_BIGINT));
	own->first_call = dump->schema->n_fields;
	for (uint16_t i = 0; i < config->n_calls; i++)
		aggregate_dump_add(dump, &config->calls[i].call, 1,
			&dump->spec->output->fields[input->n_fields + i]);
	return 0;
}

// What stands in front of the calls' states, as over_pack.c has it.
static void take_head(struct dump *dump, struct record_reader *in)
{
	const struct over_config *config = dump->spec->config;
	struct over_dump_state *own = dump->own;
	uint32_t n_records;

	dump_i64(dump, own->last_time, (int64_t)record_get_u64(in));
	record_get_u64(in); // when to forget it
	n_records = record_get_u32(in);
	dump_i64(dump, own->n_rows, n_records);
	for (uint16_t f = 0; f < config->n_frames; f++)
		record_get_u32(in);
	for (uint32_t i = 0; i < n_records && !in->is_short; i++) {
		record_get_u64(in);
		keyed_record_image(in, &own->arguments, own->skipped);
	}
}

static int take_key(struct dump *dump, const void *image, struct record_reader *in)
{
	const struct over_config *config = dump->spec->config;
	struct over_dump_state *own = dump->own;

	dump_key(dump, &own->keys, image);
	take_head(dump, in);
	for (uint16_t i = 0; i < config->n_calls; i++)
		if (in->is_short || aggregate_dump_states(dump, &config->calls[i].call, 1,
					    own->first_call + i, in) != 0)
			return -EINVAL;
	dump_row(dump);
	return 0;
}

static int take(struct dump *dump, const struct record *record, struct err *err)
{
	struct over_dump_state *own = dump->own;
	const void *image;

	if (record->key.part != OVER_KEYS)
		return 0;
	if (keyed_record_open(&own->keyed, record, &own->keys) < 0 || own->keyed.is_flat)
		return dump_bad(dump, err);
	while ((image = keyed_record_next(&own->keyed)) != NULL)
		if (take_key(dump, image, &own->keyed.in) < 0)
			return dump_bad(dump, err);
	return own->keyed.in.is_short ? dump_bad(dump, err) : 0;
}

const struct op_dump over_dump = {.open = open, .take = take};
