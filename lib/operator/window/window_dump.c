// A WindowAggregate for people: a row for each key and slice, with what its aggregates come to so
// far. window_checkpoint.c says what the records are.
#include <errno.h>
#include "operator/aggregate/aggregate_dump.h"
#include "operator/keyed_record.h"
#include "operator/window/slices_dump.h"
#include "operator/window/window_state.h"

struct window_dump_state {
	struct key_layout keys;
	struct slices_dump slices;
	uint16_t first_aggregate; // column
	uint32_t states_size; // of plain states, one behind the other
	struct keyed_record keyed;
};

static int open(struct dump *dump, struct err *err)
{
	const struct window_aggregate_config *config = dump->spec->config;
	struct window_dump_state *own = arena_alloc(dump->arena, sizeof(*own));

	if (key_layout_init(&own->keys, dump->spec->input, config->keys, config->n_keys) < 0)
		return err_set(err, E2BIG, "GROUP BY has more than %d columns", KEY_COLUMNS_MAX);
	dump->own = own;
	dump_add_keys(dump, &own->keys, dump->spec->input);
	slices_dump_open(&own->slices, dump);
	own->first_aggregate = aggregate_dump_add(dump, config->aggregates, config->n_aggregates,
		dump->spec->output->fields + config->n_keys);
	for (uint16_t i = 0; i < config->n_aggregates; i++)
		own->states_size += aggregate_state_size(&config->aggregates[i]);
	return 0;
}

static bool take_list(struct dump *dump, const struct record *record)
{
	const struct window_aggregate_config *config = dump->spec->config;
	bool is_attached = config->window.shape == WINDOW_ATTACHED;
	struct window_dump_state *own = dump->own;
	struct record_reader in = record_read(record);
	struct dumped_slice sum = {.instance = record->key.instance, .start = INT64_MIN};

	record_get_u64(&in); // the watermark
	sum.end = sum.first_window = (int64_t)record_get_u64(&in);
	sum.space = record_get_u64(&in);
	record_get_u32(&in);
	if (sum.space != 0) // what CUMULATE has added up for its next window
		slices_dump_add(&own->slices, &sum);
	return slices_dump_take(&own->slices, record->key.instance,
		is_attached ? 0 : config->window.slices.slide, &in);
}

// Plain states may have a word of the operator's in front.
static bool skip_to_states(struct window_dump_state *own)
{
	uint32_t size = own->keyed.state_size;

	if (size == 0)
		return true;
	return size >= own->states_size &&
	       record_take(&own->keyed.in, size - own->states_size) != NULL;
}

static bool take_bucket(struct dump *dump, const struct record *record)
{
	const struct window_aggregate_config *config = dump->spec->config;
	struct window_dump_state *own = dump->own;
	const void *image;

	if (keyed_record_open(&own->keyed, record, &own->keys) < 0)
		return false;
	while ((image = keyed_record_next(&own->keyed)) != NULL) {
		dump_key(dump, &own->keys, image);
		slices_dump_put(&own->slices, dump, record);
		if (!skip_to_states(own) ||
			aggregate_dump_states(dump, config->aggregates, config->n_aggregates,
				own->first_aggregate, &own->keyed.in) != 0)
			return false;
		dump_row(dump);
	}
	return !own->keyed.in.is_short;
}

static int take(struct dump *dump, const struct record *record, struct err *err)
{
	bool is_good = record->key.part == SLICES_PART_LIST ? take_list(dump, record)
							    : take_bucket(dump, record);

	return is_good ? 0 : dump_bad(dump, err);
}

const struct op_dump window_dump = {.open = open, .take = take};
