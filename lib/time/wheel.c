// Time is a number of eleven digits of six bits. A timer lies on the level of the highest digit in
// which it differs from now, in the slot of its own digit there:
//
//   level 0   64 slots of 1 ms      what differs in the last digit only
//   level 1   64 slots of 64 ms     …
//
// So all of a lower level is due before anything of a higher one, and the slot of now's own digit
// is empty on every level but the first. When now reaches a slot its timers move down.
#include "time/wheel.h"
#include <stdbool.h>
#include <stddef.h>

// int64 in the order of uint64.
static uint64_t biased(int64_t when)
{
	return (uint64_t)when ^ 1ull << 63;
}

static uint32_t digit(uint64_t time, uint32_t level)
{
	return (uint32_t)(time >> (level * WHEEL_BITS)) & (WHEEL_SLOTS - 1);
}

void wheel_init(struct wheel *wheel, int64_t now)
{
	*wheel = (struct wheel){.now = biased(now)};
	for (uint32_t i = 0; i < WHEEL_LEVELS * WHEEL_SLOTS; i++)
		wheel->slots[i].end = &wheel->slots[i].first;
}

static void put(struct wheel *wheel, struct wheel_timer *timer)
{
	uint64_t when = biased(timer->when), differ;
	struct wheel_slot *slot;
	uint32_t level;

	if (when < wheel->now)
		when = wheel->now;
	differ = when ^ wheel->now;
	level = differ == 0 ? 0 : (63 - (uint32_t)__builtin_clzll(differ)) / WHEEL_BITS;
	timer->slot = (uint16_t)(level * WHEEL_SLOTS + digit(when, level));
	slot = &wheel->slots[timer->slot];
	timer->next = NULL;
	timer->link = slot->end;
	*slot->end = timer;
	slot->end = &timer->next;
	wheel->occupied[level] |= 1ull << digit(when, level);
}

static void take(struct wheel *wheel, struct wheel_timer *timer)
{
	struct wheel_slot *slot = &wheel->slots[timer->slot];

	*timer->link = timer->next;
	if (timer->next != NULL)
		timer->next->link = timer->link;
	else
		slot->end = timer->link;
	timer->link = NULL;
	if (slot->first == NULL)
		wheel->occupied[timer->slot / WHEEL_SLOTS] &= ~(1ull << timer->slot % WHEEL_SLOTS);
}

void wheel_arm(struct wheel *wheel, struct wheel_timer *timer, int64_t when)
{
	wheel_cancel(wheel, timer);
	timer->when = when;
	put(wheel, timer);
	wheel->n_armed++;
}

void wheel_cancel(struct wheel *wheel, struct wheel_timer *timer)
{
	if (timer->link == NULL)
		return;
	take(wheel, timer);
	wheel->n_armed--;
}

// The level and slot that are due first, and when the slot begins. False when nothing is armed.
static bool first_slot(
	const struct wheel *wheel, uint32_t *level, struct wheel_slot **slot, uint64_t *begin)
{
	for (*level = 0; *level < WHEEL_LEVELS; (*level)++) {
		uint32_t shift = *level * WHEEL_BITS, at = digit(wheel->now, *level);
		uint64_t ahead = wheel->occupied[*level] >> at << at; // not passed yet
		uint32_t bit;

		if (ahead == 0)
			continue;
		bit = (uint32_t)__builtin_ctzll(ahead);
		*slot = (struct wheel_slot *)&wheel->slots[*level * WHEEL_SLOTS + bit];
		*begin = (wheel->now >> shift) - at + bit;
		*begin <<= shift;
		return true;
	}
	return false;
}

// All timers of a slot whose time has come, to lower levels.
static void move_down(struct wheel *wheel, struct wheel_slot *slot)
{
	struct wheel_timer *timer = slot->first;

	wheel->occupied[timer->slot / WHEEL_SLOTS] &= ~(1ull << timer->slot % WHEEL_SLOTS);
	slot->first = NULL;
	slot->end = &slot->first;
	while (timer != NULL) {
		struct wheel_timer *next = timer->next;

		put(wheel, timer);
		timer = next;
	}
}

struct wheel_timer *wheel_pop(struct wheel *wheel, int64_t until_ms)
{
	uint64_t until = biased(until_ms), begin;
	struct wheel_slot *slot;
	uint32_t level;

	while (first_slot(wheel, &level, &slot, &begin) && begin <= until) {
		struct wheel_timer *timer = slot->first;

		wheel->now = begin;
		if (level > 0) {
			move_down(wheel, slot);
			continue;
		}
		take(wheel, timer);
		wheel->n_armed--;
		return timer;
	}
	if (until > wheel->now)
		wheel->now = until;
	return NULL;
}

int64_t wheel_next(const struct wheel *wheel)
{
	struct wheel_slot *slot;
	uint64_t begin;
	uint32_t level;

	if (!first_slot(wheel, &level, &slot, &begin))
		return INT64_MAX;
	return (int64_t)(begin ^ 1ull << 63);
}
