// Memory from EAL's heap on one NUMA socket, behind the interface of base/mem.h: what an lcore
// works on should be on its own node, and in hugepages where the host has them.
#pragma once
#include "base/mem.h"

struct eal_mem {
	struct mem mem; // first: hand out &eal_mem.mem
	int socket;
};

// socket: rte_lcore_to_socket_id() of the lcore that will use it, or SOCKET_ID_ANY. Strict: there
// is no memory from another socket when this one's is used up; the allocation returns NULL.
void eal_mem_init(struct eal_mem *eal_mem, int socket);
