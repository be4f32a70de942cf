// Fixed binary records to rows.
//
// Idea: a burst's messages are checked first, up to one that is no row; then each column is moved
// for all of them in a loop that looks at neither types nor lengths.
#include <endian.h>
#include <errno.h>
#include <string.h>
#include <rte_common.h>
#include "format/convert.h"
#include "format/formats.h"
#include "format/raw.h"

enum { MS_PER_DAY = 86400000 };

struct raw_decoder {
	struct decoder decoder;
	struct targets targets;
	struct raw_layout layout;
	uint16_t n_checked; // targets whose bytes may be no value of their type
	uint16_t checked[SCHEMA_COLUMNS_MAX]; // [:n_checked], indices
};

// Reads of an unaligned number in the messages' byte order.
#define DEFINE_READ(type, bits)                                                 \
	static inline type read_##type(const uint8_t *at, bool swap)            \
	{                                                                       \
		type value;                                                     \
                                                                                \
		memcpy(&value, at, sizeof(value));                              \
		return swap ? (type)__builtin_bswap##bits((type)value) : value; \
	}
DEFINE_READ(uint16_t, 16)
DEFINE_READ(uint32_t, 32)
DEFINE_READ(uint64_t, 64)

static inline decimal read_decimal(const uint8_t *at, bool swap)
{
	uint64_t first = read_uint64_t(at, swap), second = read_uint64_t(at + 8, swap);
	bool big = swap == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
	uint64_t high = big ? first : second, low = big ? second : first;

	return (decimal)((unsigned __int128)high << 64 | low);
}

static decimal read_any_decimal(const uint8_t *at, int32_t size, bool swap)
{
	return size == 8 ? (int64_t)read_uint64_t(at, swap) : read_decimal(at, swap);
}

// Whether the bytes of a checked target are a value of its type.
static bool in_range(
	const struct raw_decoder *raw, const struct target *target, const uint8_t *message)
{
	const uint8_t *at = message + raw->layout.offsets[target->column];
	decimal value;

	switch (target->kind) {
	case TYPE_BOOLEAN:
		return *at <= 1;
	case TYPE_TIME:
		return read_uint32_t(at, raw->layout.swap) < MS_PER_DAY;
	default:
		value = read_any_decimal(at, raw->layout.sizes[target->column], raw->layout.swap);
		return value < target->limit && value > -target->limit;
	}
}

static inline bool is_length(const struct raw_layout *layout, uint32_t len)
{
	uint32_t rest = len - layout->fixed_size;

	return len >= layout->fixed_size && rest <= (layout->has_rest ? layout->rest_max : 0);
}

// Whether the values of a message of the right length make a row. For ignore-parse-errors = true
// one that is out of range is made NULL later, by null_invalid().
static bool are_values(const struct raw_decoder *raw, const uint8_t *message)
{
	for (uint16_t i = 0; i < raw->n_checked; i++) {
		const struct target *target = &raw->targets.of[raw->checked[i]];

		if (likely(in_range(raw, target, message)))
			continue;
		if (raw->decoder.on_error != ON_PARSE_ERROR_NULL || !target->nullable)
			return false;
	}
	return true;
}

// The length of a CHAR without its padding.
static inline uint32_t char_len(const char *text, uint32_t len)
{
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\0'))
		len--;
	return len;
}

// Messages one after the other that all become rows, of which the first goes to slot.
struct run {
	const struct message *messages; // [:n]
	uint16_t n;
	uint16_t slot;
};

#define MOVE_EACH(type, read, swap)                                         \
	do {                                                                \
		const struct message *message = run->messages;              \
		type *to = (type *)values + run->slot, *end = to + run->n;  \
                                                                            \
		_Pragma("GCC unroll 4") while (to < end)                    \
		{                                                           \
			*to++ = (type)read(message++->data + offset, swap); \
		}                                                           \
	} while (0)

// One loop for each width; with swap a constant in each the compiler makes a plain loop of it.
#define MOVE(type, read)                              \
	do {                                          \
		if (swap)                             \
			MOVE_EACH(type, read, true);  \
		else                                  \
			MOVE_EACH(type, read, false); \
	} while (0)

static void move_numbers(const struct run *run, const struct target *target, uint32_t offset,
	int32_t size, bool swap, void *values)
{
	if (target->kind == TYPE_DECIMAL && size == 8) {
		for (uint16_t i = 0; i < run->n; i++)
			((decimal *)values)[run->slot + i] =
				(int64_t)read_uint64_t(run->messages[i].data + offset, swap);
		return;
	}
	switch (size) {
	case 1:
		for (uint16_t i = 0; i < run->n; i++)
			((uint8_t *)values)[run->slot + i] = run->messages[i].data[offset];
		break;
	case 2:
		MOVE(uint16_t, read_uint16_t);
		break;
	case 4:
		MOVE(uint32_t, read_uint32_t);
		break;
	case 8:
		MOVE(uint64_t, read_uint64_t);
		break;
	default:
		MOVE(decimal, read_decimal);
		break;
	}
}

static void move_views(const struct run *run, const struct target *target, uint32_t offset,
	int32_t size, struct str *values)
{
	for (uint16_t i = 0; i < run->n; i++) {
		const char *text = (const char *)run->messages[i].data + offset;
		uint32_t len = size == RAW_REST ? run->messages[i].len - offset : (uint32_t)size;

		if (target->kind == TYPE_CHAR)
			len = char_len(text, len);
		quick_view(&values[run->slot + i], text, len);
	}
}

// The view of a CHAR of up to eight bytes, of which word's lowest is the first.
static inline struct str word_view(uint64_t word)
{
	// Padding, NULs and blanks, has no bit but a blank's.
	uint64_t text = word & ~0x2020202020202020u;
	uint32_t len = (71 - (text == 0 ? 64 : (uint32_t)__builtin_clzll(text))) / 8;
	struct str str = {.len = len};

	word &= ~(~0ull << 4 * len << 4 * len); // in two steps: len is 8, too
	memcpy(str.prefix, &word, STR_PREFIX);
	word >>= 8 * STR_PREFIX;
	memcpy(str.rest, &word, sizeof(word));
	return str;
}

// CHARs of up to eight bytes, in records where eight can be read: as numbers, without a branch.
static void move_words(const struct run *run, uint32_t offset, int32_t size, struct str *values)
{
	const uint64_t mask = ~0ull >> (64 - 8 * size);

	for (uint16_t i = 0; i < run->n; i++)
		values[run->slot + i] = word_view(
			le64toh(read_uint64_t(run->messages[i].data + offset, false)) & mask);
}

static void null_invalid(struct raw_decoder *raw, const struct run *run, struct block_store *out)
{
	for (uint16_t i = 0; i < run->n; i++)
		for (uint16_t c = 0; c < raw->n_checked; c++) {
			const struct target *target = &raw->targets.of[raw->checked[c]];

			if (in_range(raw, target, run->messages[i].data))
				continue;
			nulls_set(out->columns[target->column].nulls, run->slot + i);
			raw->decoder.n_null_fields++;
		}
}

// How many messages there are before the first that is no row, n at most.
static uint16_t count_rows(
	const struct raw_decoder *raw, const struct message *messages, uint16_t n)
{
	uint16_t i = 0;

	while (i < n && likely(is_length(&raw->layout, messages[i].len)) &&
		are_values(raw, messages[i].data))
		i++;
	return i;
}

// Drop the message that count_rows() stopped at. Returns whether decoding goes on.
static bool reject(struct raw_decoder *raw, const struct message *message)
{
	decoder_reject(&raw->decoder, message, (const char *)message->data,
		is_length(&raw->layout, message->len) ? DECODE_RANGE : DECODE_LENGTH);
	return raw->decoder.fault.text == NULL;
}

static void move_run(struct raw_decoder *raw, const struct run *run, struct block_store *out)
{
	const struct raw_layout *layout = &raw->layout;

	for (uint16_t i = 0; i < raw->targets.n; i++) {
		const struct target *target = &raw->targets.of[i];
		uint32_t offset = layout->offsets[target->column];
		int32_t size = layout->sizes[target->column];
		void *values = out->columns[target->column].values;

		if (target->kind == TYPE_CHAR && size <= 8 && offset + 8 <= layout->fixed_size)
			move_words(run, offset, size, values);
		else if (type_is_view(target->kind))
			move_views(run, target, offset, size, values);
		else
			move_numbers(run, target, offset, size, layout->swap, values);
	}
	if (raw->n_checked > 0 && raw->decoder.on_error == ON_PARSE_ERROR_NULL)
		null_invalid(raw, run, out);
	raw->decoder.n_messages += run->n;
	out->block.n_slots += run->n;
	out->block.n_rows = out->block.n_slots;
}

static uint16_t raw_decode(struct decoder *decoder, const struct message *messages, uint16_t n,
	struct block_store *out)
{
	struct raw_decoder *raw = (struct raw_decoder *)decoder; // its first member
	uint16_t n_taken = 0;

	while (n_taken < n && out->block.n_slots < BLOCK_ROWS_MAX) {
		struct run run = {messages + n_taken, 0, out->block.n_slots};
		uint16_t n_most =
			RTE_MIN((uint16_t)(n - n_taken), (uint16_t)(BLOCK_ROWS_MAX - run.slot));

		run.n = count_rows(raw, run.messages, n_most);
		n_taken += run.n;
		if (run.n > 0)
			move_run(raw, &run, out);
		if (run.n < n_most && !reject(raw, &messages[n_taken++]))
			break;
	}
	return n_taken;
}

static void raw_decoder_free(struct decoder *decoder)
{
	struct raw_decoder *raw = (struct raw_decoder *)decoder;

	mem_free(decoder->mem, raw->targets.of);
	mem_free(decoder->mem, raw);
}

static const struct decoder_ops raw_decoder_ops = {
	.decode = raw_decode,
	.free = raw_decoder_free,
};

uint32_t raw_record_size(const struct schema *schema)
{
	struct raw_layout layout;

	if (raw_layout_init(&layout, schema, NULL, 0, NULL) < 0 || layout.has_rest)
		return 0;
	return layout.fixed_size;
}

struct decoder *raw_decoder_new(struct mem *mem, const struct schema *schema, const bool *wanted,
	const struct format_option *options, uint16_t n_options, struct err *err)
{
	struct raw_decoder *raw = mem_zalloc(mem, sizeof(*raw));

	if (raw == NULL)
		goto no_memory;
	raw->decoder = (struct decoder){
		.ops = &raw_decoder_ops, .mem = mem, .schema = schema, .wanted = wanted};
	if (raw_layout_init(&raw->layout, schema, options, n_options, err) < 0 ||
		format_parse_error_option(options, n_options, &raw->decoder.on_error, err) < 0)
		goto free_raw;
	if (targets_init(&raw->targets, mem, schema, wanted) < 0) {
		mem_free(mem, raw);
		goto no_memory;
	}
	for (uint16_t i = 0; i < raw->targets.n; i++) {
		enum type_kind kind = raw->targets.of[i].kind;

		if (kind == TYPE_BOOLEAN || kind == TYPE_TIME || kind == TYPE_DECIMAL)
			raw->checked[raw->n_checked++] = i;
	}
	return &raw->decoder;

free_raw:
	mem_free(mem, raw);
	return NULL;
no_memory:
	err_set(err, ENOMEM, "out of memory for the raw decoder");
	return NULL;
}
