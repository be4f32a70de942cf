#include "feedgen/pace.h"
#include <time.h>

static uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void pace_begin(struct pace *pace)
{
	pace->began_ns = clock_ns();
	pace->now_ns = 0;
}

static uint64_t due_ns(const struct pace *pace, uint64_t n, int64_t at_ms)
{
	switch (pace->kind) {
	case PACE_RATE:
		return (uint64_t)((double)n * 1e9 / pace->rate);
	case PACE_EVENT_TIME:
		return (uint64_t)((double)(at_ms - pace->start_ms) * 1e6 / pace->speedup);
	default:
		return 0;
	}
}

bool pace_is_due(const struct pace *pace, uint64_t n, int64_t at_ms)
{
	return due_ns(pace, n, at_ms) <= pace->now_ns;
}

// Read the clock. A process that was stopped for a while goes on where it was, and does not send
// all that it has missed at once.
static void look_at_clock(struct pace *pace)
{
	uint64_t now = clock_ns() - pace->began_ns, since = now - pace->now_ns;

	if (since > PACE_PAUSE_NS)
		pace->began_ns += since;
	else
		pace->now_ns = now;
}

void pace_wait(struct pace *pace, uint64_t n, int64_t at_ms)
{
	uint64_t due = due_ns(pace, n, at_ms), left;
	struct timespec pause = {0};

	look_at_clock(pace);
	if (due <= pace->now_ns)
		return;
	left = due - pace->now_ns;
	if (left < PACE_SLEEP_MIN_NS)
		left = PACE_SLEEP_MIN_NS;
	if (left > PACE_SLEEP_MAX_NS)
		left = PACE_SLEEP_MAX_NS;
	pause.tv_nsec = (long)left;
	nanosleep(&pause, NULL); // a signal may end it early: the caller looks again
	look_at_clock(pace);
}

double pace_seconds(const struct pace *pace)
{
	return (double)(clock_ns() - pace->began_ns) / 1e9;
}
