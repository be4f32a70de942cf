#include "dataplane/neighbour.h"

#include <errno.h>

#define LINK_KNOWN (UINT64_C(1) << 48)

struct neighbour *neighbour_add(struct neighbours *table, const struct address *address)
{
	struct neighbour *entry;

	for (uint32_t i = 0; i < table->n; i++)
		if (address_equal(&table->entries[i].address, address))
			return &table->entries[i];
	if (table->n == NEIGHBOURS_MAX) {
		errno = ENOSPC;
		return NULL;
	}
	entry = &table->entries[table->n++];
	entry->address = *address;
	return entry;
}

bool neighbour_mac(const struct neighbour *neighbour, uint8_t mac[MAC_LEN])
{
	uint64_t link = atomic_load_explicit(&neighbour->link, memory_order_relaxed);

	if (link == 0)
		return false;
	for (int i = 0; i < MAC_LEN; i++)
		mac[i] = (uint8_t)(link >> (8 * i));
	return true;
}

static void set_link(struct neighbour *neighbour, const uint8_t mac[MAC_LEN])
{
	uint64_t link = LINK_KNOWN;

	for (int i = 0; i < MAC_LEN; i++)
		link |= (uint64_t)mac[i] << (8 * i);
	atomic_store_explicit(&neighbour->link, link, memory_order_relaxed);
}

bool neighbour_learn(struct neighbours *table, const struct address *address,
	const uint8_t mac[MAC_LEN], bool confirmed, uint64_t now_ms)
{
	for (uint32_t i = 0; i < table->n; i++) {
		struct neighbour *entry = &table->entries[i];

		if (!address_equal(&entry->address, address))
			continue;
		set_link(entry, mac);
		if (confirmed || entry->state == NEIGHBOUR_SEARCHING) {
			entry->state = NEIGHBOUR_REACHABLE;
			entry->due_ms = now_ms + NEIGHBOUR_REACHABLE_MS;
		}
		return true;
	}
	return false;
}

// Its timer ran out: what it does now.
static void advance(struct neighbour *entry, uint64_t now_ms)
{
	entry->due_ms = now_ms + NEIGHBOUR_RETRY_MS;
	switch (entry->state) {
	case NEIGHBOUR_SEARCHING:
		break;
	case NEIGHBOUR_REACHABLE:
		entry->state = NEIGHBOUR_PROBING;
		entry->n_probes = 1;
		break;
	case NEIGHBOUR_PROBING:
		if (entry->n_probes++ < NEIGHBOUR_PROBES_MAX)
			break;
		entry->state = NEIGHBOUR_SEARCHING;
		atomic_store_explicit(&entry->link, 0, memory_order_relaxed);
		break;
	}
}

struct neighbour *neighbour_next_due(struct neighbours *table, uint64_t now_ms)
{
	for (uint32_t i = 0; i < table->n; i++) {
		struct neighbour *entry = &table->entries[i];

		if (now_ms < entry->due_ms)
			continue;
		advance(entry, now_ms);
		return entry;
	}
	return NULL;
}
