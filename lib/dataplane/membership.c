#include "dataplane/membership.h"

#include <errno.h>

#define NEVER UINT64_MAX

void membership_init(struct membership *m)
{
	*m = (struct membership){.answer_ms = NEVER};
}

int membership_join(struct membership *m, const struct address *group)
{
	for (uint32_t i = 0; i < m->n; i++)
		if (address_equal(&m->groups[i].address, group))
			return 0;
	if (m->n == MEMBERSHIP_GROUPS_MAX)
		return -ENOSPC;
	m->groups[m->n++] =
		(struct membership_group){.address = *group, .answer_ms = NEVER, .join_ms = NEVER};
	return 0;
}

void membership_start(struct membership *m, uint64_t now_ms)
{
	for (uint32_t i = 0; i < m->n; i++) {
		m->groups[i].join_ms = now_ms;
		m->groups[i].n_joins = MEMBERSHIP_ROBUSTNESS;
	}
}

// RFC 3376 §5.2: an answer that is due sooner stands; one to a general query covers all groups.
void membership_hear(struct membership *m, const struct membership_query *query, uint64_t random,
	uint64_t now_ms)
{
	uint64_t at = now_ms + random % (query->max_delay_ms + UINT64_C(1));

	if (query->older)
		m->older_until_ms = now_ms + MEMBERSHIP_OLDER_MS;
	if (m->answer_ms <= at)
		return;
	if (address_is_any(&query->group)) {
		m->answer_ms = at;
		return;
	}
	for (uint32_t i = 0; i < m->n; i++)
		if (address_equal(&m->groups[i].address, &query->group) &&
			at < m->groups[i].answer_ms)
			m->groups[i].answer_ms = at;
}

// The join of group is reported; when again?
static void next_join(struct membership_group *group, uint64_t random, uint64_t now_ms)
{
	group->n_joins--;
	group->join_ms =
		group->n_joins == 0 ? NEVER : now_ms + 1 + random % MEMBERSHIP_UNSOLICITED_MS;
}

uint32_t membership_due(struct membership *m, uint64_t random, uint64_t now_ms,
	struct membership_record records[MEMBERSHIP_GROUPS_MAX])
{
	bool all = now_ms >= m->answer_ms;
	uint32_t n = 0;

	for (uint32_t i = 0; i < m->n; i++) {
		struct membership_group *group = &m->groups[i];
		bool join = now_ms >= group->join_ms;

		if (!all && !join && now_ms < group->answer_ms)
			continue;
		records[n++] = (struct membership_record){
			group->address, join ? MEMBERSHIP_TO_EXCLUDE : MEMBERSHIP_IS_EXCLUDE};
		group->answer_ms = NEVER; // either record is an answer
		if (join)
			next_join(group, random, now_ms);
	}
	if (all)
		m->answer_ms = NEVER;
	return n;
}

uint32_t membership_leave(
	const struct membership *m, struct membership_record records[MEMBERSHIP_GROUPS_MAX])
{
	for (uint32_t i = 0; i < m->n; i++)
		records[i] =
			(struct membership_record){m->groups[i].address, MEMBERSHIP_TO_INCLUDE};
	return m->n;
}
