// What benchmarks of operators share: memory as the appliance has it, rows of BIGINTs, and a sink
// that looks at nothing.
#pragma once
#include <sys/mman.h>
#include "bench.h"
#include "operator/op.h"

enum { HUGE_PAGE = 2 << 20 };

// Large pages where the kernel has them, for what fills one.
static inline void *huge_alloc(struct mem *mem, size_t size, size_t align)
{
	size_t page = size < HUGE_PAGE ? 64 : HUGE_PAGE;
	size_t rounded = (size + page - 1) / page * page;
	void *ptr = bench_must(aligned_alloc(page, rounded), "memory");

	if (page == HUGE_PAGE)
		madvise(ptr, rounded, MADV_HUGEPAGE);
	memset(ptr, 0, size);
	return ptr;
}

static inline void huge_free(struct mem *mem, void *ptr)
{
	free(ptr);
}

static inline void bench_ignore(struct op *op, const struct block *block)
{
	bench_keep(block);
}

// A full block of rows of columns[:n].
static inline struct block bench_rows(const struct column *columns, uint16_t n)
{
	return (struct block){.kind = BLOCK_ROWS,
		.n_rows = BLOCK_ROWS_MAX,
		.n_slots = BLOCK_ROWS_MAX,
		.n_columns = n,
		.columns = columns,
		.late_mark = WATERMARK_NONE};
}

static inline struct schema *bench_bigints(struct arena *arena, uint16_t n)
{
	struct schema *schema = schema_new(arena, n);

	for (uint16_t i = 0; i < n; i++)
		schema->fields[i] = (struct field){"f", type_of(TYPE_BIGINT)};
	return schema;
}
