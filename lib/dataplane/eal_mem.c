#include "dataplane/eal_mem.h"
#include <rte_malloc.h>

static void *eal_alloc(struct mem *mem, size_t size, size_t align)
{
	const struct eal_mem *eal_mem = (const struct eal_mem *)mem; // mem is its first member

	return rte_zmalloc_socket(NULL, size, (unsigned)align, eal_mem->socket);
}

static void eal_free(struct mem *mem, void *ptr)
{
	rte_free(ptr);
}

void eal_mem_init(struct eal_mem *eal_mem, int socket)
{
	*eal_mem = (struct eal_mem){
		.mem = {.alloc = eal_alloc, .free = eal_free},
		.socket = socket,
	};
}
