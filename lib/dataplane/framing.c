// Lines, found 64 bytes at a time.
//
// Idea: compare 64 bytes with the delimiter, get a bit for each, and walk the bits: a short line
// costs a few cycles, not a call of memchr. Longer delimiters are rare and go through memmem. Time:
// O(len). Nothing outside data[:len] is read.
#include "dataplane/framing.h"

#include <rte_common.h>

#include <assert.h>
#include <errno.h>
#include <string.h>
#if defined(__AVX512BW__) || defined(__AVX2__)
#include <immintrin.h>
#endif

#include "base/err.h"

enum { STEP = 64 };

int framing_lines(struct framing *framing, const uint8_t *delimiter, size_t len, struct err *err)
{
	if (delimiter == NULL) {
		delimiter = (const uint8_t *)"\n";
		len = 1;
	}
	if (len == 0 || len > FRAMING_DELIMITER_MAX)
		return err_set(err, EINVAL, "message.delimiter has %zu bytes, not 1 to %d", len,
			FRAMING_DELIMITER_MAX);
	*framing = (struct framing){.kind = FRAMING_LINE, .delimiter_len = (uint32_t)len};
	memcpy(framing->delimiter, delimiter, len);
	return 0;
}

// Bit i: data[i] is byte; 0 < len ≤ STEP.
static inline uint64_t find_byte(const uint8_t *data, size_t len, uint8_t byte)
{
	uint64_t within = UINT64_MAX >> (STEP - len);
#if defined(__AVX512BW__)
	__m512i bytes = _mm512_maskz_loadu_epi8(within, data);

	return _mm512_mask_cmpeq_epi8_mask(within, bytes, _mm512_set1_epi8((char)byte));
#elif defined(__AVX2__)
	const __m256i wanted = _mm256_set1_epi8((char)byte);
	uint8_t tail[STEP] = {0};
	__m256i low, high;

	if (len < STEP)
		data = memcpy(tail, data, len);
	low = _mm256_loadu_si256((const __m256i *)data);
	high = _mm256_loadu_si256((const __m256i *)(data + STEP / 2));
	return within &
	       ((uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted)) |
		       (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted))
			       << 32);
#else
	uint64_t found = 0;

	for (size_t i = 0; i < len; i++)
		found |= (uint64_t)(data[i] == byte) << i;
	return found & within;
#endif
}

// The line data[from:to] without its "\r", if it has one to lose and is not empty.
static inline uint32_t put_line(
	struct message *message, const uint8_t *data, size_t from, size_t to, bool strip_cr)
{
	if (strip_cr && to > from && data[to - 1] == '\r')
		to--;
	*message = (struct message){data + from, (uint32_t)(to - from)};
	return to > from;
}

// framing_split() for lines, without the last one that has no delimiter.
static inline uint32_t split_byte(uint8_t delimiter, const uint8_t *data, size_t len,
	struct message *messages, uint32_t max, size_t *consumed)
{
	bool strip_cr = delimiter == '\n';
	size_t from = 0;
	uint32_t n = 0;

	for (size_t at = 0; at < len; at += STEP) {
		size_t step = len - at < STEP ? len - at : STEP;
		uint64_t found = find_byte(data + at, step, delimiter);

		for (; found != 0; found &= found - 1) {
			size_t to = at + (size_t)__builtin_ctzll(found);

			if (n == max)
				goto full;
			n += put_line(&messages[n], data, from, to, strip_cr);
			from = to + 1;
		}
	}
full:
	*consumed = from;
	return n;
}

static uint32_t split_bytes(const struct framing *framing, const uint8_t *data, size_t len,
	struct message *messages, uint32_t max, size_t *consumed)
{
	size_t from = 0;
	uint32_t n = 0;

	while (n < max) {
		const uint8_t *found =
			memmem(data + from, len - from, framing->delimiter, framing->delimiter_len);

		if (found == NULL)
			break;
		n += put_line(&messages[n], data, from, (size_t)(found - data), false);
		from = (size_t)(found - data) + framing->delimiter_len;
	}
	*consumed = from;
	return n;
}

static inline uint32_t split_lines(const struct framing *framing, const uint8_t *data, size_t len,
	bool whole, struct message *messages, uint32_t max, size_t *consumed)
{
	uint8_t first = framing->delimiter[0];
	uint32_t n;

	if (framing->delimiter_len == 1)
		n = split_byte(first, data, len, messages, max, consumed);
	else
		n = split_bytes(framing, data, len, messages, max, consumed);
	// With room left, no delimiter is in what remains.
	if (whole && n < max && *consumed < len) {
		n += put_line(&messages[n], data, *consumed, len, first == '\n');
		*consumed = len;
	}
	return n;
}

void framing_records(struct framing *framing, uint32_t size)
{
	assert(size > 0);
	*framing = (struct framing){.kind = FRAMING_RECORDS, .record_size = size};
}

static uint32_t split_records(uint32_t size, const uint8_t *data, size_t len, bool whole,
	struct message *messages, uint32_t max, size_t *consumed)
{
	size_t at = 0;
	uint32_t n = 0;

	for (; n < max && len - at >= size; at += size)
		messages[n++] = (struct message){data + at, size};
	if (whole && n < max && at < len) {
		messages[n++] = (struct message){data + at, (uint32_t)(len - at)};
		at = len;
	}
	*consumed = at;
	return n;
}

static inline uint32_t split(const struct framing *framing, const uint8_t *data, size_t len,
	bool whole, struct message *messages, uint32_t max, size_t *consumed)
{
	if (framing->kind == FRAMING_LINE)
		return split_lines(framing, data, len, whole, messages, max, consumed);
	if (framing->kind == FRAMING_RECORDS)
		return split_records(
			framing->record_size, data, len, whole, messages, max, consumed);
	messages[0] = (struct message){data, (uint32_t)len};
	*consumed = len;
	return 1;
}

uint32_t framing_split(const struct framing *framing, const uint8_t *data, size_t len, bool whole,
	struct message *messages, uint32_t max, size_t *consumed)
{
	assert(max > 0 && len <= UINT32_MAX);
	return split(framing, data, len, whole, messages, max, consumed);
}

// Cut datagrams[0], and go on with the rest of them when it is done with. False: messages are full.
static bool split_next(const struct framing *framing, struct message *datagram,
	struct message *messages, uint32_t max, uint32_t *n)
{
	size_t consumed;

	*n += split(
		framing, datagram->data, datagram->len, true, messages + *n, max - *n, &consumed);
	if (consumed == datagram->len)
		return true;
	datagram->data += consumed;
	datagram->len -= (uint32_t)consumed;
	return false;
}

// Whether byte is nowhere in data[:len].
static inline bool is_absent(const uint8_t *data, uint32_t len, uint8_t byte)
{
	for (; len > STEP; data += STEP, len -= STEP)
		if (find_byte(data, STEP, byte) != 0)
			return false;
	return len == 0 || find_byte(data, len, byte) == 0;
}

// Most datagrams are one line, with its delimiter or without.
static inline bool split_one_line(
	uint8_t delimiter, const struct message *datagram, struct message *messages, uint32_t *n)
{
	const uint8_t *data = datagram->data;
	uint32_t len = datagram->len;

	if (len == 0 || !is_absent(data, len - 1, delimiter))
		return false;
	len -= data[len - 1] == delimiter;
	*n += put_line(&messages[*n], data, 0, len, delimiter == '\n');
	return true;
}

uint32_t framing_split_each(const struct framing *framing, struct message *datagrams,
	uint32_t n_datagrams, struct message *messages, uint32_t max, uint32_t *n_done)
{
	bool is_byte = framing->kind == FRAMING_LINE && framing->delimiter_len == 1;
	uint8_t delimiter = framing->delimiter[0];
	uint32_t i, n = 0;

	for (i = 0; i < n_datagrams && n < max; i++)
		if (!(is_byte && split_one_line(delimiter, &datagrams[i], messages, &n)) &&
			!split_next(framing, &datagrams[i], messages, max, &n))
			break;
	*n_done = i;
	return n;
}
