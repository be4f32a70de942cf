// A WindowTopN for people: the rows that it keeps of each window and key, in no order.
// window_topn_checkpoint.c says what the records are.
#include <errno.h>
#include "operator/dump.h"
#include "operator/keyed_record.h"
#include "operator/window/slices_dump.h"
#include "operator/window/window_topn_state.h"

struct topn_dump_state {
	struct key_layout keys, row;
	struct slices_dump slices;
	uint16_t first_column; // of the row
	struct keyed_record keyed;
	uint64_t image[(KEY_IMAGE_MAX + 7) / 8]; // of a row
};

static int open(struct dump *dump, struct err *err)
{
	const struct window_topn_config *config = dump->spec->config;
	const struct schema *input = dump->spec->input;
	struct topn_dump_state *own = arena_alloc(dump->arena, sizeof(*own));
	uint16_t columns[SCHEMA_COLUMNS_MAX];

	for (uint16_t i = 0; i < input->n_fields; i++)
		columns[i] = i;
	if (key_layout_init(&own->keys, input, config->keys, config->n_keys) < 0 ||
		key_layout_init(&own->row, input, columns, input->n_fields) < 0)
		return err_set(err, E2BIG, "a Top-N has more than %d columns", KEY_COLUMNS_MAX);
	dump->own = own;
	dump_add_keys(dump, &own->keys, input);
	slices_dump_open(&own->slices, dump);
	own->first_column = dump->schema->n_fields;
	for (uint16_t i = 0; i < input->n_fields; i++)
		dump_add(dump, input->fields[i].name, input->fields[i].type);
	return 0;
}

static bool take_list(struct dump *dump, const struct record *record)
{
	struct topn_dump_state *own = dump->own;
	struct record_reader in = record_read(record);

	record_get_u64(&in); // the watermark
	record_get_u64(&in); // rows seen
	return slices_dump_take(&own->slices, record->key.instance, 0, &in);
}

static bool take_rows(struct dump *dump, const struct record *record, const void *key)
{
	struct topn_dump_state *own = dump->own;
	struct record_reader *in = &own->keyed.in;
	uint64_t n = record_get_u64(in);

	for (uint64_t i = 0; i < n; i++) {
		record_get_u64(in); // its order of arrival
		if (!keyed_record_image(in, &own->row, own->image))
			return false;
		dump_key(dump, &own->keys, key);
		slices_dump_put(&own->slices, dump, record);
		dump_image(dump, own->first_column, &own->row, own->image);
		dump_row(dump);
	}
	return !in->is_short;
}

static bool take_bucket(struct dump *dump, const struct record *record)
{
	struct topn_dump_state *own = dump->own;
	const void *image;

	if (keyed_record_open(&own->keyed, record, &own->keys) < 0 || own->keyed.is_flat)
		return false;
	while ((image = keyed_record_next(&own->keyed)) != NULL)
		if (!take_rows(dump, record, image))
			return false;
	return !own->keyed.in.is_short;
}

static int take(struct dump *dump, const struct record *record, struct err *err)
{
	bool is_good = record->key.part == SLICES_PART_LIST ? take_list(dump, record)
							    : take_bucket(dump, record);

	return is_good ? 0 : dump_bad(dump, err);
}

const struct op_dump window_topn_dump = {.open = open, .take = take};
