// A run: a cache line with the link to the run before it, then its cells. A run has as few pages as
// leave an eighth of it unused at the most: 1 page for cells of 1,280 bytes, 17 for those of 64
// KiB.
#include "state/cells.h"
#include <assert.h>
#include <string.h>

enum { RUN_HEADER = CELL_ALIGN, RUN_PAGES_MAX = 64, WASTE = 8 };

static uint32_t cells_of(uint32_t n_pages, uint32_t size)
{
	return (n_pages * PAGE_SIZE - RUN_HEADER) / size;
}

void cells_init(struct cells *cells, struct page_pool *pool, uint32_t size)
{
	uint32_t n_pages = 1;

	assert(size > 0 && size <= CELL_SIZE_MAX);
	size = (size + CELL_ALIGN - 1) / CELL_ALIGN * CELL_ALIGN;
	while (n_pages < RUN_PAGES_MAX &&
		n_pages * PAGE_SIZE - cells_of(n_pages, size) * size > n_pages * PAGE_SIZE / WASTE)
		n_pages++;
	*cells = (struct cells){
		.pool = pool,
		.size = size,
		.run_pages = n_pages,
		.run_cells = cells_of(n_pages, size),
		.runs = PAGE_NONE,
	};
}

void cells_destroy(struct cells *cells)
{
	while (cells->runs != PAGE_NONE) {
		uint32_t first = cells->runs;

		memcpy(&cells->runs, page_at(cells->pool, first), sizeof(cells->runs));
		for (uint32_t i = 0; i < cells->run_pages; i++)
			page_give(cells->pool, first + i);
	}
	cells_init(cells, cells->pool, cells->size);
}

static bool add_run(struct cells *cells)
{
	uint32_t first = page_take_run(cells->pool, cells->run_pages);

	if (first == PAGE_NONE)
		return false;
	memcpy(page_at(cells->pool, first), &cells->runs, sizeof(cells->runs)); // link
	cells->runs = first;
	cells->n_fresh = cells->run_cells;
	return true;
}

void *cells_take(struct cells *cells)
{
	void *cell = cells->free;

	if (cell != NULL) {
		memcpy(&cells->free, cell, sizeof(cells->free));
		return cell;
	}
	if (cells->n_fresh == 0 && !add_run(cells))
		return NULL;
	cells->n_fresh--;
	return (uint8_t *)page_at(cells->pool, cells->runs) + RUN_HEADER +
	       (uint64_t)(cells->run_cells - 1 - cells->n_fresh) * cells->size;
}

void cells_give(struct cells *cells, void *cell)
{
	memcpy(cell, &cells->free, sizeof(cells->free));
	cells->free = cell;
}
