// The job's text, and errors in it shown to people.
#pragma once
#include <stddef.h>
#include "base/err.h"

struct script {
	const char *name; // for messages
	char *text; // text[:len], and a NUL
	size_t len;
};

enum { SCRIPT_SIZE_MAX = 16 << 20 };

// Read path, or standard input for "-". Returns 0, or -errno with *err filled.
int script_read(struct script *script, const char *path, struct err *err);
void script_free(struct script *script);

// To stderr: `tidewire: FILE:LINE:COLUMN: error: …`, the line and a caret below; without a position
// `tidewire: error: …`. script may be NULL.
void script_print_error(const struct script *script, const struct err *err);
