// Durations and sizes as Flink writes them in its options.
#pragma once
#include <stdint.h>

// "5 s", "100ms", "1 min", "2 h", "1 d", "10 us", "7 ns"; a bare number is milliseconds (Flink's
// TimeUtils.parseDuration and its unit names). Returns 0 and *ns, or -EINVAL.
int units_duration_ns(const char *text, int64_t *ns);

// "512", "64 kb", "128mb", "2 gb", powers of 1024 (Flink's MemorySize). Returns 0, or -EINVAL.
int units_size_bytes(const char *text, uint64_t *bytes);
