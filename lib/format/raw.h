// The raw format's layout: the columns one after another, without gaps, NULLs or lengths.
//
//   BOOLEAN                  1 byte, 0 or 1
//   TINYINT … BIGINT         1, 2, 4, 8 bytes, two's complement
//   FLOAT, DOUBLE            4, 8 bytes, IEEE 754
//   DECIMAL(p, s)            the value times 10^s: 8 bytes for p ≤ 18, else 16
//   DATE                     4 bytes, days since 1970-01-01
//   TIME                     4 bytes, milliseconds since midnight
//   TIMESTAMP(p), _LTZ(p)    8 bytes since 1970: in ms for p ≤ 3, in µs for p ≤ 6, else in ns
//   INTERVAL                 8 bytes (day to second: milliseconds) or 4 (year to month: months)
//   CHAR(n)                  n bytes; trailing blanks and NULs, which feeds pad with, do not count
//   BINARY(n)                n bytes
//   STRING, BYTES, VAR…(n)   as the last column only: the rest of the message, n bytes at most
//
// Numbers are big-endian unless raw.endianness = 'little'.
#pragma once
#include "format/format.h"

enum { RAW_REST = -1 }; // a size: the rest of the message

struct raw_layout {
	bool swap; // the messages' byte order is not this machine's
	bool has_rest; // the last column's size is what remains
	uint32_t fixed_size; // of all columns but that
	uint32_t rest_max; // bytes of that at most
	uint32_t offsets[SCHEMA_COLUMNS_MAX];
	int32_t sizes[SCHEMA_COLUMNS_MAX];
};

// Returns 0, or -EINVAL with *err: an option is wrong, or a column without a size is not the last.
int raw_layout_init(struct raw_layout *layout, const struct schema *schema,
	const struct format_option *options, uint16_t n_options, struct err *err);
