// Idea: one loop for each kind of column, without a call and with few branches, so that the
// processor works on several values at a time. What the loop does not know is a bit in a mask.
#include "format/texts.h"
#include <rte_common.h>
#include "format/lanes.h"

static uint32_t views(const struct texts *all, struct str *to)
{
	const struct texts texts = *all;

	for (uint32_t i = 0; i < texts.n; i++) {
		uint32_t len;
		const char *text = texts_at(&texts, i, &len);

		quick_view(&to[i], text, len);
	}
	return 0;
}

// Read the texts as numbers, with a point where has_point says so. Returns a bit for each that is
// none, or is too long.
static inline __attribute__((always_inline)) uint32_t read_numbers(
	const struct texts *all, bool has_point, struct lanes_numbers *numbers)
{
	struct texts texts = *all;
	uint32_t refused = 0;

	for (uint32_t i = 0; i < texts.n; i += LANES, texts_advance(&texts, LANES))
		refused |= lanes_read_numbers(&texts, has_point, numbers, i) << i;
	return refused & UINT32_MAX >> (32 - texts.n);
}

// Those of values[:n] that are not between min and max.
static uint32_t out_of_range(const int64_t *values, uint32_t n, int64_t min, int64_t max)
{
	uint32_t refused = 0;
	uint64_t any = 0;

	for (uint32_t i = 0; i < n; i++)
		any |= values[i] < min || values[i] > max;
	if (likely(any == 0))
		return 0;
	for (uint32_t i = 0; i < n; i++)
		refused |= (uint32_t)(values[i] < min || values[i] > max) << i;
	return refused;
}

#define STORE(type)                      \
	for (uint32_t i = 0; i < n; i++) \
	((type *)values)[i] = (type)numbers.values[i]

static uint32_t integers(const struct texts *texts, const struct target *target, void *values)
{
	const uint32_t n = texts->n;
	struct lanes_numbers numbers;
	uint32_t refused = read_numbers(texts, false, &numbers);

	switch (target->width) {
	case 1:
		STORE(int8_t);
		break;
	case 2:
		STORE(int16_t);
		break;
	case 4:
		STORE(int32_t);
		break;
	default:
		STORE(int64_t);
		return refused; // sixteen digits are always in range
	}
	return refused | out_of_range(numbers.values, n, target->min, target->max);
}

static uint32_t decimals(const struct texts *texts, const struct target *target, decimal *values)
{
	const uint32_t n = texts->n, scale = (uint32_t)target->type.scale;
	const decimal most = target->limit - 1;
	struct lanes_numbers numbers;
	uint32_t refused = read_numbers(texts, true, &numbers);

	for (uint32_t i = 0; i < n; i++) {
		uint32_t shift = scale - numbers.scales[i]; // huge when there is something to round
		bool is_quick = shift <= DECIMAL_QUICK_SHIFT;

		if (likely(is_quick)) {
			values[i] = (decimal)numbers.values[i] * quick_powers[shift];
			is_quick = (unsigned __int128)(values[i] + most) <=
				   2 * (unsigned __int128)most;
		}
		if (unlikely(!is_quick))
			refused |= 1u << i;
	}
	return refused;
}

static uint32_t doubles(const struct texts *texts, const struct target *target, void *values)
{
	const int64_t exact = 1ll << 53;
	const uint32_t n = texts->n;
	struct lanes_numbers numbers;
	uint32_t refused = read_numbers(texts, true, &numbers);

	// As in convert_double(): both are exact, so that it is rounded once.
	for (uint32_t i = 0; i < n; i++) {
		double value = (double)numbers.values[i] / (double)quick_powers[numbers.scales[i]];

		if (target->kind == TYPE_FLOAT)
			((float *)values)[i] = (float)value;
		else
			((double *)values)[i] = value;
	}
	return refused | out_of_range(numbers.values, n, -exact, exact);
}

static uint32_t moments(const struct texts *all, const struct target *target,
	enum datetime_style style, int64_t *values)
{
	const bool has_zone = target->kind == TYPE_TIMESTAMP_LTZ;
	const uint32_t n = all->n;
	const int64_t units = target->units_per_ms;
	struct texts texts = *all;
	int64_t ms[TEXTS_MAX];
	uint32_t refused = 0;

	if (units == 0)
		return UINT32_MAX >> (32 - n);
	for (uint32_t i = 0; i < n; i += LANES, texts_advance(&texts, LANES))
		refused |= lanes_read_moments(&texts, has_zone, style, ms + i) << i;
	for (uint32_t i = 0; i < n; i++)
		values[i] = ms[i] * units;
	return refused & UINT32_MAX >> (32 - n);
}

uint32_t texts_no_numbers(const struct texts *texts)
{
	struct lanes_numbers numbers;

	return read_numbers(texts, true, &numbers);
}

uint32_t texts_convert(const struct texts *texts, const struct target *target,
	enum datetime_style style, struct block_store *out, uint16_t slot)
{
	char *values = (char *)out->columns[target->column].values + (size_t)slot * target->width;

	switch (target->kind) {
	case TYPE_CHAR:
	case TYPE_VARCHAR:
		return views(texts, (struct str *)values);
	case TYPE_TINYINT:
	case TYPE_SMALLINT:
	case TYPE_INT:
	case TYPE_BIGINT:
		return integers(texts, target, values);
	case TYPE_DECIMAL:
		return decimals(texts, target, (decimal *)values);
	case TYPE_FLOAT:
	case TYPE_DOUBLE:
		return doubles(texts, target, values);
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ:
		return moments(texts, target, style, (int64_t *)values);
	default:
		return UINT32_MAX >> (32 - texts->n);
	}
}
