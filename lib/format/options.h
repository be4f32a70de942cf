// Reading a table's 'FORMAT.key' = 'value' options.
#pragma once
#include "format/format.h"
#include "row/datetime.h"

// 0 when every option is one of the format's and given once; else -EINVAL and *err, which names the
// nearest key that there is.
int options_check(const struct format *format, const struct format_option *options,
	uint16_t n_options, struct err *err);

// The option of this key, or NULL when it is not set.
const struct format_option *options_find(
	const struct format_option *options, uint16_t n_options, const char *key);

// "true" or "false" in any letter case; *value stays what it is when the option is not set.
// Returns 0, or -EINVAL with *err. So do the following.
int options_bool(const struct format_option *options, uint16_t n_options, const char *key,
	bool *value, struct err *err);

// One ASCII character; Java's escapes \t, \\, \' and \" are understood, as SQL has none of its own.
int options_char(const struct format_option *options, uint16_t n_options, const char *key,
	char *value, struct err *err);

// timestamp-format.standard: SQL or ISO-8601.
int options_timestamp_style(const struct format_option *options, uint16_t n_options,
	enum datetime_style *style, struct err *err);
