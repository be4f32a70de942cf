// Anomaly for people: each key, and the bytes that its detector knows of it.
#include <errno.h>
#include "operator/anomaly/anomaly_state.h"
#include "operator/dump.h"
#include "operator/keyed_record.h"

struct anomaly_dump_state {
	struct key_layout keys;
	uint16_t state; // column
	uint32_t state_size;
	struct keyed_record keyed;
	uint64_t image[(KEY_IMAGE_MAX + 7) / 8];
};

static int open(struct dump *dump, struct err *err)
{
	const struct anomaly_config *config = dump->spec->config;
	struct anomaly_dump_state *own = arena_alloc(dump->arena, sizeof(*own));

	if (key_layout_init(&own->keys, dump->spec->input, config->keys, config->n_keys) < 0)
		return err_set(
			err, E2BIG, "PARTITION BY has more than %d columns", KEY_COLUMNS_MAX);
	dump->own = own;
	own->state_size = config->detector->state_size(config->configuration);
	dump_add_keys(dump, &own->keys, dump->spec->input);
	own->state = dump_add(dump, "state", type_of(TYPE_VARBINARY));
	return 0;
}

static bool put_row(struct dump *dump, const void *image, struct record_reader *in)
{
	struct anomaly_dump_state *own = dump->own;
	const char *state = record_take(in, own->state_size);

	if (state == NULL)
		return false;
	dump_key(dump, &own->keys, image);
	dump_str(dump, own->state, str_view(state, own->state_size));
	dump_row(dump);
	return true;
}

static bool take_bucket(struct dump *dump, const struct record *record)
{
	struct anomaly_dump_state *own = dump->own;
	const void *image;

	if (keyed_record_open(&own->keyed, record, &own->keys) < 0)
		return false;
	while ((image = keyed_record_next(&own->keyed)) != NULL) {
		record_take(&own->keyed.in, sizeof(struct anomaly_key));
		if (!put_row(dump, image, &own->keyed.in))
			return false;
	}
	return !own->keyed.in.is_short;
}

static bool take_large(struct dump *dump, const struct record *record)
{
	struct anomaly_dump_state *own = dump->own;
	struct record_reader in = record_read(record);

	if (in.n_left == 0)
		return true;
	return keyed_record_image(&in, &own->keys, own->image) && put_row(dump, own->image, &in);
}

static int take(struct dump *dump, const struct record *record, struct err *err)
{
	bool is_good = record->key.part == ANOMALY_KEYS ? take_bucket(dump, record)
							: take_large(dump, record);

	return is_good ? 0 : dump_bad(dump, err);
}

const struct op_dump anomaly_dump = {.open = open, .take = take};
