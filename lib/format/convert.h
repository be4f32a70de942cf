// Text to a column's value: what JSON strings and numbers and CSV fields have in common. The rules
// are those of Flink's JsonToRowDataConverters and CsvToRowDataConverters.
#pragma once
#include "format/digits.h"
#include "format/target.h"
#include "row/datetime.h"

// Convert text[:len] and put it where row and target say. style is how timestamps are written;
// DATETIME_JAVA takes both marks. Long strings become views of text, which
// must live as long as the row; long bytes go to the heap.
// Returns an OUTCOME_.
int convert_text(struct row *row, const struct target *target, const char *text, uint32_t len,
	enum datetime_style style);

// The parts of it that did not go the quick way. Numbers come without blanks around them.
int convert_integer_slow(
	struct row *row, const struct target *target, const char *text, uint32_t len);
int convert_decimal_slow(
	struct row *row, const struct target *target, const char *text, uint32_t len);
int convert_double_slow(
	struct row *row, const struct target *target, const char *text, uint32_t len);

static inline int store_integer(struct row *row, const struct target *target, int64_t value)
{
	void *values = row_values(row, target);

	if (unlikely(value < target->min || value > target->max))
		return outcome_error(DECODE_RANGE);
	switch (target->width) {
	case 1:
		((int8_t *)values)[row->slot] = (int8_t)value;
		break;
	case 2:
		((int16_t *)values)[row->slot] = (int16_t)value;
		break;
	case 4:
		((int32_t *)values)[row->slot] = (int32_t)value;
		break;
	default:
		((int64_t *)values)[row->slot] = value;
		break;
	}
	return OUTCOME_OK;
}

static inline void store_double(struct row *row, const struct target *target, double value)
{
	if (target->kind == TYPE_FLOAT)
		((float *)row_values(row, target))[row->slot] = (float)value;
	else
		((double *)row_values(row, target))[row->slot] = value;
}

static inline int store_decimal(struct row *row, const struct target *target, decimal value)
{
	if (unlikely(value >= target->limit || value <= -target->limit))
		return OUTCOME_NULL;
	((decimal *)row_values(row, target))[row->slot] = value;
	return OUTCOME_OK;
}

static inline void store_view(struct row *row, const struct target *target, struct str str)
{
	((struct str *)row_values(row, target))[row->slot] = str;
}

static inline int convert_integer(
	struct row *row, const struct target *target, const char *text, uint32_t len)
{
	uint32_t minus = len > 0 && *text == '-';
	uint64_t number;

	if (unlikely(!digits_integer(text + minus, len - minus, &number)))
		return convert_integer_slow(row, target, text, len);
	return store_integer(row, target, minus ? -(int64_t)number : (int64_t)number);
}

// Sixteen digits times 10^DECIMAL_QUICK_SHIFT are far from the end of 128 bits.
enum { DECIMAL_QUICK_SHIFT = 18, DOUBLE_QUICK_SCALE = 15 };

static const int64_t quick_powers[DECIMAL_QUICK_SHIFT + 1] = {1, 10, 100, 1000, 10000, 100000,
	1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
	10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000,
	1000000000000000000};

static inline int convert_decimal(
	struct row *row, const struct target *target, const char *text, uint32_t len)
{
	uint32_t minus = len > 0 && *text == '-', scale, shift;
	uint64_t number;
	decimal value;

	if (unlikely(!digits_decimal(text + minus, len - minus, &number, &scale)))
		return convert_decimal_slow(row, target, text, len);
	shift = (uint32_t)target->type.scale - scale; // huge when there is something to round
	if (unlikely(shift > DECIMAL_QUICK_SHIFT))
		return convert_decimal_slow(row, target, text, len);
	value = (decimal)number * quick_powers[shift];
	return store_decimal(row, target, minus ? -value : value);
}

static inline int convert_double(
	struct row *row, const struct target *target, const char *text, uint32_t len)
{
	uint32_t minus = len > 0 && *text == '-', scale;
	uint64_t number;
	double value;

	// A number below 2^53 and a power of ten up to 10^22 are exact, so that one division rounds
	// once (Clinger 1990).
	if (unlikely(!digits_decimal(text + minus, len - minus, &number, &scale) ||
		     number > 1ull << 53))
		return convert_double_slow(row, target, text, len);
	value = (double)(int64_t)number / (double)quick_powers[scale];
	store_double(row, target, minus ? -value : value);
	return OUTCOME_OK;
}

// Make *to a view of text[:len], as str_view() but with one branch on the length only.
static inline void quick_view(struct str *to, const char *text, uint32_t len)
{
#if defined(__AVX512BW__) && defined(__AVX512VL__) && defined(__BMI2__)
	const uint32_t prefix_and_rest = 0xfff0; // a bit for each byte of a view but its length's
	__mmask16 bytes;

	if (len > STR_INLINE_MAX) {
		to->len = len;
		memcpy(to->prefix, text, STR_PREFIX);
		to->ptr = text;
	} else {
		bytes = (__mmask16)_bzhi_u32(prefix_and_rest, sizeof(len) + len);
		_mm_storeu_si128((__m128i *)to, _mm_mask_loadu_epi8(_mm_cvtsi32_si128((int)len),
							bytes, text - sizeof(len)));
	}
#else
	*to = str_view(text, len);
#endif
}

// A column's value is the string text[:len].
static inline void store_text(
	struct row *row, const struct target *target, const char *text, uint32_t len)
{
	quick_view((struct str *)row_values(row, target) + row->slot, text, len);
}
