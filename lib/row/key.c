#include "row/key.h"
#include <errno.h>
#include "row/nested.h"

// An image: NULL bits (bit i of byte i / 8 for the key's i-th value), then the values, narrow ones
// first so that they share the mask's 8 bytes, each at a multiple of its width (8 at most). What is
// between them is zero, and so are the bytes of a value that is NULL: equal keys without long
// strings are equal as bytes.
//
//   (INT, STRING):     | mask 1 | 0 0 0 | INT 4 | len 4 | bytes 12, or 4 and a pointer |   24 bytes
//   (INT, CHAR(16)):   | mask 1 | 0 0 0 | INT 4 | len 4 | bytes 20, or 4 and a pointer |   32 bytes

enum { VALUE_ALIGN_MAX = 8, STRING_LEN_SIZE = sizeof(uint32_t), STRING_ROOM_MAX = 28 };

static uint32_t align_up(uint32_t at, uint32_t align)
{
	return (at + align - 1) & ~(align - 1);
}

// Bytes that a value takes. Strings of the declared length are inside, where that is not long and
// characters are of one byte each.
static uint32_t slot_width(struct type type, bool is_wide)
{
	uint32_t width = type_width(type.kind);
	bool has_length = type_is_string(type.kind) || type_is_binary(type.kind);

	if (!is_wide || !has_length || type.precision > STRING_ROOM_MAX)
		return width;
	if (type.precision <= STR_INLINE_MAX)
		return width;
	return align_up(STRING_LEN_SIZE + (uint32_t)type.precision, VALUE_ALIGN_MAX);
}

static bool may_be_wide(const struct key_layout *layout)
{
	uint32_t size = 0;

	for (uint16_t i = 0; i < layout->n_columns; i++)
		size += slot_width(layout->types[i], true);
	return size <= KEY_WIDE_MAX;
}

static void place(struct key_layout *layout, uint16_t i, uint32_t at, uint32_t width)
{
	layout->offsets[i] = (uint16_t)at;
	if (!type_is_view(layout->types[i].kind))
		return;
	layout->rooms[i] = (uint8_t)(width - STRING_LEN_SIZE);
	layout->strings[layout->n_strings++] = (struct key_string){(uint16_t)at, layout->rooms[i]};
}

int key_layout_init(
	struct key_layout *layout, const struct schema *schema, const uint16_t *columns, uint16_t n)
{
	static const uint8_t widths[] = {1, 2, 4, 8, 16, 24, 32};
	uint32_t at = (n + 7u) / 8;
	bool is_wide;

	if (n > KEY_COLUMNS_MAX)
		return -E2BIG;
	*layout = (struct key_layout){.n_columns = n};
	for (uint16_t i = 0; i < n; i++) {
		layout->columns[i] = columns[i];
		layout->types[i] = schema->fields[columns[i]].type;
	}
	is_wide = may_be_wide(layout);
	for (size_t w = 0; w < sizeof(widths); w++)
		for (uint16_t i = 0; i < n; i++) {
			if (slot_width(layout->types[i], is_wide) != widths[w])
				continue;
			at = align_up(
				at, widths[w] < VALUE_ALIGN_MAX ? widths[w] : VALUE_ALIGN_MAX);
			place(layout, i, at, widths[w]);
			at += widths[w];
		}
	layout->has_strings = layout->n_strings > 0;
	layout->size = at == 0 ? 8 : align_up(at, 8);
	return 0;
}

// The block's selected values to to, to + stride, …; inlined with a constant width. Two loops, so
// that the one without a selection has no look-up.
static inline __attribute__((always_inline)) void spread(char *restrict to, size_t stride,
	const char *restrict values, const struct block *block, size_t width)
{
	if (block->rows == NULL)
		for (uint16_t i = 0; i < block->n_rows; i++)
			memcpy(to + i * stride, values + i * width, width);
	else
		for (uint16_t i = 0; i < block->n_rows; i++)
			memcpy(to + i * stride, values + block->rows[i] * width, width);
}

static void spread_width(
	char *to, size_t stride, const void *values, const struct block *block, uint32_t width)
{
	switch (width) {
	case 1:
		spread(to, stride, values, block, 1);
		break;
	case 2:
		spread(to, stride, values, block, 2);
		break;
	case 4:
		spread(to, stride, values, block, 4);
		break;
	case 8:
		spread(to, stride, values, block, 8);
		break;
	default:
		spread(to, stride, values, block, 16);
		break;
	}
}

// Set the mask's bit of key column i and zero the value where it is NULL.
static void mark_nulls(
	const struct key_layout *layout, const struct block *block, uint16_t i, char *images)
{
	const uint64_t *nulls = block->columns[layout->columns[i]].nulls;
	uint32_t room = layout->rooms[i];
	uint32_t width = room > 0 ? STRING_LEN_SIZE + room : type_width(layout->types[i].kind);

	for (uint16_t row = 0; row < block->n_rows; row++) {
		char *image = images + (size_t)row * layout->size;

		if (!nulls_get(nulls, block_slot(block, row)))
			continue;
		image[i / 8] |= (char)(1 << i % 8);
		memset(image + layout->offsets[i], 0, width);
	}
}

// to[:len] = from[:len], 8 to 32 bytes, without a call.
static inline void copy_short(char *to, const char *from, uint32_t len)
{
	enum { WORD = 8, PAIR = 16 };

	if (len >= PAIR) {
		memcpy(to, from, PAIR);
		memcpy(to + len - PAIR, from + len - PAIR, PAIR);
	} else {
		memcpy(to, from, WORD);
		memcpy(to + len - WORD, from + len - WORD, WORD);
	}
}

// Where a string has room in its slot, its bytes take the place of the pointer to them.
static void put_inside(const struct key_layout *layout, uint16_t i, char *images, uint16_t n)
{
	char *slot = images + layout->offsets[i];

	for (uint16_t row = 0; row < n; row++, slot += layout->size) {
		struct str view;

		memcpy(&view, slot, sizeof(view));
		if (view.len > STR_INLINE_MAX && view.len <= layout->rooms[i])
			copy_short(slot + STRING_LEN_SIZE, view.ptr, view.len);
	}
}

// The most frequent key, a single value of 8 bytes without NULLs: two stores a row, one pass.
static void images_of_word(
	const struct block *block, const uint64_t *restrict values, uint64_t *restrict images)
{
	if (block->rows == NULL)
		for (uint16_t i = 0; i < block->n_rows; i++) {
			images[2 * i] = 0;
			images[2 * i + 1] = values[i];
		}
	else
		for (uint16_t i = 0; i < block->n_rows; i++) {
			images[2 * i] = 0;
			images[2 * i + 1] = values[block->rows[i]];
		}
}

static bool is_word(const struct key_layout *layout, const struct block *block)
{
	return layout->n_columns == 1 && type_width(layout->types[0].kind) == sizeof(uint64_t) &&
	       !nulls_any(block->columns[layout->columns[0]].nulls);
}

void key_images(const struct key_layout *layout, const struct block *block, void *images)
{
	if (is_word(layout, block)) {
		images_of_word(block, block->columns[layout->columns[0]].values, images);
		return;
	}
	memset(images, 0, (size_t)block->n_rows * layout->size);
	for (uint16_t i = 0; i < layout->n_columns; i++) {
		const struct column *column = &block->columns[layout->columns[i]];

		spread_width((char *)images + layout->offsets[i], layout->size, column->values,
			block, type_width(layout->types[i].kind));
		if (nulls_any(column->nulls))
			mark_nulls(layout, block, i, images);
		if (layout->rooms[i] > STR_INLINE_MAX)
			put_inside(layout, i, images, block->n_rows);
	}
}

// A slot as a view.
static inline struct str view_of(const char *slot, uint32_t room)
{
	struct str view;

	memcpy(&view, slot, sizeof(view));
	if (view.len > STR_INLINE_MAX && view.len <= room)
		view.ptr = slot + STRING_LEN_SIZE;
	return view;
}

struct str key_string_view(const struct key_layout *layout, const void *image, uint16_t i)
{
	return view_of((const char *)image + layout->offsets[i], layout->rooms[i]);
}

// The i-th value as a view, or false when it is none or its bytes are all in the image. A NULL is
// an empty string.
bool key_long_string(
	const struct key_layout *layout, const void *image, uint16_t i, struct str *view)
{
	if (layout->rooms[i] == 0)
		return false;
	memcpy(view, (const char *)image + layout->offsets[i], sizeof(*view));
	return view->len > layout->rooms[i];
}

// In images[:n] of layout: pointers to long strings become hashes of what they point to.
static void hash_strings(
	const struct key_layout *layout, const struct hash_seed *seed, char *images, uint32_t n)
{
	for (uint16_t s = 0; s < layout->n_strings; s++) {
		char *at = images + layout->strings[s].offset;

		for (uint32_t i = 0; i < n; i++, at += layout->size) {
			struct str view;
			uint64_t hash;

			memcpy(&view, at, sizeof(view));
			if (view.len <= layout->strings[s].room)
				continue;
			hash = hash_bytes(seed, view.ptr, view.len);
			memcpy(at + offsetof(struct str, ptr), &hash, sizeof(hash));
		}
	}
}

void key_hashes_of(const struct key_layout *layout, const struct hash_seed *seed,
	const void *images, size_t stride, uint16_t n, uint64_t *hashes)
{
	enum { AT_ONCE = 16 }; // a row's hash is a chain: several run beside each other
	_Alignas(8) char copies[AT_ONCE * KEY_IMAGE_MAX];
	const char *image = images;
	uint32_t size = layout->size, n_rows;

	if (!layout->has_strings) {
		hash_many(seed, images, stride, size, n, hashes);
		return;
	}
	for (; n > 0; n -= n_rows, hashes += n_rows, image += n_rows * stride) {
		n_rows = n < AT_ONCE ? n : AT_ONCE;
		if (!key_any_long(layout, image, stride, n_rows)) {
			hash_many(seed, image, stride, size, n_rows, hashes);
			continue;
		}
		for (uint32_t i = 0; i < n_rows; i++) {
			key_prefetch_strings(layout, image + i * stride);
			memcpy(copies + (size_t)i * size, image + i * stride, size);
		}
		hash_strings(layout, seed, copies, n_rows);
		hash_many(seed, copies, size, size, n_rows, hashes);
	}
}

void key_hashes(const struct key_layout *layout, const struct hash_seed *seed, const void *images,
	uint16_t n, uint64_t *hashes)
{
	key_hashes_of(layout, seed, images, layout->size, n, hashes);
}

uint32_t key_extra_size(const struct key_layout *layout, const void *image)
{
	uint32_t size = 0;
	struct str view;

	for (uint16_t i = 0; i < layout->n_columns; i++)
		if (key_long_string(layout, image, i, &view))
			size += view.len;
	return size;
}

void key_copy(const struct key_layout *layout, const void *image, void *copy, char *extra)
{
	struct str view;

	memcpy(copy, image, layout->size);
	for (uint16_t i = 0; layout->has_strings && i < layout->n_columns; i++) {
		if (!key_long_string(layout, image, i, &view))
			continue;
		memcpy(extra, view.ptr, view.len);
		view.ptr = extra;
		memcpy((char *)copy + layout->offsets[i], &view, sizeof(view));
		extra += view.len;
	}
}

char *key_extra(const struct key_layout *layout, const void *copy)
{
	struct str view;

	for (uint16_t i = 0; i < layout->n_columns; i++)
		if (key_long_string(layout, copy, i, &view))
			return (char *)view.ptr;
	return NULL;
}

static bool nested_are_valid(const struct key_layout *layout, const void *image)
{
	for (uint16_t i = 0; layout->has_strings && i < layout->n_columns; i++) {
		struct str view;

		if (!type_is_nested(layout->types[i].kind) || key_is_null(image, i))
			continue;
		memcpy(&view, (const char *)image + layout->offsets[i], sizeof(view));
		if (!nested_is_valid(layout->types[i], &view))
			return false;
	}
	return true;
}

bool key_attach(const struct key_layout *layout, void *image, const char *extra, size_t size)
{
	struct str view;

	for (uint16_t i = 0; layout->has_strings && i < layout->n_columns; i++) {
		if (!key_long_string(layout, image, i, &view))
			continue;
		if (view.len > size)
			return false;
		view.ptr = extra;
		memcpy((char *)image + layout->offsets[i], &view, sizeof(view));
		extra += view.len;
		size -= view.len;
	}
	return size == 0 && nested_are_valid(layout, image);
}

void key_load(const struct key_layout *layout, const void *image, uint16_t i, struct column *column,
	uint16_t slot)
{
	uint32_t width = type_width(layout->types[i].kind);

	if (layout->rooms[i] > STR_INLINE_MAX)
		((struct str *)column->values)[slot] = key_string_view(layout, image, i);
	else
		memcpy((char *)column->values + (size_t)slot * width,
			(const char *)image + layout->offsets[i], width);
	if (key_is_null(image, i))
		nulls_set(column->nulls, slot);
	else if (column->nulls != NULL)
		column->nulls[slot / 64] &= ~(1ull << (slot % 64));
}

static inline __attribute__((always_inline)) void gather(
	char *restrict to, const void *const *images, uint16_t n, size_t offset, size_t width)
{
	for (uint16_t k = 0; k < n; k++)
		memcpy(to + k * width, (const char *)images[k] + offset, width);
}

static void gather_width(
	char *to, const void *const *images, uint16_t n, size_t offset, uint32_t width)
{
	switch (width) {
	case 1:
		gather(to, images, n, offset, 1);
		break;
	case 2:
		gather(to, images, n, offset, 2);
		break;
	case 4:
		gather(to, images, n, offset, 4);
		break;
	case 8:
		gather(to, images, n, offset, 8);
		break;
	default:
		gather(to, images, n, offset, 16);
		break;
	}
}

void key_load_many(const struct key_layout *layout, const void *const *images, uint16_t n,
	uint16_t i, struct column *column)
{
	struct str *views = column->values;

	if (layout->rooms[i] > STR_INLINE_MAX)
		for (uint16_t k = 0; k < n; k++)
			views[k] = key_string_view(layout, images[k], i);
	else
		gather_width(column->values, images, n, layout->offsets[i],
			type_width(layout->types[i].kind));
	nulls_clear_all(column->nulls);
	for (uint16_t k = 0; k < n; k++)
		column->nulls[k / 64] |= (uint64_t)key_is_null(images[k], i) << k % 64;
}
