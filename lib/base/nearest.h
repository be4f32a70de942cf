// "Did you mean": for errors that name what would be right.
#pragma once
#include <stddef.h>

// The one of names[:n] that is nearest to name (Levenshtein's distance, letter case aside), or NULL
// when none is near enough to be what was meant.
const char *nearest_name(const char *name, const char *const *names, size_t n);
