// Timers by event time: a hierarchical timing wheel (Varghese, Lauck 1987). It knows no clock: the
// caller says how far time has come. Timers are the caller's, and lie in lists of the wheel while
// they are armed. One lcore, no locks.
#pragma once
#include <stdint.h>

enum { WHEEL_BITS = 6, WHEEL_SLOTS = 1 << WHEEL_BITS, WHEEL_LEVELS = 11 }; // 66 bits: all of int64

// Zeroed: not armed.
struct wheel_timer {
	struct wheel_timer *next;
	struct wheel_timer **link; // what points to it; NULL = not armed
	int64_t when;
	uint16_t slot;
};

struct wheel_slot {
	struct wheel_timer *first, **end; // in the order of arming
};

struct wheel {
	uint64_t now;
	uint64_t n_armed;
	uint64_t occupied[WHEEL_LEVELS]; // a bit for each slot that is not empty
	struct wheel_slot slots[WHEEL_LEVELS * WHEEL_SLOTS];
};

void wheel_init(struct wheel *wheel, int64_t now);

// Arm timer for when, moving it if it is armed. What is not behind the wheel's time is due at once.
// O(1).
void wheel_arm(struct wheel *wheel, struct wheel_timer *timer, int64_t when);
void wheel_cancel(struct wheel *wheel, struct wheel_timer *timer); // armed or not

// The next timer with when ≤ until, no longer armed: in the order of when, then of arming. NULL:
// there is none, and the wheel stands at until. Each timer moves down at most a level at a time, so
// O(1) amortised for the few levels that its distance spans; empty time costs nothing.
struct wheel_timer *wheel_pop(struct wheel *wheel, int64_t until);

// No timer is due before this: INT64_MAX when none is armed. Exact when the first one is within the
// next 64 ms.
int64_t wheel_next(const struct wheel *wheel);
