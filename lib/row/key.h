// Keys of grouped rows. A key's image is its columns' values one after another behind a byte mask
// of NULLs, at a fixed size, so that keys are hashed, compared and copied without looking at types.
// A string has 16 bytes, or as many more as its declared length asks for, up to 32; only those that
// are longer have bytes elsewhere, and are hashed and compared apart. The image of all columns is
// how an operator keeps a whole row.
//
// Key groups are Flink's: a fixed power of two of them, the top bits of the key's hash; an instance
// of a stage owns a contiguous range.
#pragma once
#include "base/hash.h"
#include "row/block.h"

enum { KEY_COLUMNS_MAX = SCHEMA_COLUMNS_MAX, KEY_GROUP_BITS = 7, KEY_GROUPS = 1 << KEY_GROUP_BITS };
enum { KEY_STRING_MAX = 4000 }; // bytes of one string in a key: what one page of a store holds
// Strings of a declared length get wider slots in images of up to this size.
enum { KEY_WIDE_MAX = 256 };
enum { KEY_IMAGE_MAX = KEY_COLUMNS_MAX / 8 + KEY_COLUMNS_MAX * 16 }; // bytes

// A string in an image: len 4 │ its bytes, zero-padded, when they are room or fewer. Longer ones
// are as struct str has them, zero behind that.
struct key_string {
	uint16_t offset;
	uint16_t room; // bytes: 12, 20 or 28
};

struct key_layout {
	uint16_t n_columns;
	uint16_t n_strings;
	bool has_strings; // n_strings > 0
	uint32_t size; // of an image, a multiple of 8; 8 at least
	uint16_t columns[KEY_COLUMNS_MAX]; // which columns of the block
	uint16_t offsets[KEY_COLUMNS_MAX]; // of each value in the image
	uint8_t rooms[KEY_COLUMNS_MAX]; // of strings; 0 = the value is none
	struct key_string strings[KEY_COLUMNS_MAX]; // those of all strings, by ascending offset
	struct type types[KEY_COLUMNS_MAX];
};

// The layout of a key of the columns columns[:n] of schema; n = 0 is the key of a global aggregate.
// Returns 0, or -E2BIG when n > KEY_COLUMNS_MAX. Images lie at multiples of 8.
int key_layout_init(struct key_layout *layout, const struct schema *schema, const uint16_t *columns,
	uint16_t n);

// images[i * layout->size] = image of the block's i-th selected row; column by column.
// Long strings stay views of the block's bytes. Keys that are equal without long strings have equal
// images.
void key_images(const struct key_layout *layout, const struct block *block, void *images);
// hashes[:n] of images[:n]. The bytes of long strings take part, where they lie does not.
void key_hashes(const struct key_layout *layout, const struct hash_seed *seed, const void *images,
	uint16_t n, uint64_t *hashes);
// The same of images that lie stride bytes apart, a multiple of 8.
void key_hashes_of(const struct key_layout *layout, const struct hash_seed *seed,
	const void *images, size_t stride, uint16_t n, uint64_t *hashes);
// Bytes that the image's long strings need outside it.
uint32_t key_extra_size(const struct key_layout *layout, const void *image);
// The key's i-th value as a view of its bytes, in the image or outside, when it is a string.
struct str key_string_view(const struct key_layout *layout, const void *image, uint16_t i);
// The same when it is a string whose bytes are outside the image; else false.
bool key_long_string(
	const struct key_layout *layout, const void *image, uint16_t i, struct str *view);
// Copy an image with its long strings' bytes to extra[:key_extra_size()].
void key_copy(const struct key_layout *layout, const void *image, void *copy, char *extra);
// Where key_copy() put the long strings' bytes of a copy; NULL when it has none.
char *key_extra(const struct key_layout *layout, const void *copy);
// The opposite, for an image that was stored with its long strings' bytes behind each other at
// extra[:size]: let its views point there. False when they do not come to size bytes, or a nested
// value is none of its type.
bool key_attach(const struct key_layout *layout, void *image, const char *extra, size_t size);
// Write the key's i-th value into column at slot, NULL or not (strings are views of the image's
// bytes, which must stay where they are as long as the column is read). column->nulls may be
// missing when the value is not NULL.
void key_load(const struct key_layout *layout, const void *image, uint16_t i, struct column *column,
	uint16_t slot);

// The i-th values of images[:n] into column at slots 0 … n − 1.
void key_load_many(const struct key_layout *layout, const void *const *images, uint16_t n,
	uint16_t i, struct column *column);

// Whether words [from, to) of two images are equal; both in bytes.
static inline bool key_same_words(const void *a, const void *b, uint32_t from, uint32_t to)
{
	const uint64_t *words_a = a, *words_b = b;
	uint64_t differ = 0;

	for (uint32_t i = from / sizeof(uint64_t); i < to / sizeof(uint64_t); i++)
		differ |= words_a[i] ^ words_b[i];
	return differ == 0;
}

static inline const struct str *key_string_at(const void *image, struct key_string string)
{
	return (const void *)((const char *)image + string.offset);
}

// Whether two images of this layout are of the same key; FLOAT and DOUBLE are compared by bits. All
// words must be equal but pointers, where it is what they point to.
static inline bool key_equal(const struct key_layout *layout, const void *a, const void *b)
{
	uint32_t from = 0;

	for (uint16_t i = 0; i < layout->n_strings; i++) {
		struct key_string string = layout->strings[i];
		const struct str *view_a = key_string_at(a, string);
		const struct str *view_b = key_string_at(b, string);
		uint32_t rest = string.offset + offsetof(struct str, rest);

		if (!key_same_words(a, b, from, rest))
			return false;
		from = rest;
		if (view_a->len <= string.room)
			continue;
		if (view_a->ptr != view_b->ptr &&
			!str_same_bytes(view_a->ptr, view_b->ptr, view_a->len))
			return false;
		from += sizeof(view_a->rest);
	}
	return key_same_words(a, b, from, layout->size);
}

// Whether some of n images, stride bytes apart, have strings outside. Of those that have none equal
// keys have equal images.
static inline bool key_any_long(
	const struct key_layout *layout, const void *images, size_t stride, uint32_t n)
{
	uint32_t n_long = 0;

	for (uint16_t s = 0; s < layout->n_strings; s++) {
		struct key_string string = layout->strings[s];

		for (uint32_t i = 0; i < n; i++)
			n_long += key_string_at((const char *)images + i * stride, string)->len >
				  string.room;
	}
	return n_long > 0;
}

// Get the bytes of an image's long strings into the cache: of short ones their first and last
// lines, which is all. The image itself is read.
static inline void key_prefetch_strings(const struct key_layout *layout, const void *image)
{
	for (uint16_t i = 0; i < layout->n_strings; i++) {
		const struct str *view = key_string_at(image, layout->strings[i]);
		const char *bytes = view->len <= layout->strings[i].room ? view->prefix : view->ptr;

		__builtin_prefetch(bytes);
		__builtin_prefetch(bytes + view->len - 1);
	}
}

// Whether the i-th value of an image is NULL.
static inline bool key_is_null(const void *image, uint16_t i)
{
	return ((const uint8_t *)image)[i / 8] >> i % 8 & 1;
}

static inline uint32_t key_group(uint64_t hash)
{
	return (uint32_t)(hash >> (64 - KEY_GROUP_BITS));
}

// Which of n_instances owns a key group, as in Flink (KeyGroupRangeAssignment).
static inline uint32_t key_group_owner(uint32_t group, uint32_t n_instances)
{
	return group * n_instances / KEY_GROUPS;
}
