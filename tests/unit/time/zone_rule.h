// Time zones made of a rule, for tests that need no tz database.
#pragma once
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include "time/zone.h"

// The smallest TZif file (RFC 9636): twice a header and one type of local time, then the rule, as
// POSIX has it: "PST8PDT,M3.2.0,M11.1.0".
static inline const struct zone *zone_of_rule(struct arena *arena, const char *rule)
{
	enum { HEADER = 44, TYPE_COUNT = 36, CHAR_COUNT = 40, BLOCK = HEADER + 6 + 1 };
	unsigned char bytes[2 * BLOCK + 80] = {0};
	const struct zone *zone;

	for (int i = 0; i < 2; i++) {
		unsigned char *header = bytes + i * BLOCK;

		memcpy(header, "TZif2", 5);
		header[TYPE_COUNT + 3] = 1; // big-endian
		header[CHAR_COUNT + 3] = 1;
	}
	sprintf((char *)bytes + 2 * BLOCK, "\n%s\n", rule);
	zone = zone_parse(arena, "rule", bytes, 2 * BLOCK + strlen(rule) + 2);
	assert(zone != NULL);
	return zone;
}

static inline const struct zone *zone_of_los_angeles(struct arena *arena)
{
	return zone_of_rule(arena, "PST8PDT,M3.2.0,M11.1.0");
}
