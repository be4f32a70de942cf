#include "operator/aggregate/aggregate_dump.h"
#include <errno.h>
#include <stdlib.h>

uint16_t aggregate_dump_add(struct dump *dump, const struct aggregate_call *calls, uint16_t n,
	const struct field *names)
{
	uint16_t first = dump->schema->n_fields;

	for (uint16_t i = 0; i < n; i++) {
		const char *name = names != NULL ? names[i].name : NULL;

		dump_add(dump, name != NULL ? name : calls[i].text, calls[i].result_type);
	}
	return first;
}

static int dump_state(struct dump *dump, const struct aggregate_call *call, uint16_t column,
	struct record_reader *in, struct result_heap *text)
{
	struct state_heap heap = {.slab = &dump->slab};
	void *state = calloc(1, aggregate_state_size(call));
	int result;

	if (state == NULL)
		return -ENOMEM;
	result = aggregate_unpack(call, in, state, 0, &heap);
	// Strings of the result may be views of what is in the slab, but not of the state.
	if (result == 0)
		aggregate_result(call, &state, 1, 0, &dump->columns[column], text);
	free(state);
	return result;
}

int aggregate_dump_states(struct dump *dump, const struct aggregate_call *calls, uint16_t n,
	uint16_t first, struct record_reader *in)
{
	struct result_heap text = {
		.bytes = dump->text, .used = dump->text_used, .size = DUMP_TEXT_MAX};
	int result = 0;

	for (uint16_t i = 0; i < n && result == 0; i++)
		result = dump_state(dump, &calls[i], first + i, in, &text);
	dump->text_used = text.used;
	return result;
}
