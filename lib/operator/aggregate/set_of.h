// The set of an aggregate's values.
#pragma once
#include "operator/aggregate/kernels.h"
#include "state/keyed_store.h"
#include "state/value_set.h"

// heap's store has the job's secret to hash with. States of a slab have none: they share this one.
static inline struct value_set_of set_of(const struct aggregate_call *call, struct state_heap *heap)
{
	static const struct hash_seed slab_seed = {
		{0x64, 0x69, 0x73, 0x74, 0x69, 0x6e, 0x63, 0x74}};

	return (struct value_set_of){
		.heap = heap,
		.seed = heap->store != NULL ? heap->store->seed : &slab_seed,
		.kind = call->argument_types[0].kind,
	};
}
