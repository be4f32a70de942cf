#include "operator/aggregate/string_room.h"
#include <string.h>

enum { ROOM_MIN = 32 };

static bool fit(char **room, uint32_t *room_size, uint32_t len, struct state_heap *heap)
{
	uint32_t size = ROOM_MIN;
	char *larger;

	if (len <= *room_size)
		return true;
	if (len > STATE_HEAP_MAX)
		return false;
	while (size < len)
		size *= 2;
	size = size < STATE_HEAP_MAX ? size : STATE_HEAP_MAX;
	larger = state_heap_take(heap, size);
	if (larger == NULL)
		return false;
	if (*room != NULL)
		state_heap_give(heap, *room, *room_size);
	*room = larger;
	*room_size = size;
	return true;
}

bool string_room_keep(char **room, uint32_t *room_size, const struct str *value, struct str *kept,
	struct state_heap *heap)
{
	if (!str_is_inline(value) && !fit(room, room_size, value->len, heap))
		return false;
	*kept = *value;
	if (str_is_inline(value))
		return true;
	memcpy(*room, value->ptr, value->len);
	kept->ptr = *room;
	return true;
}
