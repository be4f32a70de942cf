// Which files a path stands for.
#pragma once
#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

struct file_list {
	char **paths; // paths[:n_paths], in the order to read them
	size_t n_paths;
	uint64_t n_bytes; // of the regular files among them
};

// A file is itself. A folder is the regular files below it, each folder in the order of names
// (strcmp), without those whose names start with '.' or '_' and without symbolic links that lead
// back. At most n_max files. Returns 0, or -errno with err (-E2BIG: more than n_max).
int file_list_make(struct file_list *list, const char *path, size_t n_max, struct err *err);
void file_list_free(struct file_list *list);
