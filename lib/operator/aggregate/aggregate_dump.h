// States of aggregates for people (operator/dump.h): what their results would be right now.
#pragma once
#include "operator/aggregate/aggregate.h"
#include "operator/dump.h"

// Columns of the results of calls[:n], named as names[:n], or as the calls are written where those
// have none. Returns the first one's number.
uint16_t aggregate_dump_add(struct dump *dump, const struct aggregate_call *calls, uint16_t n,
	const struct field *names);
// The states of calls[:n] as aggregate_pack() wrote them, one behind the other, into the row in
// hand. Returns 0, -EINVAL or -ENOMEM.
int aggregate_dump_states(struct dump *dump, const struct aggregate_call *calls, uint16_t n,
	uint16_t first, struct record_reader *in);
