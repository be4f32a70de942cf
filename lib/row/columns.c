#include "row/columns.h"
#include <errno.h>

struct column *columns_new(struct mem *mem, const struct schema *schema, uint16_t n_rows)
{
	struct column *columns = mem_zalloc(mem, (schema->n_fields + 1u) * sizeof(*columns));
	bool has_all = true;

	for (uint16_t i = 0; columns != NULL && i < schema->n_fields; i++) {
		uint32_t width = type_width(schema->fields[i].type.kind);

		columns[i].values = mem_zalloc(mem, (size_t)n_rows * width);
		columns[i].nulls = mem_zalloc(mem, BLOCK_NULL_WORDS * sizeof(uint64_t));
		has_all &= columns[i].values != NULL && columns[i].nulls != NULL;
	}
	if (columns != NULL && has_all)
		return columns;
	columns_free(mem, columns, schema);
	errno = ENOMEM;
	return NULL;
}

void columns_free(struct mem *mem, struct column *columns, const struct schema *schema)
{
	for (uint16_t i = 0; columns != NULL && i < schema->n_fields; i++) {
		mem_free(mem, columns[i].values);
		mem_free(mem, columns[i].nulls);
	}
	mem_free(mem, columns);
}
