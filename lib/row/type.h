// SQL types (Flink's) and the form their values have in a column.
//
//   BOOLEAN                  uint8_t 0 or 1
//   TINYINT … BIGINT         int8_t, int16_t, int32_t, int64_t
//   FLOAT, DOUBLE            float, double
//   DECIMAL(p, s)            decimal (__int128): the value times 10^s
//   CHAR, VARCHAR, BYTES …   struct str: a 16-byte view
//   DATE                     int32_t days since 1970-01-01
//   TIME(p)                  int32_t milliseconds since midnight
//   TIMESTAMP(p), _LTZ(p)    int64_t since 1970-01-01 00:00 in milliseconds for p ≤ 3, in
//                            microseconds for p ≤ 6, else in nanoseconds (1677 to 2262 only)
//   INTERVAL DAY TO SECOND   int64_t milliseconds
//   INTERVAL YEAR TO MONTH   int32_t months
//   ARRAY, MAP, MULTISET,    struct str: a view of the whole value, parts and all, as bytes
//   ROW                      (nested.h)
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef __int128 decimal; // as int64_t is a type of the language, so is this one of ours

enum type_kind {
	TYPE_NULL, // the type of a bare NULL until something gives it one
	TYPE_BOOLEAN,
	TYPE_TINYINT,
	TYPE_SMALLINT,
	TYPE_INT,
	TYPE_BIGINT,
	TYPE_FLOAT,
	TYPE_DOUBLE,
	TYPE_DECIMAL,
	TYPE_CHAR,
	TYPE_VARCHAR, // STRING is VARCHAR(TYPE_LENGTH_MAX)
	TYPE_BINARY,
	TYPE_VARBINARY, // BYTES is VARBINARY(TYPE_LENGTH_MAX)
	TYPE_DATE,
	TYPE_TIME,
	TYPE_TIMESTAMP,
	TYPE_TIMESTAMP_LTZ,
	TYPE_INTERVAL_DAY, // day to second
	TYPE_INTERVAL_YEAR, // year to month
	TYPE_ARRAY, // from here on nested: made of parts
	TYPE_MAP,
	TYPE_MULTISET,
	TYPE_ROW,
	TYPE_KINDS
};

enum { TYPE_LENGTH_MAX = INT32_MAX, TYPE_NAME_MAX = 128, DECIMAL_PRECISION_MAX = 38 };
// Types inside each other, the outermost counted.
enum { TYPE_DEPTH_MAX = 16 };

struct nested_type;

struct type {
	enum type_kind kind;
	bool nullable;
	// DECIMAL's p; the p of TIME and TIMESTAMP; the length of CHAR, VARCHAR, BINARY, VARBINARY.
	int32_t precision;
	int32_t scale; // DECIMAL's s
	// The parts of a nested type, else NULL; in the arena of who made it.
	const struct nested_type *nested;
};

struct field {
	const char *name;
	struct type type;
};

// ARRAY, MULTISET: the element. MAP: key and value. ROW: the fields, which alone have names.
struct nested_type {
	uint16_t n;
	struct field parts[];
};

enum { PART_ELEMENT = 0, PART_KEY = 0, PART_VALUE = 1 };

// A nullable type of this kind with its default precision (DECIMAL(10, 0), TIMESTAMP(6), STRING …).
struct type type_of(enum type_kind kind);
struct type type_decimal(int32_t precision, int32_t scale);
struct type type_timestamp(enum type_kind kind, int32_t precision);

struct arena;

// Nested types, nullable. A ROW's fields, in the arena as well, are for the caller to fill.
struct type type_array(struct arena *arena, struct type element);
struct type type_multiset(struct arena *arena, struct type element);
struct type type_map(struct arena *arena, struct type key, struct type value);
struct type type_row(struct arena *arena, uint16_t n_fields, struct field **fields);

// The i-th part of a nested type.
static inline struct type type_part(struct type type, uint16_t i)
{
	return type.nested->parts[i].type;
}

uint32_t type_depth(struct type type); // 1 for a scalar

// Bytes of one value in a column: 1, 2, 4, 8 or 16.
uint32_t type_width(enum type_kind kind);

// Equal but for nullability, of the parts too; fields of ROWs have the same names.
bool type_equal(struct type a, struct type b);
bool type_is_integer(enum type_kind kind); // TINYINT to BIGINT
bool type_is_numeric(enum type_kind kind); // integers, FLOAT, DOUBLE, DECIMAL
bool type_is_string(enum type_kind kind); // CHAR, VARCHAR
bool type_is_binary(enum type_kind kind); // BINARY, VARBINARY
bool type_is_view(enum type_kind kind); // values are struct str: strings, binaries, nested
bool type_is_nested(enum type_kind kind); // ARRAY, MAP, MULTISET, ROW
bool type_is_timestamp(enum type_kind kind); // TIMESTAMP, TIMESTAMP_LTZ

// How many of a timestamp's units make a second: 1000, 1000000 or 1000000000.
int64_t type_units_per_second(struct type type);

// As Flink writes it: "DECIMAL(10, 2)", "TIMESTAMP(3) NOT NULL", "STRING", "ARRAY<INT NOT NULL>",
// "MAP<STRING, INT>", "ROW<`a` INT, `b` STRING>". At most TYPE_NAME_MAX bytes with the NUL: a
// longer name ends in "...". Returns buffer.
const char *type_name(struct type type, char buffer[TYPE_NAME_MAX]);
