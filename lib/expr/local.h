// Local time in kernels: a TIMESTAMP_LTZ's value as the TIMESTAMP that clocks of the session's time
// zone show, and back. Internal to the module.
#pragma once
#include "expr/unit.h"
#include "time/zone.h"

// value of type's units moved by offset_ms; wraps around at the ends of the range.
static inline int64_t local_move(int64_t value, struct type type, int64_t offset_ms)
{
	return (int64_t)((uint64_t)value +
			 (uint64_t)(offset_ms * (type_units_per_second(type) / 1000)));
}

static inline int64_t local_ms(int64_t value, struct type type)
{
	return unit_floor_div(value, type_units_per_second(type) / 1000);
}

// near is zero at the start of a block.
static inline int64_t local_of(
	const struct zone *zone, int64_t value, struct type type, struct zone_span *near)
{
	return local_move(value, type, zone_offset_near(zone, local_ms(value, type), near));
}

static inline int64_t local_to_utc(const struct zone *zone, int64_t local, struct type type)
{
	int64_t ms = local_ms(local, type);

	if (zone_is_utc(zone))
		return local;
	return local_move(local, type, zone_to_utc(zone, ms) - ms);
}

// moment_get() of args[i] in local time.
static inline struct moment local_moment(
	const struct call *call, uint16_t i, uint16_t row, struct zone_span *near)
{
	struct type type = call->expr->args[i]->type;
	const void *values = call->args[i].values;
	int64_t value;

	if (type.kind != TYPE_TIMESTAMP_LTZ)
		return moment_get(type, values, row);
	value = local_of(call->expr->zone, ((const int64_t *)values)[row], type, near);
	return moment_get(type, &value, 0);
}
