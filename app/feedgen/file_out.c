#include "feedgen/file_out.h"
#include "feedgen/out.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int file_out_open(struct file_out *file, const char *path, struct err *err)
{
	file->name = path;
	file->len = 0;
	file->fd = STDOUT_FILENO;
	if (strcmp(path, "-") == 0)
		return 0;
	file->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (file->fd < 0)
		return err_set(err, errno, "cannot write to %s: %s", path, strerror(errno));
	return 0;
}

int file_out_flush(struct file_out *file, struct err *err)
{
	uint32_t done = 0;

	while (done < file->len) {
		ssize_t n = write(file->fd, file->buffer + done, file->len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(
				err, errno, "cannot write to %s: %s", file->name, strerror(errno));
		done += (uint32_t)n;
	}
	file->len = 0;
	return 0;
}

int file_out_write(struct file_out *file, const void *data, size_t len, struct err *err)
{
	if (file->len + len > sizeof(file->buffer)) {
		int rc = file_out_flush(file, err);

		if (rc < 0)
			return rc;
	}
	memcpy(file->buffer + file->len, data, len);
	file->len += (uint32_t)len;
	return 0;
}

int file_out_close(struct file_out *file, struct err *err)
{
	int rc = file_out_flush(file, err);

	// Some file systems report a full disk only here.
	if (file->fd != STDOUT_FILENO && close(file->fd) < 0 && rc == 0)
		rc = err_set(err, errno, "cannot write to %s: %s", file->name, strerror(errno));
	return rc;
}

// Lines, or records of one length side by side.
struct lines_out {
	struct out out;
	struct file_out file;
};

static int lines_put(
	struct out *out, const char *data, uint32_t len, int64_t at_ms, struct err *err)
{
	return file_out_write(&((struct lines_out *)out)->file, data, len, err);
}

static int lines_flush(struct out *out, struct err *err)
{
	return file_out_flush(&((struct lines_out *)out)->file, err);
}

static int lines_close(struct out *out, struct err *err)
{
	return file_out_close(&((struct lines_out *)out)->file, err);
}

static const struct out_ops lines_ops = {
	.put_payload = lines_put, .flush = lines_flush, .close = lines_close};

struct out *out_file_open(const struct out_options *options, struct err *err)
{
	struct lines_out *lines = calloc(1, sizeof(*lines));

	if (lines == NULL) {
		err_set(err, ENOMEM, "out of memory");
		return NULL;
	}
	if (file_out_open(&lines->file, options->to, err) < 0) {
		free(lines);
		return NULL;
	}
	lines->out.ops = &lines_ops;
	return &lines->out;
}
