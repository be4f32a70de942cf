// Functions that keep every value: a queue of them in the order in which they came. Taking back the
// oldest is a pop; merging is copying. What they differ in is what they make of the list.
#pragma once
#include "operator/aggregate/kept.h"
#include "state/queue.h"

struct list_state { // its packed form: packed.h
	struct queue queue; // of struct listed
	// Rows that came and went, NULLs of functions that ignore them aside: a value that was lost
	// has its number all the same, so that the right ones are taken back.
	uint32_t n_in, n_out;
};

struct listed {
	uint32_t number;
	uint8_t nulls; // bit i: values[i] is NULL
	struct kept values[]; // [:call->n_arguments]
};

static inline uint32_t listed_size(const struct aggregate_call *call)
{
	return (uint32_t)(sizeof(struct listed) + call->n_arguments * sizeof(struct kept));
}

uint32_t list_lift(const struct lift *lift);
uint32_t list_retract(const struct lift *lift);
uint32_t list_combine(const struct merge *merge);
void list_release(const struct release *release);

void list_pack(const struct aggregate_call *call, const void *state, struct record_out *out);
int list_unpack(const struct aggregate_call *call, struct record_reader *in, void *state,
	struct state_heap *heap);

// Add a row to one state, or one that another state keeps. False when it was lost.
bool list_add(const struct aggregate_call *call, struct list_state *list,
	const struct column *const *columns, uint16_t slot, struct state_heap *heap);
bool list_copy(const struct aggregate_call *call, struct list_state *list,
	const struct listed *from, struct state_heap *heap);
void list_drop_first(
	const struct aggregate_call *call, struct list_state *list, struct state_heap *heap);
