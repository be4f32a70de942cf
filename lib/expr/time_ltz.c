// TO_TIMESTAMP_LTZ of numbers and of text.
#include "expr/call.h"
#include "expr/families.h"
#include "expr/unit.h"
#include "expr/zone_argument.h"
#include "row/decimal.h"

// 0000-01-01 to 9999-12-31 UTC; what is beyond is NULL.
#define MS_MIN INT64_C(-62167219200000)
#define MS_MAX INT64_C(253402300799999)

static const char bad_precision[] =
	"TO_TIMESTAMP_LTZ takes 0 (seconds) or 3 (milliseconds) as its precision";

static void put(struct call *call, uint16_t row, int64_t ms)
{
	((int64_t *)call->values)[row] = ms;
	if (ms < MS_MIN || ms > MS_MAX)
		nulls_set(call->nulls, row);
}

// False when the row has failed.
static bool is_seconds(struct call *call, uint16_t row, bool *seconds)
{
	int32_t precision = ((const int32_t *)call->args[1].values)[row];

	*seconds = precision == 0;
	if (precision != 0 && precision != 3) {
		call_fail(call, row, bad_precision);
		return false;
	}
	return true;
}

static void from_integer(struct call *call)
{
	const int64_t *as = call->args[0].values;
	int64_t ms;
	bool seconds;

	CALL_FOREACH(call, row)
	if (is_seconds(call, row, &seconds)) {
		ms = as[row];
		if (seconds && __builtin_mul_overflow(as[row], 1000, &ms))
			ms = INT64_MAX;
		put(call, row, ms);
	}
}

static void from_double(struct call *call)
{
	const double *as = call->args[0].values;
	bool seconds;

	CALL_FOREACH(call, row)
	if (is_seconds(call, row, &seconds)) {
		double ms = as[row] * (seconds ? 1000 : 1);

		if (ms != ms) // as Java casts it, but seconds are compared before
			put(call, row, seconds ? INT64_MAX : 0);
		else
			put(call, row,
				ms > 1e15    ? INT64_MAX
				: ms < -1e15 ? INT64_MIN
					     : (int64_t)ms);
	}
}

// Digits behind the point are cut off, also those of seconds.
static void from_decimal(struct call *call)
{
	decimal by = decimal_power(call->expr->args[0]->type.scale);
	const decimal *as = call->args[0].values;
	bool seconds;

	CALL_FOREACH(call, row)
	if (is_seconds(call, row, &seconds)) {
		decimal whole = as[row] / by;

		if (whole > MS_MAX || whole < MS_MIN)
			put(call, row, INT64_MAX);
		else
			put(call, row, (int64_t)whole * (seconds ? 1000 : 1));
	}
}

static const struct kernel kernel_integer = {from_integer, KERNEL_NULLS | KERNEL_FAULTS};
static const struct kernel kernel_double = {from_double, KERNEL_NULLS | KERNEL_FAULTS};
static const struct kernel kernel_decimal = {from_decimal, KERNEL_NULLS | KERNEL_FAULTS};

static int resolve_number(struct resolve *r)
{
	const struct expr **args = arena_alloc(r->arena, 2 * sizeof(*args));
	enum type_kind kind = r->args[0]->type.kind;
	struct type as =
		type_of(kind == TYPE_FLOAT || kind == TYPE_DOUBLE ? TYPE_DOUBLE : TYPE_BIGINT);

	args[0] = r->args[0];
	args[1] = r->n_args > 1 ? r->args[1]
				: expr_literal(r->arena, type_of(TYPE_INT),
					  (union scalar){.i32 = 3}, r->pos);
	r->args = args;
	if (r->n_args == 3 || (r->n_args == 2 && !type_is_integer(args[1]->type.kind)))
		return resolve_refuse(r);
	r->n_args = 2;
	if (kind != TYPE_DECIMAL && resolve_cast(r, 0, as) != 0)
		return -EINVAL;
	if (resolve_cast(r, 1, type_of(TYPE_INT)) != 0)
		return -EINVAL;
	if (expr_is_literal(args[1]) && !args[1]->is_null && args[1]->value.i32 != 0 &&
		args[1]->value.i32 != 3)
		return err_set_at(r->err, args[1]->pos, "%s", bad_precision);
	r->kernel = kind == TYPE_DECIMAL     ? &kernel_decimal
		    : as.kind == TYPE_DOUBLE ? &kernel_double
					     : &kernel_integer;
	r->type = type_timestamp(TYPE_TIMESTAMP_LTZ, 3);
	return 0;
}

// TO_TIMESTAMP(s [, pattern]) as local time of the zone, UTC where none is said.
static int resolve_text(struct resolve *r)
{
	struct session session = {&zone_utc, NULL};
	const struct expr *local = call_by_name(r, "TO_TIMESTAMP", r->args, r->n_args > 1 ? 2 : 1);
	const void *before = arena_context(r->arena);

	if (local == NULL || (r->n_args == 3 && zone_argument(r, 2, &session) != 0))
		return -EINVAL;
	session_set(r->arena, &session);
	r->expr = expr_cast(
		r->arena, local, type_timestamp(TYPE_TIMESTAMP_LTZ, 3), true, r->pos, r->err);
	arena_set_context(r->arena, before);
	return r->expr != NULL ? 0 : -EINVAL;
}

static int resolve_to_timestamp_ltz(struct resolve *r)
{
	enum type_kind kind = r->args[0]->type.kind;

	if (type_is_string(kind))
		return resolve_text(r);
	if (kind != TYPE_NULL && !type_is_numeric(kind))
		return resolve_refuse(r);
	return resolve_number(r);
}

static const struct function functions[] = {
	{.name = "TO_TIMESTAMP_LTZ",
		.n_min = 1,
		.n_max = 3,
		.resolve = resolve_to_timestamp_ltz,
		.usage = "TO_TIMESTAMP_LTZ(n [, precision]), TO_TIMESTAMP_LTZ(s [, format [, "
			 "zone]])",
		.doc = "n milliseconds (precision 3) or seconds (0) since 1970; or the time that "
		       "the "
		       "text s says in a zone (UTC); NULL when it says none"},
};

const struct function_family family_time_ltz = {
	"Instants", functions, sizeof(functions) / sizeof(*functions)};
