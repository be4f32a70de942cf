// The beginning of event time, as people write it.
#pragma once
#include "base/err.h"

// "now", "now-30min", "now+5s" (durations as Flink writes them, against now_ms), or a date and time
// in UTC: "2026-01-01 00:00:00", "2026-01-01T00:00:00.123". Milliseconds since 1970, between the
// model's bounds. Returns 0, or -EINVAL and *err.
int start_parse(const char *text, int64_t now_ms, int64_t *start_ms, struct err *err);
