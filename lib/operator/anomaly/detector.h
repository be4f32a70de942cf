// A detector learns the habit of one key and says of each of its events how surprising it is. It
// is pure: what it knows is in its configuration, which is made when the job is planned and is then
// read only, and in a state of plain bytes, one for each key, that the operator keeps, checkpoints
// and restores as they are. No memory, no clock, no randomness but what comes in.
//
// Detectors are one file each, detector_NAME.c, listed in detectors.c.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/err.h"

enum {
	DETECTOR_COLUMNS_MAX = 8,
	DETECTOR_STATE_INLINE = 1024, // bytes: up to here beside the key in its bucket
	DETECTOR_STATE_MAX = 64 << 10,
};

// 'name' => value of the call: number or text, as written.
struct detector_option {
	const char *name;
	const char *text; // NULL = it is a number
	double number;
};

// What is known when the job is planned.
struct detector_call {
	const struct detector_option *options; // [:n_options]; 'detector' itself is not among them
	uint32_t n_options;
	uint32_t n_columns; // of values, 1 at least
	uint64_t seed; // of the job, for detectors that draw lots (RCF): same seed, same lots
	struct arena *arena; // for the configuration
};

// One event. values may be NaN or infinite: a detector defines what that means. (A row with a NULL
// among its values is no event: it gets no score.)
struct observation {
	int64_t time_ms; // event time; may be less than that of the key's event before
	const double *values; // [:n_columns]
};

// What a detector thinks of an event, before it learns from it.
struct verdict {
	// −log10 of the share of this key's normal events that would look at least so odd: 0 =
	// ordinary, 3 = one in a thousand, unbounded above (a log tail: it does not saturate, two
	// different big deviations have two different surprises). Never NaN, never < 0.
	double surprise;
	uint32_t reason; // the detector's own numbers for explain(); 0 = nothing to say
	double facts[4]; // what explain() wants to put into words
};

struct detector_kind {
	const char *name; // of 'detector' => '…'
	bool takes_many_columns;
	uint32_t state_version; // grows when states of released versions would be read wrongly
	// Checks the options. Returns the configuration (in call->arena), or NULL with err: one
	// sentence that names the option and says what would be right ("'alpha' is 1.5: it must be
	// between 0 and 1").
	const void *(*configure)(const struct detector_call *call, struct err *err);
	uint32_t (*state_size)(const void *config); // bytes, a multiple of 8, ≤ DETECTOR_STATE_MAX
	// A state of zero bytes is that of a new key. States are aligned to 8 bytes.
	// n events of perhaps n different keys, in order: states[i] belongs to event i; the same
	// state may come several times. For each: verdict of what was known before, then learn.
	// times[:n]; values[c][:n] for each column c. Callers have prefetched the states' first
	// line.
	void (*score)(const void *config, void *const *states, const int64_t *times,
		const double *const *values, uint16_t n, struct verdict *verdicts);
	// A person's words for a verdict, at most size bytes with the NUL; values as in the event:
	// "312.4 is 9.1 deviations above this key's level 21.7; new maximum".
	void (*explain)(const void *config, const struct verdict *verdict, const double *values,
		char *text, size_t size);
};

const struct detector_kind *detector_find(const char *name); // NULL: no such one
// All of them, NULL behind the last: for messages and documentation.
extern const struct detector_kind *const detector_kinds[];

// What SQL users see: score = 1 − p down to one in a thousand; beyond it the last thousandth is
// shared out by the logarithm, 1 − 0.003 / surprise, so that it grows for ever and is never 1:
// 0.999 is one in 10³, 0.9995 one in 10⁶, 0.99975 one in 10¹². Strictly increasing in surprise.
double detector_score(double surprise);
