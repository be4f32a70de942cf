// Where the reading of files has come to, told so that it can go on in another process, and so that
// other files are noticed: checksums of their names, of the current file's first bytes, and of the
// last ones before the position. Checksums are CRC32C.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

enum { FILE_POSITION_HEAD_MAX = 256, FILE_POSITION_LAST_MAX = 64 }; // bytes

struct file_position {
	uint32_t file; // files done with
	uint32_t names; // checksum of their names and that of the next one
	uint64_t offset; // bytes of the next one that are done with
	uint32_t head, n_head; // checksum of its first n_head bytes
	uint32_t last, n_last; // and of the last n_last ones before the offset
};

// What a reader keeps for it while it reads.
struct file_track {
	struct file_position at; // but for its head
	uint8_t head[FILE_POSITION_HEAD_MAX];
	uint32_t n_head;
};

// Data[:len] at offset of a file comes to be read.
void file_track_see(struct file_track *track, uint32_t file, char *const *paths, uint64_t offset,
	const uint8_t *data, size_t len);
// Data[:n] of it was.
void file_track_pass(struct file_track *track, uint64_t offset, const uint8_t *data, size_t n);
// The position when data[:n] of what was seen at offset is done with.
void file_track_tell(const struct file_track *track, uint64_t offset, const uint8_t *data, size_t n,
	struct file_position *position);

// Whether paths[:n_paths] begin as they did for position. Returns 0, or -EINVAL with err.
int file_position_check_names(
	const struct file_position *position, char *const *paths, size_t n_paths, struct err *err);
// Whether fd, a regular file, is the one of position; track gets its first bytes. Returns 0 or
// -errno with err.
int file_position_check(const struct file_position *position, int fd, const char *path,
	struct file_track *track, struct err *err);
