// Output for the print and filesystem sinks: the lcore encodes rows into a buffer, a thread writes
// full ones out. The lcore never waits: when all buffers are on their way it gets none, and stops
// reading its own input.
//
//	if ((row = file_writer_buffer(writer, ROW_MAX, &room)) == NULL)
//		return; // later, or file_writer_error()
//	file_writer_commit(writer, encode(row, room));
//	…
//	file_writer_flush(writer); // the burst ran dry: do not let the last rows wait
//
// Nothing is written, and a file not emptied, before the first of these calls. What a checkpoint
// says is in the file is made durable by another thread (file_sync.h).
//
// Created and closed by the coordinator; the rest is one lcore's.
#pragma once
#include "base/err.h"
#include "base/mem.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	FILE_WRITER_BUFFERS = 4,
	FILE_WRITER_BUFFER_SIZE = 256 << 10, // bytes; the longest row that can be written
};

struct file_writer; // opaque

struct file_writer_options {
	const char *path; // a file, made or emptied, or "-" for standard output
	struct mem *mem; // for the buffers
	uint32_t n_buffers; // 0 for each: the defaults above
	size_t buffer_size;
};

// Returns NULL with err and errno (EISDIR, EACCES, ENOSPC, ENOMEM, …).
struct file_writer *file_writer_open(const struct file_writer_options *options, struct err *err);

// A file that goes on behind its first len bytes, instead of being emptied: what is behind them is
// cut off. Before the first row. Returns 0, or -EINVAL with err: it has fewer bytes, or is no
// regular file.
int file_writer_resume(struct file_writer *writer, uint64_t len, struct err *err);

// Room for at least size bytes (at most the buffer's size), contiguous; *room says how many it is.
// What was committed before may be handed over for it. NULL: all buffers are on their way, or the
// output failed.
uint8_t *file_writer_buffer(struct file_writer *writer, size_t size, size_t *room);
// len bytes of what file_writer_buffer() gave are written: at most its room.
void file_writer_commit(struct file_writer *writer, size_t len);
// Hand over what has been committed, full or not. Never waits.
void file_writer_flush(struct file_writer *writer);

// Hand over what has been committed and have it made durable. Returns the length that the file has
// then. Never waits.
uint64_t file_writer_sync(struct file_writer *writer);
// Whether the file's first len bytes are durable. What is no regular file has no length to go
// back to and nothing to wait for: file_writer_sync() returns 0, and this is true.
bool file_writer_is_durable(const struct file_writer *writer, uint64_t len);
// How often a sync has failed.
uint32_t file_writer_sync_failures(const struct file_writer *writer);

// 0, or -errno once a write failed (EPIPE, ENOSPC, EIO, …). From then on nothing is written.
int file_writer_error(const struct file_writer *writer);

// Write all that was committed, wait for it, close and free. Returns 0, or -errno with err when any
// write or the close failed; err names the path and how many bytes were lost. A file for which
// nothing but the open was called stays as it is. writer may be NULL.
int file_writer_close(struct file_writer *writer, struct err *err);
