// Arithmetic with intervals. Days to seconds are milliseconds, years to months are months; a month
// added to the 31st ends on the last day of a shorter month, as in Java.
#include "expr/call.h"
#include "expr/families.h"
#include "row/datetime.h"
#include <errno.h>

enum { MS_PER_DAY = 86400000, YEARS_MAX = 5800000 };

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int32_t floor_mod(int64_t a, int32_t b)
{
	return (int32_t)(a - floor_div(a, b) * b);
}

static int32_t month_days(int32_t year, int32_t month)
{
	return datetime_days(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) -
	       datetime_days(year, month, 1);
}

int32_t interval_add_months(int32_t days, int64_t n_months)
{
	int32_t year, month, day, last;
	int64_t months;

	datetime_civil(days, &year, &month, &day);
	months = (int64_t)year * 12 + (month - 1) + n_months;
	year = (int32_t)floor_div(months, 12);
	if (year > YEARS_MAX || year < -YEARS_MAX) // beyond what a DATE can hold
		return year > 0 ? INT32_MAX : INT32_MIN;
	month = floor_mod(months, 12) + 1;
	last = month_days(year, month);
	return datetime_days(year, month, day < last ? day : last);
}

int64_t interval_add_months_to(int64_t value, int64_t units_per_second, int64_t n_months)
{
	int64_t per_day = 86400 * units_per_second, days = floor_div(value, per_day);
	int64_t moved = interval_add_months((int32_t)days, n_months);

	return (int64_t)((uint64_t)moved * (uint64_t)per_day + (uint64_t)(value - days * per_day));
}

// a ± b; the argument that is the interval is the second one.
#define SIGN(call) (((const struct sum *)(call)->expr->data)->sign)

struct sum {
	int64_t sign; // 1 or −1
	int64_t scale; // the timestamp's units in a millisecond
};

static void date_plus_ms(struct call *call)
{
	const int32_t *as = call->args[0].values;
	const int64_t *bs = call->args[1].values;
	int32_t *values = call->values;

	CALL_FOREACH(call, row)
	values[row] =
		(int32_t)((uint32_t)as[row] + (uint32_t)(SIGN(call) * (bs[row] / MS_PER_DAY)));
}

static void date_plus_months(struct call *call)
{
	const int32_t *as = call->args[0].values, *bs = call->args[1].values;
	int32_t *values = call->values;

	CALL_FOREACH(call, row)
	values[row] = interval_add_months(as[row], SIGN(call) * bs[row]);
}

static void time_plus_ms(struct call *call)
{
	const int32_t *as = call->args[0].values;
	const int64_t *bs = call->args[1].values;
	int32_t *values = call->values;

	CALL_FOREACH(call, row)
	values[row] = floor_mod(as[row] + SIGN(call) * (bs[row] % MS_PER_DAY), MS_PER_DAY);
}

static void timestamp_plus_ms(struct call *call)
{
	const struct sum *sum = call->expr->data;
	const int64_t *restrict as = call->args[0].values;
	const int64_t *restrict bs = call->args[1].values;
	uint64_t scale = (uint64_t)(sum->sign * sum->scale);
	int64_t *restrict values = call->values;

	for (uint32_t i = 0; i < call->n; i++) {
		uint16_t row = call_slot(call, (uint16_t)i);

		values[row] = (int64_t)((uint64_t)as[row] + (uint64_t)bs[row] * scale);
	}
}

static void timestamp_plus_months(struct call *call)
{
	int64_t units = type_units_per_second(call->expr->type);
	const int64_t *as = call->args[0].values;
	const int32_t *bs = call->args[1].values;
	int64_t *values = call->values;

	CALL_FOREACH(call, row)
	values[row] = interval_add_months_to(as[row], units, SIGN(call) * bs[row]);
}

static const struct kernel kernel_date_plus_ms = {date_plus_ms, 0};
static const struct kernel kernel_date_plus_months = {date_plus_months, 0};
static const struct kernel kernel_time_plus_ms = {time_plus_ms, 0};
static const struct kernel kernel_timestamp_plus_ms = {timestamp_plus_ms, KERNEL_DENSE};
static const struct kernel kernel_timestamp_plus_months = {timestamp_plus_months, 0};

static bool is_interval(enum type_kind kind)
{
	return kind == TYPE_INTERVAL_DAY || kind == TYPE_INTERVAL_YEAR;
}

static const struct kernel *pick_sum(enum type_kind kind, enum type_kind interval)
{
	bool months = interval == TYPE_INTERVAL_YEAR;

	if (kind == TYPE_DATE)
		return months ? &kernel_date_plus_months : &kernel_date_plus_ms;
	if (kind == TYPE_TIME)
		return months ? NULL : &kernel_time_plus_ms;
	if (type_is_timestamp(kind))
		return months ? &kernel_timestamp_plus_months : &kernel_timestamp_plus_ms;
	return NULL;
}

// Intervals of one kind, and interval * number: what BIGINT or INT would give.
static int resolve_as_integers(struct resolve *r, char op)
{
	enum type_kind kind =
		is_interval(r->args[0]->type.kind) ? r->args[0]->type.kind : r->args[1]->type.kind;
	struct type number = type_of(kind == TYPE_INTERVAL_DAY ? TYPE_BIGINT : TYPE_INT);
	const char name[2] = {op, '\0'};
	const struct expr *result;
	struct expr *interval;

	for (uint16_t i = 0; i < 2; i++) {
		struct expr *as_number;

		if (!is_interval(r->args[i]->type.kind)) {
			if (resolve_cast(r, i, number) != 0)
				return -EINVAL;
			continue;
		}
		as_number = arena_alloc(r->arena, sizeof(*as_number)); // the same values
		*as_number = *r->args[i];
		as_number->type.kind = number.kind;
		r->args[i] = as_number;
	}
	result = call_by_name(r, name, r->args, 2);
	if (result == NULL)
		return -EINVAL;
	interval = arena_alloc(r->arena, sizeof(*interval));
	*interval = *result;
	interval->type.kind = kind;
	r->expr = interval;
	return 0;
}

int resolve_interval(struct resolve *r, char op)
{
	enum type_kind a = r->args[0]->type.kind, b = r->args[1]->type.kind;
	bool is_sum = op == '+' || op == '-';
	struct sum *sum;

	if ((is_sum && is_interval(a) && a == b) ||
		(op == '*' && is_interval(a) != is_interval(b) &&
			(type_is_integer(a) || type_is_integer(b))) ||
		(op == '/' && is_interval(a) && type_is_integer(b)))
		return resolve_as_integers(r, op);
	if (op == '+' && is_interval(a)) {
		const struct expr *interval = r->args[0];

		r->args[0] = r->args[1];
		r->args[1] = interval;
	}
	r->kernel = pick_sum(r->args[0]->type.kind, r->args[1]->type.kind);
	if (!is_sum || !is_interval(r->args[1]->type.kind) || r->kernel == NULL)
		return resolve_refuse(r);
	r->type = r->args[0]->type;
	sum = arena_alloc(r->arena, sizeof(*sum));
	sum->sign = op == '-' ? -1 : 1;
	sum->scale = type_is_timestamp(r->type.kind) ? type_units_per_second(r->type) / 1000 : 1;
	r->data = sum;
	return 0;
}
