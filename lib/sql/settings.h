// SET and RESET: the keys that mean something here, those of Flink that mean nothing here, and none
// else.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "expr/session.h"
#include "runtime/job.h"

// table.exec.emit.*: what GROUP BY TUMBLE(…) and its like say besides their final results.
struct settings_emit {
	bool is_early, is_late;
	int64_t early_ms, late_ms; // −1 = not set
	int64_t lateness_ms; // allow-lateness; −1 = not set
};

struct settings {
	struct arena *arena;
	struct job_settings job;
	struct pos interval_pos; // where execution.checkpointing.interval was set
	int64_t idle_timeout_ns; // of sources that say nothing themselves
	struct settings_emit emit;
	int64_t state_ttl_ms; // 0 = for ever
	enum local_strategy local_aggregates; // table.optimizer.agg-phase-strategy
	const char *pipeline_name; // or NULL
	struct session session; // what expressions are made for
	uint32_t n_notes;
	const char **notes; // each at most once
};

// arena carries settings->session from now on. zone_files may be NULL: then there are only UTC and
// fixed offsets.
void settings_init(
	struct settings *settings, struct arena *arena, const struct zone_files *zone_files);
// Returns 0, or -EINVAL with *err filled: the key is unknown (err says which is nearest) or the
// value is not one of its. key_pos and value_pos may be 0.
int settings_set(struct settings *settings, const char *key, struct pos key_pos, const char *value,
	struct pos value_pos, struct err *err);
// key to its default; NULL = all.
int settings_reset(struct settings *settings, const char *key, struct pos pos, struct err *err);
// Whether the settings of the whole script go together: 0, or -EINVAL with *err filled.
int settings_check(const struct settings *settings, struct err *err);
// How long after its end a window of GROUP BY goes on: allow-lateness, or else the state's time to
// live, as in Flink.
int64_t settings_lateness_ms(const struct settings *settings);
void settings_note(struct settings *settings, const char *note);
