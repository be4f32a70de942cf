#include "tidewirectl/reader.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { NS_PER_MS = 1000000, NS_PER_S = 1000000000 };

int reader_open(struct reader *reader, const struct ctl_options *options, struct err *err)
{
	int n;

	*reader = (struct reader){0};
	reader->store = checkpoint_store_open_read_only(options->dir, err);
	if (reader->store == NULL)
		return err_set(err, EIO, "cannot read checkpoints in %s", options->dir);
	n = checkpoint_list(
		reader->store, reader->numbers, sizeof(reader->numbers) / sizeof(*reader->numbers));
	if (n < 0)
		return err_set(
			err, -n, "cannot read checkpoints in %s: %s", options->dir, strerror(-n));
	reader->n = (uint32_t)n;
	return 0;
}

int reader_choose(struct reader *reader, const struct ctl_options *options, struct err *err)
{
	uint64_t checkpoint = options->checkpoint;
	int result;

	if (reader->n == 0)
		return err_set(
			err, ENOENT, "there is no complete checkpoint in %s yet", options->dir);
	if (checkpoint == 0)
		checkpoint = reader->numbers[reader->n - 1];
	result = checkpoint_manifest(reader->store, checkpoint, &reader->manifest, err);
	if (result == -ENOENT)
		return err_set(err, ENOENT,
			"there is no checkpoint %" PRIu64 " in %s: they are %" PRIu64
			" to %" PRIu64,
			checkpoint, options->dir, reader->numbers[0],
			reader->numbers[reader->n - 1]);
	if (result < 0)
		return err_set(err, -result, "checkpoint %" PRIu64 " in %s: %s", checkpoint,
			options->dir, strerror(-result));
	return 0;
}

void reader_close(struct reader *reader)
{
	manifest_clear(&reader->manifest);
	checkpoint_store_close(reader->store);
}

const char *time_text(int64_t ns, char text[TIME_TEXT_MAX])
{
	time_t seconds = ns / NS_PER_S;
	struct tm tm;
	size_t len;

	gmtime_r(&seconds, &tm);
	len = strftime(text, TIME_TEXT_MAX, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + len, TIME_TEXT_MAX - len, ".%03dZ", (int)(ns % NS_PER_S / NS_PER_MS));
	return text;
}
