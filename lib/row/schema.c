#include "row/schema.h"
#include "base/arena.h"
#include <string.h>

struct schema *schema_new(struct arena *arena, uint16_t n_fields)
{
	struct schema *schema;

	schema = arena_alloc(arena, sizeof(*schema) + n_fields * sizeof(schema->fields[0]));
	schema->n_fields = n_fields;
	return schema;
}

int schema_find(const struct schema *schema, const char *name)
{
	for (uint16_t i = 0; i < schema->n_fields; i++)
		if (strcmp(schema->fields[i].name, name) == 0)
			return i;
	return -1;
}
