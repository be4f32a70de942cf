// Which multicast groups we are in, and when to say so: the timers that IGMPv3 (RFC 3376 §5) and
// MLDv2 (RFC 3810 §6) share. One instance for each IP version; igmp.h and mld.h make packets of
// what it says. We always want all senders of a group (EXCLUDE with an empty list).
//
// Groups are joined before start. No clock, no random source: both are handed in. One lcore.
#pragma once
#include "dataplane/address.h"

enum {
	MEMBERSHIP_GROUPS_MAX = 64,
	MEMBERSHIP_ROBUSTNESS = 2, // a change is reported so often: RFC 3376 §8.1, RFC 3810 §9.1
	MEMBERSHIP_UNSOLICITED_MS = 1000, // with up to so much between: §8.11, §9.11
	// How long an older querier is remembered: robustness * query interval + query response
	// interval, their defaults (§8.12, §9.12).
	MEMBERSHIP_OLDER_MS = 260000,
};

// Record types, the same in both protocols (RFC 3376 §4.2.12, RFC 3810 §5.2.12).
enum membership_record_type {
	MEMBERSHIP_IS_EXCLUDE = 2, // answer to a query: we are in the group
	MEMBERSHIP_TO_INCLUDE = 3, // we left
	MEMBERSHIP_TO_EXCLUDE = 4, // we joined
};

struct membership_record {
	struct address group;
	enum membership_record_type type;
};

struct membership_group {
	struct address address;
	uint64_t answer_ms; // when to answer a query for this group
	uint64_t join_ms; // when to report the join again
	uint32_t n_joins; // reports of the join still to be sent
};

struct membership {
	struct membership_group groups[MEMBERSHIP_GROUPS_MAX]; // groups[:n]
	uint32_t n;
	uint64_t answer_ms; // when to answer a general query
	uint64_t older_until_ms; // until then, speak the protocol's older version
};

struct membership_query {
	struct address group; // any address: a general query
	uint32_t max_delay_ms;
	bool older; // from an IGMPv2 or MLDv1 router
};

void membership_init(struct membership *m);

// Before start; joining twice is one membership. Returns 0 or -ENOSPC.
int membership_join(struct membership *m, const struct address *group);

// Report all groups from now_ms on.
void membership_start(struct membership *m, uint64_t now_ms);

// Note a query. random: any 64 bits, they choose the delay of the answer. What the query lists as
// senders is not looked at: to say that we want all is a superset of the answer.
void membership_hear(struct membership *m, const struct membership_query *query, uint64_t random,
	uint64_t now_ms);

// What is to be reported at now_ms, at most one record a group; returns how many.
uint32_t membership_due(struct membership *m, uint64_t random, uint64_t now_ms,
	struct membership_record records[MEMBERSHIP_GROUPS_MAX]);

// We are stopping: a record for each group that says so.
uint32_t membership_leave(
	const struct membership *m, struct membership_record records[MEMBERSHIP_GROUPS_MAX]);
