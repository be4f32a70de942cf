// SET and RESET: the keys that mean something here, those of Flink that mean nothing here, and none
// else.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "runtime/job.h"

struct settings {
	struct arena *arena;
	struct job_settings job;
	int64_t idle_timeout_ns; // of sources that say nothing themselves
	const char *pipeline_name; // or NULL
	uint32_t n_notes;
	const char **notes; // each at most once
};

void settings_init(struct settings *settings, struct arena *arena);
// Returns 0, or -EINVAL with *err filled: the key is unknown (err says which is nearest) or the
// value is not one of its. key_pos and value_pos may be 0.
int settings_set(struct settings *settings, const char *key, struct pos key_pos, const char *value,
	struct pos value_pos, struct err *err);
// key to its default; NULL = all.
int settings_reset(struct settings *settings, const char *key, struct pos pos, struct err *err);
void settings_note(struct settings *settings, const char *note);
