// The labels as a CSV file.
#pragma once
#include "base/err.h"
#include "feedgen/encode.h"
#include <stdio.h>

struct label_file {
	const char *path;
	FILE *file;
	struct encoder *encoder; // knows the names
	uint64_t n_labels;
};

// Create path, or replace it, and write the header. path NULL: labels are only counted.
// Returns 0, or -errno and *err.
int label_file_open(
	struct label_file *labels, const char *path, struct encoder *encoder, struct err *err);

// Append one; errors of the disk show at the end.
void label_file_write(struct label_file *labels, const struct label *label);

// Returns 0, or -errno and *err when not all could be written.
int label_file_close(struct label_file *labels, struct err *err);
