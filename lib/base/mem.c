#include "base/mem.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE_LINE = 64 };

static void *libc_alloc(struct mem *mem, size_t size, size_t align)
{
	size_t rounded = (size + align - 1) & ~(align - 1);
	void *ptr = aligned_alloc(align, rounded);

	if (ptr != NULL)
		memset(ptr, 0, rounded);
	return ptr;
}

static void libc_free(struct mem *mem, void *ptr)
{
	free(ptr);
}

struct mem mem_libc = {.alloc = libc_alloc, .free = libc_free};

void *mem_zalloc(struct mem *mem, size_t size)
{
	return mem_zalloc_aligned(mem, size, CACHE_LINE);
}

void *mem_zalloc_aligned(struct mem *mem, size_t size, size_t align)
{
	void *ptr = mem->alloc(mem, size == 0 ? align : size, align);

	if (ptr == NULL)
		errno = ENOMEM;
	return ptr;
}

void mem_free(struct mem *mem, void *ptr)
{
	if (ptr != NULL)
		mem->free(mem, ptr);
}
