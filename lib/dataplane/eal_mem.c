#include "dataplane/eal_mem.h"
#include <rte_common.h>
#include <rte_eal.h>
#include <rte_malloc.h>
#include <sys/mman.h>

enum { KEPT_SIZE = 64 << 20, HUGE_SIZE = 2 << 20 };

// Without hugepages of EAL's, ask the kernel for transparent ones where the memory is large.
static void advise(void *ptr, size_t size)
{
	uintptr_t begin = RTE_ALIGN_CEIL((uintptr_t)ptr, HUGE_SIZE);
	uintptr_t end = RTE_ALIGN_FLOOR((uintptr_t)ptr + size, HUGE_SIZE);

	if (ptr != NULL && !rte_eal_has_hugepages() && begin < end)
		madvise((void *)begin, end - begin, MADV_HUGEPAGE); // advice: may be refused
}

static void *eal_alloc(struct mem *mem, size_t size, size_t align)
{
	const struct eal_mem *eal_mem = (const struct eal_mem *)mem; // mem is its first member

	void *ptr = rte_zmalloc_socket(NULL, size, (unsigned)align, eal_mem->socket);

	advise(ptr, size);
	return ptr;
}

// rte_free() clears what it gets back. For pools of state that would touch gigabytes, many of them
// for the first time, only to end the process: those stay until rte_eal_cleanup().
static void eal_free(struct mem *mem, void *ptr)
{
	size_t size;

	if (rte_malloc_validate(ptr, &size) == 0 && size < KEPT_SIZE)
		rte_free(ptr);
}

void eal_mem_init(struct eal_mem *eal_mem, int socket)
{
	*eal_mem = (struct eal_mem){
		.mem = {.alloc = eal_alloc, .free = eal_free},
		.socket = socket,
	};
}
