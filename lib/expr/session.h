// What expressions take from the session that they are made in. The arena carries it, so that a
// cast deep in a tree is made for the time zone in force where it was written.
#pragma once
#include "base/arena.h"
#include "time/zone.h"

struct session {
	const struct zone *zone; // table.local-time-zone
	const struct zone_files *zone_files; // for functions that take zones by name; or NULL
};

// Everything made in arena from now on is made for session, which lives as long as the arena.
static inline void session_set(struct arena *arena, const struct session *session)
{
	arena_set_context(arena, session);
}

static inline const struct zone *session_zone(const struct arena *arena)
{
	const struct session *session = arena_context(arena);

	return session != NULL ? session->zone : &zone_utc;
}

static inline const struct zone_files *session_zone_files(const struct arena *arena)
{
	const struct session *session = arena_context(arena);

	return session != NULL ? session->zone_files : NULL;
}
