// When the next message is due, by the wall clock.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum pace_kind {
	PACE_NONE, // as fast as it goes
	PACE_RATE, // so many events per second
	PACE_EVENT_TIME, // as event time passes, so many times faster
};

struct pace {
	enum pace_kind kind;
	double rate; // PACE_RATE: events per second
	double speedup; // PACE_EVENT_TIME
	int64_t start_ms; // event time that belongs to began_ns
	uint64_t began_ns; // the clock's
	uint64_t now_ns; // the clock's when last read, since began_ns
};

void pace_begin(struct pace *pace);

// Whether the n-th event (from 0), delivered at at_ms of event time, is due by the clock as it was
// last read. If not: flush what waits and call pace_wait().
bool pace_is_due(const struct pace *pace, uint64_t n, int64_t at_ms);

// Read the clock; sleep until the event is due, but at most PACE_SLEEP_MAX_NS, so that a signal is
// seen. Short sleeps make small batches.
void pace_wait(struct pace *pace, uint64_t n, int64_t at_ms);

enum { PACE_SLEEP_MIN_NS = 200 * 1000, PACE_SLEEP_MAX_NS = 100 * 1000 * 1000 };
enum { PACE_PAUSE_NS = 500 * 1000 * 1000 }; // who does not look for longer was stopped

double pace_seconds(const struct pace *pace); // since pace_begin()
