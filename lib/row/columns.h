// Vectors for the rows that an operator makes.
#pragma once
#include "base/mem.h"
#include "row/block.h"

// A column for each field of schema: n_rows (≤ BLOCK_ROWS_MAX) zeroed values, and NULL bits, of
// which none is set. Returns NULL with errno ENOMEM. Free with columns_free().
struct column *columns_new(struct mem *mem, const struct schema *schema, uint16_t n_rows);
void columns_free(struct mem *mem, struct column *columns, const struct schema *schema); // or NULL
