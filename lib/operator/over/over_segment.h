// Inside OverAggregate: rows in, results out. Only files of this folder include it.
#pragma once
#include "operator/over/over_state.h"

// Work on the first due rows, up to a block, and emit them. Returns how many they were; there must
// be one.
uint16_t over_segment_run(struct over *over);
// Work on the rows of a block, in their order, and emit them.
void over_segment_run_block(struct over *over, const struct block *block);
