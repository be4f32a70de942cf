// Who to send to: the Ethernet addresses of the few hosts that sinks send to, found by ARP (RFC
// 826) or neighbour discovery (RFC 4861) and kept fresh. Entries are added at start; hosts that we
// only hear from get none, so that nobody outside can fill the table.
//
// The lcore of inet.h writes; any lcore may ask neighbour_mac().
#pragma once
#include <stdatomic.h>

#include "dataplane/address.h"

enum {
	NEIGHBOURS_MAX = 64,
	NEIGHBOUR_RETRY_MS = 1000, // RFC 4861 §10: RETRANS_TIMER
	NEIGHBOUR_REACHABLE_MS = 30000, // REACHABLE_TIME
	NEIGHBOUR_PROBES_MAX = 3, // MAX_UNICAST_SOLICIT
};

//	SEARCHING ──answer──► REACHABLE ──30 s──► PROBING ──answer──► REACHABLE
//	    ▲  asks everybody,                       │ asks the known address,
//	    │  every second, for ever                │ every second
//	    └────────────3 probes without answer─────┘
enum neighbour_state { NEIGHBOUR_SEARCHING, NEIGHBOUR_REACHABLE, NEIGHBOUR_PROBING };

struct neighbour {
	struct address address;
	// The Ethernet address in the low 48 bits and bit 48 set, or 0 while it is not known: one
	// word, so that sinks on other lcores never see half of one.
	atomic_uint_least64_t link;
	// the lcore of inet only
	enum neighbour_state state;
	uint32_t n_probes;
	uint64_t due_ms; // when to ask next
};

struct neighbours {
	struct neighbour entries[NEIGHBOURS_MAX]; // entries[:n]
	uint32_t n;
};

// Before start: the entry for address, a new one if need be. NULL with errno ENOSPC.
struct neighbour *neighbour_add(struct neighbours *table, const struct address *address);

// False while its Ethernet address is not known.
bool neighbour_mac(const struct neighbour *neighbour, uint8_t mac[MAC_LEN]);

// address is at mac. confirmed: it answered us; otherwise it only said so by the way, which is
// taken, but does not keep it fresh. Returns whether there is such an entry.
bool neighbour_learn(struct neighbours *table, const struct address *address,
	const uint8_t mac[MAC_LEN], bool confirmed, uint64_t now_ms);

// The next entry to be asked for at now_ms, its timer moved on; NULL when there is none (any more).
struct neighbour *neighbour_next_due(struct neighbours *table, uint64_t now_ms);
