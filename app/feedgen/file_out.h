// A file, written in large pieces.
#pragma once
#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

enum { FILE_OUT_BUFFER = 1 << 18 };

struct file_out {
	const char *name; // for errors
	int fd;
	uint32_t len;
	char buffer[FILE_OUT_BUFFER]; // buffer[:len] waits to be written
};

// Create or empty path; "-" is standard output. Returns 0, or -errno and *err.
int file_out_open(struct file_out *file, const char *path, struct err *err);

// Append data[:len], len <= FILE_OUT_BUFFER. Returns 0, or -errno and *err.
int file_out_write(struct file_out *file, const void *data, size_t len, struct err *err);
int file_out_flush(struct file_out *file, struct err *err);
int file_out_close(struct file_out *file, struct err *err); // flushes
