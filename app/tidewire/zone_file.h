// The system's tz database.
#pragma once
#include "time/zone.h"

// Reads below $TZDIR, or /usr/share/zoneinfo where it is not set.
extern const struct zone_files zone_files;
