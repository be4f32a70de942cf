// Where memory comes from, handed in: hugepages on the lcore's own NUMA node in the appliance, libc
// in unit tests, an allocator that fails on purpose where error paths are tested. Used at start
// only.
#pragma once
#include <stddef.h>

struct mem {
	// size bytes, aligned to align (a power of two), zeroed. NULL when there is no more.
	void *(*alloc)(struct mem *mem, size_t size, size_t align);
	void (*free)(struct mem *mem, void *ptr);
};

// libc's heap. One for the whole process, thread-safe.
extern struct mem mem_libc;

// size bytes aligned to a cache line, zeroed. Returns NULL with errno ENOMEM.
void *mem_zalloc(struct mem *mem, size_t size);
// The same, aligned to align.
void *mem_zalloc_aligned(struct mem *mem, size_t size, size_t align);
void mem_free(struct mem *mem, void *ptr); // ptr may be NULL
