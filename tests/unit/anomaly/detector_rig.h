// For tests of detectors: a detector with its options, and events of one key.
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "operator/anomaly/detectors.h"

enum { RIG_OPTIONS_MAX = 16, RIG_TEXT_MAX = 256 };

struct detector_rig {
	const struct detector_kind *kind;
	struct arena *arena;
	const void *config;
	void *state; // of one key, at first that of a new one
	struct err err; // of configure()
	char text[RIG_TEXT_MAX];
};

// options[:n] of one column. rig->config is NULL when they are refused; rig->err says why.
static inline void rig_begin(struct detector_rig *rig, const char *name,
	const struct detector_option *options, uint32_t n)
{
	struct detector_call call = {.options = options, .n_options = n, .n_columns = 1};

	*rig = (struct detector_rig){.kind = detector_find(name), .arena = arena_new()};
	assert_non_null(rig->kind);
	call.arena = rig->arena;
	rig->config = rig->kind->configure(&call, &rig->err);
	if (rig->config != NULL)
		rig->state = calloc(1, rig->kind->state_size(rig->config));
}

static inline void rig_end(struct detector_rig *rig)
{
	free(rig->state);
	arena_free(rig->arena);
}

static inline struct verdict rig_score(struct detector_rig *rig, int64_t time_ms, double value)
{
	const double *const values[] = {&value};
	struct verdict verdict;

	rig->kind->score(rig->config, &rig->state, &time_ms, values, 1, &verdict);
	assert_true(verdict.surprise >= 0);
	return verdict;
}

// In words; "" when the verdict has nothing to say.
static inline const char *rig_explain(
	struct detector_rig *rig, const struct verdict *verdict, double value)
{
	rig->text[0] = '\0';
	if (verdict->reason != 0)
		rig->kind->explain(rig->config, verdict, &value, rig->text, sizeof(rig->text));
	assert_true(strlen(rig->text) < sizeof(rig->text));
	return rig->text;
}
