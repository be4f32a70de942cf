// The fixed layout of --format raw: columns in order, nothing between them. Numbers are big-endian;
// CHAR columns are padded on the right with blanks, as SQL does.
#pragma once
#include <assert.h>
#include <endian.h>
#include <stdint.h>
#include <string.h>

enum {
	RAW_CARD = 16,
	RAW_WHO = 10, // user_id, device
	RAW_MERCHANT = 8,
	RAW_CATEGORY = 12,
	RAW_CITY = 16,
	RAW_COUNTRY = 2,
	RAW_CURRENCY = 3,
	RAW_STATUS = 8,
	RAW_PAYMENT = 8 + 8 + RAW_CARD + RAW_WHO + RAW_MERCHANT + RAW_CATEGORY + RAW_CITY +
		      RAW_COUNTRY + 8 + 8 + 8 + RAW_CURRENCY + RAW_STATUS,
	RAW_READING = 8 + 8 + RAW_WHO + RAW_CITY + 8,
};

static inline char *raw_int64(char *at, int64_t value)
{
	uint64_t big = htobe64((uint64_t)value);

	return (char *)memcpy(at, &big, sizeof(big)) + sizeof(big);
}

// IEEE 754 binary64.
static inline char *raw_double(char *at, double value)
{
	int64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return raw_int64(at, bits);
}

// The text from name to end, which is not longer than width.
static inline char *raw_chars(char *at, const char *name, const char *end, size_t width)
{
	size_t len = (size_t)(end - name);

	assert(len <= width);
	memcpy(at, name, len);
	memset(at + len, ' ', width - len);
	return at + width;
}
