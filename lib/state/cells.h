// Memory of one size, up to CELL_SIZE_MAX: more than a slab has pieces for, and contiguous. Cells
// are cut from runs of pages next to each other; a cell that is given back waits for the next one
// who wants one, its pages stay. One lcore, no locks.
#pragma once
#include <stdbool.h>
#include "state/page_pool.h"

enum { CELL_SIZE_MAX = 64 << 10 };

struct cells {
	struct page_pool *pool;
	uint32_t size; // of a cell, a multiple of CELL_ALIGN
	uint32_t run_pages, run_cells; // of a run
	uint32_t n_fresh; // cells of the newest run that were never taken
	uint32_t runs; // the newest run's first page, linked to the others; PAGE_NONE = none
	void *free; // cells that were given back, linked
};

enum { CELL_ALIGN = 64 };

void cells_init(struct cells *cells, struct page_pool *pool, uint32_t size);
void cells_destroy(struct cells *cells); // all pages go back, whatever is in use

// Aligned to CELL_ALIGN, its bytes undefined. NULL when the pool has no run for it.
void *cells_take(struct cells *cells);
void cells_give(struct cells *cells, void *cell);

// A number of a cell that no other has while it is in use.
static inline uint64_t cell_number(const struct cells *cells, const void *cell)
{
	return (uint64_t)((const uint8_t *)cell - cells->pool->pages) / CELL_ALIGN;
}
