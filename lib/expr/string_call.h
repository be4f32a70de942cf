// Arguments and results of kernels over strings and integers, a row at a time. Internal to the
// module.
#pragma once
#include "expr/kernel.h"

static inline const struct str *str_arg(const struct call *call, uint16_t i, uint16_t row)
{
	return &((const struct str *)call->args[i].values)[row];
}

static inline int32_t int_arg(const struct call *call, uint16_t i, uint16_t row)
{
	return ((const int32_t *)call->args[i].values)[row];
}

static inline int64_t big_arg(const struct call *call, uint16_t i, uint16_t row)
{
	return ((const int64_t *)call->args[i].values)[row];
}

// text must outlive the run when it is longer than STR_INLINE_MAX.
static inline void set_str(struct call *call, uint16_t row, const char *text, uint32_t len)
{
	((struct str *)call->values)[row] = str_view(text, len);
}

static inline void set_int(struct call *call, uint16_t row, int32_t value)
{
	((int32_t *)call->values)[row] = value;
}

static inline void set_bool(struct call *call, uint16_t row, bool value)
{
	((uint8_t *)call->values)[row] = value;
}

static inline char *append_str(char *to, const struct str *str)
{
	memcpy(to, str_data(str), str->len);
	return to + str->len;
}

// An entry of a family's table whose kernel the letters determine.
#define FUNCTION(sql, letters, min, max, run, more, kind, use, text)                             \
	{                                                                                        \
		.name = sql, .args = letters, .n_min = min, .n_max = max, .kernel = {run, more}, \
		.result = kind, .usage = use, .doc = text                                        \
	}

// An entry whose resolver chooses.
#define RESOLVED(sql, letters, min, max, resolver, use, text)                                  \
	{                                                                                      \
		.name = sql, .args = letters, .n_min = min, .n_max = max, .resolve = resolver, \
		.usage = use, .doc = text                                                      \
	}
