// SQL text to a job: parse, bind, plan. Pure: it opens no file and no port, reads no clock and runs
// nothing, so that --check and --explain are this and no more.
//
//   text ─► parse.h ─► ast.h ─► bind.h ─► plan.h ─► prune.h ─► physical.h ─► runtime/job.h
//           (syntax)            (names,   (logical)  (columns)  (stages, exchanges)
//                                types)
#pragma once
#include "base/err.h"
#include "runtime/job.h"
#include "time/zone.h"

struct sql_setting { // SET 'key' = 'value'
	const char *key, *value;
};

struct sql_plan {
	struct job *job; // n_stages is 0 when the script only defines things
	const char *name; // pipeline.name; NULL = none was given
	bool explain_only; // the script has an EXPLAIN: print sql_explain(), run nothing
	uint32_t n_notes;
	const char **notes; // lines for the user: settings without effect here, …
};

// Plan the script text[:len]. settings[:n_settings] (from --set) come before its first statement.
// zone_files is asked for time zones by name; NULL = there are only UTC and fixed offsets.
// Everything planned, the job included, lives in arena. Returns 0, or -EINVAL with *err filled:
// err.pos is in text, or 0 when a setting of the command line is at fault.
int sql_plan(struct arena *arena, const char *text, size_t len, const struct sql_setting *settings,
	uint32_t n_settings, const struct zone_files *zone_files, struct sql_plan *plan,
	struct err *err);

// The plan for people; the form is in README.md. Lives in arena; ends with a newline.
const char *sql_explain(const struct job *job, struct arena *arena);
