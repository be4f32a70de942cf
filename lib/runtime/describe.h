// A job as its checkpoints know it: operator by operator, so that a changed job is told from the
// same one.
#pragma once
#include "runtime/job.h"
#include "snapshot/checkpoint_plan.h"

// Lives in arena; name and script must outlive it.
const struct checkpoint_plan *describe_job(
	const struct job *job, struct arena *arena, const char *name, const char *script);
