// For port.c: the counters as they stand, not relative to the port's start.
#pragma once
#include "dataplane/port.h"

void port_stats_read(const struct port *port, struct port_stats *stats);
