// A checkpoint of a state directory or savepoint, opened to read.
#pragma once
#include "snapshot/checkpoint_store.h"
#include "tidewirectl/options.h"

struct reader {
	struct checkpoint_store *store;
	uint32_t n;
	uint64_t numbers[CHECKPOINT_RETAINED_MAX * 2]; // of the checkpoints, the oldest first
	struct manifest manifest; // of the one that was asked for
};

// options->dir, and the list of what is in it. Returns 0, or -errno with *err filled.
int reader_open(struct reader *reader, const struct ctl_options *options, struct err *err);
// The manifest of options->checkpoint, or of the newest one.
int reader_choose(struct reader *reader, const struct ctl_options *options, struct err *err);
void reader_close(struct reader *reader);

enum { TIME_TEXT_MAX = 64 };
// "2026-11-21T08:00:00.123Z".
const char *time_text(int64_t ns, char text[TIME_TEXT_MAX]);
