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
	// the last event's
	struct verdict verdict;
	double value;
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

	rig->value = value;
	memset(&rig->verdict, 0xa5, sizeof(rig->verdict)); // all of it must be written
	rig->kind->score(rig->config, &rig->state, &time_ms, values, 1, &rig->verdict);
	assert_true(rig->verdict.surprise >= 0);
	return rig->verdict;
}

// The surprise at the key's next event, for detectors that do not look at the time.
static inline double rig_feed(struct detector_rig *rig, double value)
{
	return rig_score(rig, 0, value).surprise;
}

// What it would be; nothing is learnt.
static inline double rig_peek(struct detector_rig *rig, double value)
{
	size_t size = rig->kind->state_size(rig->config);
	void *before = malloc(size);
	double surprise;

	memcpy(before, rig->state, size);
	surprise = rig_feed(rig, value);
	memcpy(rig->state, before, size);
	free(before);
	return surprise;
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

// What it says of the last event has this part.
static inline void rig_assert_words(struct detector_rig *rig, const char *part)
{
	const char *words = rig_explain(rig, &rig->verdict, rig->value);

	if (strstr(words, part) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", words, part);
}
