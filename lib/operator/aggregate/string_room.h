// Room in a state's heap for one long string, used again by the next ones that fit: of 32 bytes or
// a larger power of two, so that a string that takes the place of another seldom needs a new one.
#pragma once
#include "row/str.h"
#include "state/heap.h"

// *kept = value, its bytes in *room when they are not inside it. *room is NULL and *room_size 0 at
// first; whoever drops the state gives *room back. False, and nothing has changed, when the string
// is longer than STATE_HEAP_MAX or the heap is full.
bool string_room_keep(char **room, uint32_t *room_size, const struct str *value, struct str *kept,
	struct state_heap *heap);
