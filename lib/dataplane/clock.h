// The one place that reads the clocks. Everybody else is handed a struct now.
#pragma once
#include "base/now.h"

// Both clocks, one right after the other: about 30 ns and no system call (the wall clock comes from
// the vDSO). Once per step of an lcore's loop.
void clock_read(struct now *now);

// Ticks of the time stamp counter to nanoseconds and back, rounded down; tsc_hz is
// rte_get_tsc_hz(), which EAL measures at start. Exact over the whole range as long as the result
// fits 64 bits.
uint64_t clock_tsc_to_ns(uint64_t ticks, uint64_t tsc_hz);
uint64_t clock_ns_to_tsc(uint64_t ns, uint64_t tsc_hz);
