// A fault ends the job: what a row can make fail in Flink too (an integer divided by zero, a CAST
// that cannot be). Set on the hot path without formatting or allocation, read by the coordinator.
#pragma once
#include <stddef.h>
#include "base/err.h"

struct fault {
	const char *text; // a literal; NULL = none. The first one stays.
	struct pos pos; // in the script, of what failed; 0 = nowhere
};

static inline void fault_set(struct fault *fault, const char *text)
{
	if (fault->text == NULL)
		fault->text = text;
}

static inline void fault_set_at(struct fault *fault, struct pos pos, const char *text)
{
	if (fault->text == NULL)
		*fault = (struct fault){text, pos};
}
