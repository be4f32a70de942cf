// Fixed binary records to rows.
//
// Idea: a burst's messages are checked first, then each column is moved for all of them in a loop
// that looks at neither types nor lengths.
#include <errno.h>
#include <string.h>
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

// OUTCOME_OK, or why a message is no row. For ignore-parse-errors = true a value that is none is
// made NULL later, by null_invalid().
static inline int check(const struct raw_decoder *raw, const struct message *message)
{
	const struct raw_layout *layout = &raw->layout;
	uint32_t rest = message->len - layout->fixed_size;

	if (unlikely(message->len < layout->fixed_size ||
		     rest > (layout->has_rest ? layout->rest_max : 0)))
		return outcome_error(DECODE_LENGTH);
	for (uint16_t i = 0; i < raw->n_checked; i++) {
		const struct target *target = &raw->targets.of[raw->checked[i]];

		if (likely(in_range(raw, target, message->data)))
			continue;
		if (raw->decoder.on_error != ON_PARSE_ERROR_NULL || !target->nullable)
			return outcome_error(DECODE_RANGE);
	}
	return OUTCOME_OK;
}

static inline struct str char_view(const char *text, uint32_t len)
{
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\0'))
		len--;
	return quick_view(text, len);
}

// rows[:n] are the data of the burst's good messages, lens[:n] their lengths.
struct burst {
	uint16_t n;
	const uint8_t *rows[BLOCK_ROWS_MAX];
	uint32_t lens[BLOCK_ROWS_MAX];
};

// One loop for each width; with swap a constant in each the compiler makes a plain loop of it.
#define MOVE(type, read)                                                            \
	do {                                                                        \
		type *to = (type *)values + first;                                  \
                                                                                    \
		if (swap)                                                           \
			for (uint16_t i = 0; i < burst->n; i++)                     \
				to[i] = (type)read(burst->rows[i] + offset, true);  \
		else                                                                \
			for (uint16_t i = 0; i < burst->n; i++)                     \
				to[i] = (type)read(burst->rows[i] + offset, false); \
	} while (0)

static void move_numbers(const struct burst *burst, const struct target *target, uint32_t offset,
	int32_t size, bool swap, void *values, uint16_t first)
{
	if (target->kind == TYPE_DECIMAL && size == 8) {
		for (uint16_t i = 0; i < burst->n; i++)
			((decimal *)values)[first + i] =
				(int64_t)read_uint64_t(burst->rows[i] + offset, swap);
		return;
	}
	switch (size) {
	case 1:
		for (uint16_t i = 0; i < burst->n; i++)
			((uint8_t *)values)[first + i] = burst->rows[i][offset];
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

static void move_views(const struct burst *burst, const struct target *target, uint32_t offset,
	int32_t size, struct str *values, uint16_t first)
{
	for (uint16_t i = 0; i < burst->n; i++) {
		const char *text = (const char *)burst->rows[i] + offset;
		uint32_t len = size == RAW_REST ? burst->lens[i] - offset : (uint32_t)size;

		values[first + i] =
			target->kind == TYPE_CHAR ? char_view(text, len) : quick_view(text, len);
	}
}

static void null_invalid(
	struct raw_decoder *raw, const struct burst *burst, struct block_store *out, uint16_t first)
{
	for (uint16_t i = 0; i < burst->n; i++)
		for (uint16_t c = 0; c < raw->n_checked; c++) {
			const struct target *target = &raw->targets.of[raw->checked[c]];

			if (in_range(raw, target, burst->rows[i]))
				continue;
			nulls_set(out->columns[target->column].nulls, first + i);
			raw->decoder.n_null_fields++;
		}
}

static uint16_t raw_decode(struct decoder *decoder, const struct message *messages, uint16_t n,
	struct block_store *out)
{
	struct raw_decoder *raw = (struct raw_decoder *)decoder; // its first member
	const struct raw_layout *layout = &raw->layout;
	uint16_t first = out->block.n_slots, n_taken = 0;
	struct burst burst;

	burst.n = 0;
	for (; n_taken < n && first + burst.n < BLOCK_ROWS_MAX; n_taken++) {
		const struct message *message = &messages[n_taken];
		int outcome = check(raw, message);

		burst.rows[burst.n] = message->data;
		burst.lens[burst.n] = message->len;
		if (likely(outcome == OUTCOME_OK)) {
			burst.n++;
			decoder->n_messages++;
			continue;
		}
		decoder_reject(decoder, message, (const char *)message->data,
			(enum decode_error)(outcome - OUTCOME_ERROR));
		if (decoder->fault.text != NULL) {
			n_taken++;
			break;
		}
	}
	for (uint16_t i = 0; i < raw->targets.n; i++) {
		const struct target *target = &raw->targets.of[i];
		uint32_t offset = layout->offsets[target->column];
		int32_t size = layout->sizes[target->column];
		void *values = out->columns[target->column].values;

		if (type_is_view(target->kind))
			move_views(&burst, target, offset, size, values, first);
		else
			move_numbers(&burst, target, offset, size, layout->swap, values, first);
	}
	if (raw->n_checked > 0 && decoder->on_error == ON_PARSE_ERROR_NULL)
		null_invalid(raw, &burst, out, first);
	out->block.n_slots += burst.n;
	out->block.n_rows = out->block.n_slots;
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
