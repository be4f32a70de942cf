// The checkpoints there are, and whether they are whole.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>
#include "tidewirectl/commands.h"
#include "tidewirectl/reader.h"

static void show_json(json_t *object)
{
	char *line = json_dumps(object, JSON_COMPACT);

	if (line != NULL)
		puts(line);
	free(line);
	json_decref(object);
}

static void show_manifest(const struct manifest *manifest, enum ctl_format format)
{
	char time[TIME_TEXT_MAX];

	time_text(manifest->ended_ns, time);
	if (format == CTL_JSON)
		show_json(json_pack("{s:I, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s}",
			"checkpoint", (json_int_t)manifest->checkpoint, "completed", time,
			"milliseconds",
			(json_int_t)((manifest->ended_ns - manifest->started_ns) / 1000000),
			"written_records", (json_int_t)manifest->n_written, "written_bytes",
			(json_int_t)manifest->n_written_bytes, "records",
			(json_int_t)manifest_n_records(manifest), "bytes",
			(json_int_t)manifest_n_bytes(manifest), "base", (json_int_t)manifest->base,
			"format", (json_int_t)manifest->format, "job",
			manifest->plan.job_name != NULL ? manifest->plan.job_name : ""));
	else
		printf("%-10" PRIu64 "  %-24s  %14" PRIu64 "  %14" PRIu64 "  %12" PRIu64
		       "  %12" PRIu64 "  %s\n",
			manifest->checkpoint, time, manifest->n_written, manifest->n_written_bytes,
			manifest_n_records(manifest), manifest_n_bytes(manifest),
			manifest->plan.job_name != NULL ? manifest->plan.job_name : "");
}

static int list(struct reader *reader, const struct ctl_options *options, struct err *err)
{
	int result = 0;

	if (options->format == CTL_TEXT && reader->n > 0)
		printf("%-10s  %-24s  %14s  %14s  %12s  %12s  %s\n", "checkpoint", "completed",
			"written", "bytes written", "records", "bytes", "job");
	for (uint32_t i = 0; i < reader->n && result == 0; i++) {
		struct manifest manifest = {0};

		result = checkpoint_manifest(reader->store, reader->numbers[i], &manifest, err);
		if (result == 0)
			show_manifest(&manifest, options->format);
		else if (result == -ENOENT) // it was replaced meanwhile
			result = 0;
		else
			err_set(err, -result, "checkpoint %" PRIu64 " in %s: %s",
				reader->numbers[i], options->dir, strerror(-result));
		manifest_clear(&manifest);
	}
	return result;
}

int checkpoints_list(const struct ctl_options *options, struct err *err)
{
	static struct reader reader;
	int result = reader_open(&reader, options, err);

	if (result == 0)
		result = list(&reader, options, err);
	reader_close(&reader);
	return result < 0 ? CTL_FAILED : CTL_DONE;
}

// ---- Verify

static bool verify_one(struct reader *reader, uint64_t checkpoint, enum ctl_format format)
{
	struct manifest manifest = {0};
	struct err err = {0};
	int result = checkpoint_manifest(reader->store, checkpoint, &manifest, &err);

	if (result == 0)
		result = checkpoint_verify(reader->store, checkpoint, &err);
	if (result < 0)
		err_set(&err, -result, "%s", strerror(-result));
	if (format == CTL_JSON)
		show_json(json_pack("{s:I, s:b, s:I, s:I, s:s}", "checkpoint",
			(json_int_t)checkpoint, "ok", result == 0, "records",
			(json_int_t)manifest_n_records(&manifest), "bytes",
			(json_int_t)manifest_n_bytes(&manifest), "error", err.text));
	else if (result == 0)
		printf("checkpoint %" PRIu64 ": ok, %" PRIu64 " records, %" PRIu64 " bytes\n",
			checkpoint, manifest_n_records(&manifest), manifest_n_bytes(&manifest));
	else
		printf("checkpoint %" PRIu64 ": does not verify: %s\n", checkpoint, err.text);
	manifest_clear(&manifest);
	return result == 0;
}

static int verify(struct reader *reader, const struct ctl_options *options, struct err *err)
{
	uint32_t n_bad = 0, n_all = 0;

	for (uint32_t i = 0; i < reader->n; i++) {
		if (options->checkpoint != 0 && options->checkpoint != reader->numbers[i])
			continue;
		n_all++;
		n_bad += !verify_one(reader, reader->numbers[i], options->format);
	}
	if (n_bad > 0)
		return err_set(err, EBADMSG, "%u of %u checkpoints in %s do not verify", n_bad,
			n_all, options->dir);
	return n_all == 0 ? reader_choose(reader, options, err) : 0;
}

int checkpoints_verify(const struct ctl_options *options, struct err *err)
{
	static struct reader reader;
	int result = reader_open(&reader, options, err);

	if (result == 0)
		result = verify(&reader, options, err);
	reader_close(&reader);
	return result < 0 ? CTL_FAILED : CTL_DONE;
}
