// Bounded input for the filesystem source: a thread reads the files and hands their bytes over in
// large chunks; the lcore never waits. It knows nothing of records except that one may span chunks:
//
//	chunk n    ……record│record│rec         the source consumes whole records and releases the
//	                           ───┐        chunk with what it consumed; the rest is put in front
//	chunk n+1               rec◄──┘ord│…   of the next chunk, so that each record is contiguous
//
// The rest that waits may be at most tail_max bytes. A source that finds no end of a record in that
// many bytes consumes them anyway, counts the record as too long and skips to its end.
//
// Nothing is read before the first look at it. A reader can tell where it is, and another one can
// go on there, in another process too; it refuses a file that is not the same.
//
// Created and closed by the coordinator; next and release by one lcore.
#pragma once
#include "base/err.h"
#include "base/mem.h"
#include "dataplane/file_position.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	FILE_READER_BUFFERS = 4,
	FILE_READER_BUFFER_SIZE = 1 << 20, // bytes
	FILE_READER_TAIL_MAX = 64 << 10, // bytes
	FILE_READER_FILES_MAX = 1 << 16, // files in a folder
};

struct file_reader; // opaque

struct file_reader_options {
	// A file, "-" for standard input, or a folder: all regular files in it and in its folders,
	// in the order of their names, but those whose names start with '.' or '_', as Flink's
	// filesystem connector does.
	const char *path;
	struct mem *mem; // for the buffers
	// 0 for each: the defaults above. buffers is at least 2: one holds the tail meanwhile.
	uint32_t n_buffers;
	size_t buffer_size;
	size_t tail_max;
};

struct file_chunk {
	const uint8_t *data; // data[:len]; valid until the release
	size_t len; // may be 0 when it only tells the end of a file
	uint64_t offset; // of data[0] in its file, in bytes
	uint32_t file; // index for file_reader_path()
	bool end_of_file; // data[len - 1] is the file's last byte: nothing is carried over this
};

enum file_reader_state {
	FILE_READER_OPEN, // there is more, maybe not yet
	FILE_READER_END, // all was read and handed out
	FILE_READER_FAILED, // file_reader_error() says why; what was read before has been handed
			    // out
};

// Open the path and start the thread. A file that cannot be opened, and a folder that cannot be
// read, are told here. Returns NULL with err and errno (ENOENT, EACCES, E2BIG, ENOMEM, …).
struct file_reader *file_reader_open(const struct file_reader_options *options, struct err *err);

// Where the reader is when n_consumed bytes of the chunk that is out are done with (0 when none
// is). For the lcore.
void file_reader_position(
	const struct file_reader *reader, size_t n_consumed, struct file_position *position);
// Go on where another reader was. Before the first chunk. What cannot be sought (a pipe) is read
// and discarded up to there; its bytes are not compared. Returns 0, -EINVAL with err when the files
// are not those that the other one has read, or what opening says.
int file_reader_resume(
	struct file_reader *reader, const struct file_position *position, struct err *err);

// The next chunk, or NULL: none yet, the end, or an error, see file_reader_state(). Never waits.
// The chunk before it must have been released.
const struct file_chunk *file_reader_next(struct file_reader *reader);

// Give the chunk back, consumed[:n_consumed] of it done with. n_consumed is at least len -
// tail_max, and len at the end of a file.
void file_reader_release(struct file_reader *reader, size_t n_consumed);

enum file_reader_state file_reader_state(const struct file_reader *reader);
const struct err *file_reader_error(const struct file_reader *reader);
// Bytes of all files, as they were when the reader was opened; 0 = not known (a pipe).
uint64_t file_reader_size(const struct file_reader *reader);
// The path of a chunk's file, for messages.
const char *file_reader_path(const struct file_reader *reader, uint32_t file);

// Stop the thread and free everything; waits for a disk read under way, not for a pipe's peer.
// reader may be NULL.
void file_reader_close(struct file_reader *reader);
