// Casts among DATE, TIME, TIMESTAMP and TIMESTAMP_LTZ, whose local time is the session's.
#include "expr/cast.h"
#include "expr/local.h"
#include "row/datetime.h"

enum { MS_PER_DAY = 86400000 };

static const struct type milliseconds = {.kind = TYPE_TIMESTAMP, .precision = 3};

static void to_timestamp(struct call *call)
{
	struct type from = call->expr->args[0]->type, to = call->expr->type;
	const void *as = call->args[0].values;
	bool to_local = from.kind == TYPE_TIMESTAMP_LTZ && to.kind == TYPE_TIMESTAMP;
	bool to_utc = from.kind != TYPE_TIMESTAMP_LTZ && to.kind == TYPE_TIMESTAMP_LTZ;
	const struct zone *zone = call->expr->zone;
	struct zone_span near = {0};
	int64_t *values = call->values;

	CALL_FOREACH(call, row)
	{
		int64_t value;

		if (from.kind == TYPE_DATE)
			value = (int64_t)((const int32_t *)as)[row] * MS_PER_DAY;
		else if (from.kind == TYPE_TIME)
			value = ((const int32_t *)as)[row];
		else
			value = ((const int64_t *)as)[row];
		if (to_local)
			value = local_of(zone, value, from, &near);
		if (!datetime_convert(value, type_is_timestamp(from.kind) ? from : milliseconds, to,
			    &values[row]))
			call_fail(call, row, "a timestamp is out of the range of its type");
		else if (to_utc)
			values[row] = local_to_utc(zone, values[row], to);
	}
}

static void timestamp_to_date(struct call *call)
{
	int32_t *values = call->values;
	struct zone_span near = {0};

	CALL_FOREACH(call, row)
	values[row] = (int32_t)local_moment(call, 0, row, &near).days;
}

static int32_t cut_time(int32_t ms, int32_t precision)
{
	static const int32_t step[] = {1000, 100, 10, 1};

	return precision >= 3 ? ms : ms - ms % step[precision];
}

static void timestamp_to_time(struct call *call)
{
	int32_t precision = call->expr->type.precision;
	int32_t *values = call->values;
	struct zone_span near = {0};

	CALL_FOREACH(call, row)
	{
		int64_t ms = local_moment(call, 0, row, &near).ns / UNIT_NS_PER_MS;

		values[row] = cut_time((int32_t)ms, precision);
	}
}

static void time_to_time(struct call *call)
{
	const int32_t *as = call->args[0].values;
	int32_t *values = call->values;

	CALL_FOREACH(call, row)
	values[row] = cut_time(as[row], call->expr->type.precision);
}

static const struct kernel kernel_to_timestamp[2] = CAST_PAIR(to_timestamp);
static const struct kernel kernel_to_date = {timestamp_to_date, 0};
static const struct kernel kernel_to_time = {timestamp_to_time, 0};
static const struct kernel kernel_time_to_time = {time_to_time, 0};

const struct kernel *cast_time(struct type from, struct type to, bool try_cast)
{
	bool from_timestamp = type_is_timestamp(from.kind);

	if (type_is_timestamp(to.kind) &&
		(from_timestamp || from.kind == TYPE_DATE || from.kind == TYPE_TIME))
		return &kernel_to_timestamp[try_cast];
	if (to.kind == TYPE_DATE && from_timestamp)
		return &kernel_to_date;
	if (to.kind == TYPE_TIME && from_timestamp)
		return &kernel_to_time;
	return to.kind == TYPE_TIME && from.kind == TYPE_TIME ? &kernel_time_to_time : NULL;
}
