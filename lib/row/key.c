#include "row/key.h"
#include <errno.h>
#include "row/nested.h"

// An image: NULL bits (bit i of byte i / 8 for the key's i-th value), then the values, narrow ones
// first so that they share the mask's 8 bytes, each at a multiple of its width (8 at most). What is
// between them is zero, and so are the bytes of a value that is NULL: equal keys without long
// strings are equal as bytes.
//
//   (INT, STRING):   | mask 1 | 0 0 0 | INT 4 | str 16 |     24 bytes

enum { VALUE_WIDTH_MAX = 16, VALUE_ALIGN_MAX = 8 };

static uint32_t align_up(uint32_t at, uint32_t align)
{
	return (at + align - 1) & ~(align - 1);
}

int key_layout_init(
	struct key_layout *layout, const struct schema *schema, const uint16_t *columns, uint16_t n)
{
	uint32_t at = (n + 7u) / 8;

	if (n > KEY_COLUMNS_MAX)
		return -E2BIG;
	*layout = (struct key_layout){.n_columns = n};
	for (uint16_t i = 0; i < n; i++) {
		layout->columns[i] = columns[i];
		layout->types[i] = schema->fields[columns[i]].type;
	}
	for (uint32_t width = 1; width <= VALUE_WIDTH_MAX; width *= 2)
		for (uint16_t i = 0; i < n; i++) {
			if (type_width(layout->types[i].kind) != width)
				continue;
			at = align_up(at, width < VALUE_ALIGN_MAX ? width : VALUE_ALIGN_MAX);
			layout->offsets[i] = (uint16_t)at;
			if (type_is_view(layout->types[i].kind))
				layout->strings[layout->n_strings++] = (uint16_t)at;
			at += width;
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
	uint32_t width = type_width(layout->types[i].kind);

	for (uint16_t row = 0; row < block->n_rows; row++) {
		char *image = images + (size_t)row * layout->size;

		if (!nulls_get(nulls, block_slot(block, row)))
			continue;
		image[i / 8] |= (char)(1 << i % 8);
		memset(image + layout->offsets[i], 0, width);
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
	}
}

// The i-th value as a view, or false when it is none or its bytes are all in the image. A NULL is
// an empty string.
bool key_long_string(
	const struct key_layout *layout, const void *image, uint16_t i, struct str *view)
{
	if (!type_is_view(layout->types[i].kind))
		return false;
	memcpy(view, (const char *)image + layout->offsets[i], sizeof(*view));
	return !str_is_inline(view);
}

// In images[:n] of layout: pointers to long strings become hashes of what they point to.
static void hash_strings(
	const struct key_layout *layout, const struct hash_seed *seed, char *images, uint32_t n)
{
	for (uint16_t s = 0; s < layout->n_strings; s++) {
		char *at = images + layout->strings[s];

		for (uint32_t i = 0; i < n; i++, at += layout->size) {
			struct str view;
			uint64_t hash;

			memcpy(&view, at, sizeof(view));
			if (str_is_inline(&view))
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
	uint32_t size = layout->size;

	if (!layout->has_strings) {
		hash_many(seed, images, stride, size, n, hashes);
		return;
	}
	for (uint32_t done = 0; done < n; done += AT_ONCE) {
		uint32_t n_rows = n - done < AT_ONCE ? n - done : AT_ONCE;

		for (uint32_t i = 0; i < n_rows; i++, image += stride) {
			memcpy(copies + (size_t)i * size, image, size);
			key_prefetch_strings(layout, image);
		}
		hash_strings(layout, seed, copies, n_rows);
		hash_many(seed, copies, size, size, n_rows, hashes + done);
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

void key_load_many(const struct key_layout *layout, const void *const *images, uint16_t n,
	uint16_t i, struct column *column)
{
	size_t offset = layout->offsets[i];

	switch (type_width(layout->types[i].kind)) {
	case 1:
		gather(column->values, images, n, offset, 1);
		break;
	case 2:
		gather(column->values, images, n, offset, 2);
		break;
	case 4:
		gather(column->values, images, n, offset, 4);
		break;
	case 8:
		gather(column->values, images, n, offset, 8);
		break;
	default:
		gather(column->values, images, n, offset, 16);
		break;
	}
	nulls_clear_all(column->nulls);
	for (uint16_t k = 0; k < n; k++)
		column->nulls[k / 64] |= (uint64_t)key_is_null(images[k], i) << k % 64;
}
