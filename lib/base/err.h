// One error for a person: what is wrong and what would be right. Cold path only (options, SQL,
// start and stop); the hot path counts instead. A function that takes a struct err fills it on
// failure and returns -errno (or NULL); on success it leaves it untouched.
#pragma once
#include <stdint.h>

enum { ERR_TEXT_MAX = 512 };

// Where in a script: 1-based, 0 = no position. Columns count bytes.
struct pos {
	uint32_t line;
	uint32_t column;
};

struct err {
	struct pos pos;
	char text[ERR_TEXT_MAX]; // one line, no newline, no trailing dot
};

// Fill err and return -code, so that callers can write `return err_set(err, EINVAL, "…")`.
// Only the first error is kept: a later one is mostly its consequence. err may be NULL.
int err_set(struct err *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int err_set_at(struct err *err, struct pos pos, const char *format, ...)
	__attribute__((format(printf, 3, 4))); // returns -EINVAL
