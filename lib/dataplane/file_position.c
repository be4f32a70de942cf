#include "dataplane/file_position.h"
#include "dataplane/crc.h"
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <rte_common.h>

static uint32_t add_name(uint32_t names, const char *path)
{
	return crc32c(names, path, strlen(path) + 1);
}

void file_track_see(struct file_track *track, uint32_t file, char *const *paths, uint64_t offset,
	const uint8_t *data, size_t len)
{
	struct file_position *at = &track->at;

	if (at->names == 0) // the first of all
		at->names = add_name(0, paths[0]);
	if (file != at->file)
		at->offset = at->n_last = at->last = track->n_head = 0;
	for (; at->file < file; at->file++)
		at->names = add_name(at->names, paths[at->file + 1]);
	if (offset != 0)
		return;
	track->n_head = (uint32_t)RTE_MIN(len, sizeof(track->head));
	memcpy(track->head, data, track->n_head);
}

void file_track_pass(struct file_track *track, uint64_t offset, const uint8_t *data, size_t n)
{
	uint32_t n_last = (uint32_t)RTE_MIN(n, (size_t)FILE_POSITION_LAST_MAX);

	track->at.offset = offset + n;
	if (n_last == 0)
		return;
	track->at.n_last = n_last;
	track->at.last = crc32c(0, data + n - n_last, n_last);
}

void file_track_tell(const struct file_track *track, uint64_t offset, const uint8_t *data, size_t n,
	struct file_position *position)
{
	struct file_track passed = {.at = track->at};

	if (n > 0)
		file_track_pass(&passed, offset, data, n);
	*position = passed.at;
	position->n_head = (uint32_t)RTE_MIN(track->n_head, position->offset);
	position->head = crc32c(0, track->head, position->n_head);
}

int file_position_check_names(
	const struct file_position *position, char *const *paths, size_t n_paths, struct err *err)
{
	uint32_t names = 0;

	if (position->file == 0 && position->offset == 0)
		return 0; // nothing was read
	for (size_t i = 0; i <= position->file && i < n_paths; i++)
		names = add_name(names, paths[i]);
	if (position->file < n_paths && names == position->names)
		return 0;
	return err_set(err, EINVAL,
		"the files that were read up to the checkpoint are not the first %" PRIu32
		" of the %zu that are there now: some were added, removed or renamed",
		position->file + 1, n_paths);
}

// Whether the len bytes at offset have this checksum; they are left in bytes.
static bool is_same(int fd, uint64_t offset, uint8_t *bytes, uint32_t len, uint32_t crc)
{
	return pread(fd, bytes, len, (off_t)offset) == (ssize_t)len && crc32c(0, bytes, len) == crc;
}

int file_position_check(const struct file_position *position, int fd, const char *path,
	struct file_track *track, struct err *err)
{
	uint8_t last[FILE_POSITION_LAST_MAX];
	struct stat st;

	if (position->n_head > FILE_POSITION_HEAD_MAX ||
		position->n_last > RTE_MIN((uint64_t)sizeof(last), position->offset))
		return err_set(
			err, EINVAL, "the checkpoint's position in %s has another shape", path);
	if (fstat(fd, &st) < 0)
		return err_set(err, errno, "cannot read %s: %s", path, strerror(errno));
	if ((uint64_t)st.st_size < position->offset)
		return err_set(err, EINVAL,
			"%s has %jd bytes, and %" PRIu64
			" were read of it up to the checkpoint: it is not the same file",
			path, (intmax_t)st.st_size, position->offset);
	track->n_head = position->n_head;
	if (is_same(fd, 0, track->head, position->n_head, position->head) &&
		is_same(fd, position->offset - position->n_last, last, position->n_last,
			position->last))
		return 0;
	return err_set(err, EINVAL,
		"%s has other bytes before %" PRIu64
		" than the checkpoint has read: it is not the same file",
		path, position->offset);
}
