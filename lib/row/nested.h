// Values of ARRAY, MAP, MULTISET and ROW: each is one piece of bytes that holds all its parts, so
// that blocks, stores, keys and rings carry it like any string (struct str).
//
//   ARRAY           | n 4 | NULL bits, (n + 7) / 8 | n slots | bytes of the views |
//   ROW             |       NULL bits, (n + 7) / 8 | n slots | bytes of the views |
//   MAP, MULTISET   | size of the keys 4 | ARRAY of keys | ARRAY of values |
//
// A slot holds a value of fixed width as a column does, or of a view (strings, nested values) where
// its bytes start, counted from the ARRAY's or ROW's own first byte, and how many they are, 4 bytes
// each. Nothing is aligned, no bytes lie between, those of a NULL's slot are zero: equal ARRAYs and
// ROWs have equal bytes (FLOAT and DOUBLE are equal by their bits). The bytes mean something beside
// the type only, nullability apart, and only this machine's order of bytes is known here.
//
// A MULTISET's values are INTs, how often the key is there. The entries of MAPs and MULTISETs keep
// the order in which their keys came first; maps with the same entries in another order are equal
// in SQL (nested_equal()) and differ as keys of GROUP BY.
//
// To make an array of the BIGINTs x[:n]: nested_array_begin(&w, type_of(TYPE_BIGINT), n, room,
// size), n times nested_put(&w, &x[i]) or nested_put(&w, NULL) for a NULL, and nested_end(&w,
// &str).
#pragma once
#include "row/block.h"

enum {
	NESTED_ITEMS_MAX = 16384, // of an array or map
	NESTED_BYTES_MAX = 1 << 24, // of a value
};

// Whether these bytes are a value of the nested type: to be asked of what others have kept, before
// anything below looks at it.
bool nested_is_valid(struct type type, const struct str *value);

// ---- Reading. Views of the parts point into the bytes of the whole.

// The items of an ARRAY, or of a MAP's or MULTISET's keys or values.
struct nested_items {
	const char *bytes;
	uint32_t n;
	uint32_t width; // of a value
	bool has_views;
	enum type_kind kind;
};

// array must stay where it is.
struct nested_items nested_array(const struct str *array, struct type element);
struct nested_items nested_keys(const struct str *map, struct type type);
struct nested_items nested_values(const struct str *map, struct type type);
// A MAP's keys and its values as ARRAYs.
struct str nested_key_array(const struct str *map);
struct str nested_value_array(const struct str *map);
uint32_t nested_count(const struct str *map); // entries

// Copy item i to *value, as wide as a column's. Returns false when it is NULL.
bool nested_get(const struct nested_items *items, uint32_t i, void *value);

// Where the fields of a ROW are; made once for many rows.
struct nested_field {
	uint16_t index;
	uint32_t at; // of its slot
	uint32_t width;
	bool is_view;
};
struct nested_field nested_field(struct type row, uint16_t i);
// Copy the field to *value. Returns false when it is NULL.
bool nested_get_field(const struct str *row, const struct nested_field *field, void *value);

// a = b where both are of this type and not NULL: MAPs and MULTISETs in any order.
bool nested_equal(struct type type, const struct str *a, const struct str *b);

// ---- Writing: begin, every item in its order, end.

struct nested_writer {
	char *bytes; // the whole value
	uint64_t size; // of the room
	uint64_t len;
	uint64_t start; // of the array or row that is being written
	uint64_t nulls, slot; // of it: its NULL bits, the next slot
	uint32_t i; // the next item
	bool is_full;
	enum type_kind kind; // of the items
	const struct nested_type *row; // or NULL: an array
	const struct nested_type *map; // or NULL
	uint32_t n; // entries of a map
};

void nested_array_begin(
	struct nested_writer *w, struct type element, uint32_t n, char *room, uint64_t size);
void nested_row_begin(struct nested_writer *w, struct type row, char *room, uint64_t size);
// n keys, all different, then nested_map_values(), then n values (a MULTISET's: int32_t).
void nested_map_begin(
	struct nested_writer *w, struct type map, uint32_t n, char *room, uint64_t size);
void nested_map_values(struct nested_writer *w);

// The next item: NULL, or what a column of its type holds.
void nested_put(struct nested_writer *w, const void *value);
// An item that is a nested value itself may be written in place by a writer of its own: into
// nested_room(), of *size bytes, which nested_put_written() then takes over.
char *nested_room(const struct nested_writer *w, uint64_t *size);
void nested_put_written(struct nested_writer *w, uint32_t len);

// Returns the length and, in *value when that is not NULL, a view of the room; 0 when it did not
// fit into the room, or has more than NESTED_ITEMS_MAX items or NESTED_BYTES_MAX bytes.
uint32_t nested_end(struct nested_writer *w, struct str *value);
