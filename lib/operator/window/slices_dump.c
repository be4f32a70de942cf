#include "operator/window/slices_dump.h"

void slices_dump_open(struct slices_dump *slices, struct dump *dump)
{
	struct type type = type_timestamp(TYPE_TIMESTAMP, 3);

	slices->arena = dump->arena;
	slices->start_column = dump_add(dump, "slice_start", type);
	slices->end_column = dump_add(dump, "slice_end", type);
	slices->first_column = dump_add(dump, "first_window_end", type);
}

void slices_dump_add(struct slices_dump *slices, const struct dumped_slice *slice)
{
	struct dumped_slice *copy = arena_alloc(slices->arena, sizeof(*copy));

	*copy = *slice;
	copy->next = slices->first;
	slices->first = copy;
}

bool slices_dump_take(
	struct slices_dump *slices, uint16_t instance, int64_t length, struct record_reader *in)
{
	uint32_t n = record_get_u32(in);

	for (uint32_t i = 0; i < n && !in->is_short; i++) {
		struct dumped_slice slice = {.instance = instance, .space = record_get_u64(in)};

		slice.end = (int64_t)record_get_u64(in);
		slice.start = (int64_t)record_get_u64(in);
		slice.first_window = (int64_t)record_get_u64(in);
		if (length != 0)
			slice.start = (int64_t)((uint64_t)slice.end - (uint64_t)length);
		slices_dump_add(slices, &slice);
	}
	return !in->is_short;
}

static bool is_of(const struct dumped_slice *slice, const struct record_key *key)
{
	return slice->instance == key->instance && slice->space == key->space;
}

// The records of a space come one after another.
static struct dumped_slice *find(struct slices_dump *slices, const struct record_key *key)
{
	struct dumped_slice *slice = slices->last_found;

	if (slice != NULL && is_of(slice, key))
		return slice;
	for (slice = slices->first; slice != NULL && !is_of(slice, key);)
		slice = slice->next;
	slices->last_found = slice;
	return slice;
}

void slices_dump_put(struct slices_dump *slices, struct dump *dump, const struct record *record)
{
	const struct dumped_slice *slice = find(slices, &record->key);

	if (slice == NULL)
		return;
	if (slice->start != INT64_MIN)
		dump_i64(dump, slices->start_column, slice->start);
	dump_i64(dump, slices->end_column, slice->end);
	dump_i64(dump, slices->first_column, slice->first_window);
}
