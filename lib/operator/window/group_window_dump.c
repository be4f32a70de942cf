// A GroupWindowAggregate for people: a row for each key and open window, with what its aggregates
// come to so far. group_window_pack.c says what the records are: of a window that changed there are
// several versions, of which the last one counts, unless a later record says that it was merged
// into another, or its time was over.
#include <errno.h>
#include <stdlib.h>
#include "operator/aggregate/aggregate_dump.h"
#include "operator/keyed_record.h"
#include "operator/window/group_window_state.h"

struct version {
	uint64_t instance, id, number; // in the order in which they came
	const char *bytes; // NULL: it is no more
	size_t len;
	struct version *next;
};

struct group_dump_state {
	struct key_layout keys, results;
	uint16_t start_column, end_column, first_aggregate;
	int64_t marks[UINT16_MAX + 1]; // by instance
	uint64_t n;
	struct version *last;
	uint64_t image[(KEY_IMAGE_MAX + 7) / 8], result[(KEY_IMAGE_MAX + 7) / 8];
};

static int open(struct dump *dump, struct err *err)
{
	const struct group_window_config *config = dump->spec->config;
	struct group_dump_state *own = arena_alloc(dump->arena, sizeof(*own));
	struct type type = type_timestamp(TYPE_TIMESTAMP, 3);
	uint16_t columns[SCHEMA_COLUMNS_MAX];

	for (uint16_t i = 0; i < config->n_aggregates; i++)
		columns[i] = config->n_keys + i;
	if (key_layout_init(&own->keys, dump->spec->input, config->keys, config->n_keys) < 0 ||
		key_layout_init(&own->results, dump->spec->output, columns, config->n_aggregates) <
			0)
		return err_set(err, E2BIG, "GROUP BY has more than %d columns", KEY_COLUMNS_MAX);
	dump->own = own;
	dump_add_keys(dump, &own->keys, dump->spec->input);
	own->start_column = dump_add(dump, "window_start", type);
	own->end_column = dump_add(dump, "window_end", type);
	own->first_aggregate = aggregate_dump_add(dump, config->aggregates, config->n_aggregates,
		dump->spec->output->fields + config->n_keys);
	return 0;
}

static void note(struct dump *dump, uint16_t instance, uint64_t id, const char *bytes, size_t len)
{
	struct group_dump_state *own = dump->own;
	struct version *version = arena_alloc(dump->arena, sizeof(*version));

	*version = (struct version){
		.instance = instance, .id = id, .number = own->n++, .len = len, .next = own->last};
	if (bytes != NULL) {
		char *copy = arena_alloc(dump->arena, len);

		memcpy(copy, bytes, len);
		version->bytes = copy;
	}
	own->last = version;
}

// The next window into the row in hand. Windows that it has taken in are noted.
static bool read_window(struct dump *dump, struct record_reader *in, uint16_t instance,
	struct group_window_saved *saved, bool is_first_time)
{
	const struct group_window_config *config = dump->spec->config;
	struct group_dump_state *own = dump->own;

	if (!keyed_record_image(in, &own->keys, own->image))
		return false;
	record_get(in, saved, sizeof(*saved));
	for (uint32_t i = 0; i < saved->n_absorbed && !in->is_short; i++) {
		uint64_t id = record_get_u64(in);

		if (is_first_time && !in->is_short)
			note(dump, instance, id, NULL, 0);
	}
	if (in->is_short || ((saved->flags & GROUP_WINDOW_HAS_RESULT) &&
				    !keyed_record_image(in, &own->results, own->result)))
		return false;
	dump_key(dump, &own->keys, own->image);
	dump_i64(dump, own->start_column, saved->start);
	dump_i64(dump, own->end_column, saved->end);
	return aggregate_dump_states(dump, config->aggregates, config->n_aggregates,
		       own->first_aggregate, in) == 0;
}

static int take(struct dump *dump, const struct record *record, struct err *err)
{
	struct group_dump_state *own = dump->own;
	struct record_reader in = record_read(record);
	struct group_window_saved saved;

	if (record->key.space == SPACE_GROUP_MARK) {
		own->marks[record->key.instance] = (int64_t)record_get_u64(&in);
		return in.is_short ? dump_bad(dump, err) : 0;
	}
	while (in.n_left > 0) {
		const char *start = in.at;

		if (!read_window(dump, &in, record->key.instance, &saved, true))
			return dump_bad(dump, err);
		dump_forget(dump);
		note(dump, record->key.instance, saved.id, start, (size_t)(in.at - start));
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct version *x = *(const struct version *const *)a;
	const struct version *y = *(const struct version *const *)b;

	if (x->instance != y->instance)
		return x->instance < y->instance ? -1 : 1;
	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

static bool is_over(const struct group_dump_state *own, const struct group_window_config *config,
	const struct group_window_saved *saved, uint64_t instance)
{
	const struct slices zoned = {.zone = config->zone};
	int64_t due = zoned.zone == NULL ? saved->end - 1 : slices_closes_at(&zoned, saved->end);

	return due + config->allowed_lateness_ms <= own->marks[instance];
}

static void show(struct dump *dump, const struct version *version)
{
	struct record_reader in = {.at = version->bytes, .n_left = version->len};
	uint16_t instance = (uint16_t)version->instance;
	struct group_window_saved saved;

	read_window(dump, &in, instance, &saved, false);
	if (saved.end < -WINDOW_TIME_LIMIT || saved.end > WINDOW_TIME_LIMIT ||
		is_over(dump->own, dump->spec->config, &saved, instance))
		dump_forget(dump);
	else
		dump_row(dump);
}

static int end(struct dump *dump, struct err *err)
{
	struct group_dump_state *own = dump->own;
	struct version **versions = calloc(own->n + 1, sizeof(struct version *));
	uint64_t n = 0;

	if (versions == NULL)
		return err_set(err, ENOMEM, "no memory to read windows");
	for (struct version *at = own->last; at != NULL; at = at->next)
		versions[n++] = at;
	qsort(versions, n, sizeof(struct version *), compare);
	for (uint64_t i = 0; i < n; i++) {
		const struct version *next = i + 1 < n ? versions[i + 1] : NULL;
		bool is_last = next == NULL || next->id != versions[i]->id ||
			       next->instance != versions[i]->instance;

		if (is_last && versions[i]->bytes != NULL)
			show(dump, versions[i]);
	}
	free(versions);
	return 0;
}

const struct op_dump group_window_dump = {.open = open, .take = take, .end = end};
