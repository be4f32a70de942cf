// Idea: one loop for each kind of column, without a call and with few branches, so that the
// processor works on several values at a time. What the loop does not know is a bit in a mask.
#include "format/texts.h"
#include "format/moment.h"

// The digits of a run's texts as numbers, those behind a point with those before it.
struct numbers {
	uint64_t digits[TEXTS_MAX];
	uint32_t scales[TEXTS_MAX]; // how many of them are behind the point
	uint64_t minus[TEXTS_MAX]; // 1: there is one
};

static uint32_t views(const struct texts *texts, struct str *to)
{
	for (uint32_t i = 0; i < texts->n; i++)
		to[i] = quick_view(texts->at[i], texts->lens[i]);
	return 0;
}

// Read the texts as numbers, with a point where has_point says so. Returns a bit for each that is
// none, or is too long.
static inline __attribute__((always_inline)) uint32_t read_numbers(
	const struct texts *texts, bool has_point, struct numbers *numbers)
{
	const char *ends[TEXTS_MAX];
	uint32_t lens[TEXTS_MAX], refused = 0, i;

	for (i = 0; i < texts->n; i++) {
		uint32_t len = texts->lens[i];
		const char *text = texts->at[i];
		uint32_t minus = len > 0 && *text == '-';
		bool is_number = len - minus - 1 < DIGITS_MAX;

		ends[i] = text + len;
		// A point alone is none.
		if (has_point)
			is_number &= len - minus != 1 || ends[i][-1] != '.';
		lens[i] = is_number ? len - minus : 0;
		numbers->minus[i] = minus;
		refused |= (uint32_t)!is_number << i;
	}
	for (; i % DIGITS_LANES != 0; i++) {
		ends[i] = "";
		lens[i] = 0;
	}
	for (i = 0; i < texts->n; i += DIGITS_LANES)
		refused |= digits_join_lanes(ends + i, lens + i, has_point, numbers->digits + i,
				   numbers->scales + i)
			   << i;
	return refused & UINT32_MAX >> (32 - texts->n);
}

// Those of numbers[:n] that are out of target's range.
static uint32_t out_of_range(const struct numbers *numbers, uint32_t n, const struct target *target)
{
	uint64_t most = (uint64_t)target->max, over = 0;
	uint32_t refused = 0;

	// Of the least number the digits are one more.
	for (uint32_t i = 0; i < n; i++)
		over |= numbers->digits[i] > most + numbers->minus[i];
	if (likely(over == 0))
		return 0;
	for (uint32_t i = 0; i < n; i++)
		refused |= (uint32_t)(numbers->digits[i] > most + numbers->minus[i]) << i;
	return refused;
}

#define STORE(type)                      \
	for (uint32_t i = 0; i < n; i++) \
	((type *)values)[i] = (type)((numbers.digits[i] ^ -numbers.minus[i]) + numbers.minus[i])

static uint32_t integers(const struct texts *texts, const struct target *target, void *values)
{
	const uint32_t n = texts->n;
	struct numbers numbers;
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
	return refused | out_of_range(&numbers, n, target);
}

static uint32_t decimals(const struct texts *texts, const struct target *target, decimal *values)
{
	const unsigned __int128 limit = (unsigned __int128)target->limit;
	const uint32_t n = texts->n, scale = (uint32_t)target->type.scale;
	struct numbers numbers;
	uint32_t refused = read_numbers(texts, true, &numbers);

	for (uint32_t i = 0; i < n; i++) {
		uint32_t shift = scale - numbers.scales[i]; // huge when there is something to round
		bool is_quick = shift <= DECIMAL_QUICK_SHIFT;
		unsigned __int128 value = numbers.digits[i];

		value *= (uint64_t)quick_powers[is_quick ? shift : 0];
		refused |= (uint32_t)(!is_quick || value >= limit) << i;
		values[i] = (decimal)(numbers.minus[i] ? -value : value);
	}
	return refused;
}

static uint32_t doubles(const struct texts *texts, const struct target *target, void *values)
{
	struct numbers numbers;
	uint32_t refused = read_numbers(texts, true, &numbers);

	// As in convert_double(): both are exact, so that it is rounded once.
	for (uint32_t i = 0; i < texts->n; i++) {
		double value = (double)(int64_t)numbers.digits[i] /
			       (double)quick_powers[numbers.scales[i]];

		if (numbers.minus[i])
			value = -value;
		if (target->kind == TYPE_FLOAT)
			((float *)values)[i] = (float)value;
		else
			((double *)values)[i] = value;
		refused |= (uint32_t)(numbers.digits[i] > 1ull << 53) << i;
	}
	return refused;
}

static uint32_t moments(const struct texts *texts, const struct target *target,
	enum datetime_style style, int64_t *values)
{
	bool has_zone = target->kind == TYPE_TIMESTAMP_LTZ;
	uint32_t refused = 0;

	if (target->units_per_ms == 0)
		return UINT32_MAX >> (32 - texts->n);
	for (uint32_t i = 0; i < texts->n; i++) {
		const char *text = texts->at[i];
		uint32_t len = texts->lens[i] - has_zone;
		int64_t ms = 0;
		bool ok = moment_parse(text, len, style, &ms) && (!has_zone || text[len] == 'Z');

		values[i] = ms * target->units_per_ms;
		refused |= (uint32_t)!ok << i;
	}
	return refused;
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
