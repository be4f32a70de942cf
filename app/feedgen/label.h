// What is true about a feed: one label for each scenario, with the events that make it up.
#pragma once
#include <stdint.h>

enum scenario {
	// Five to ten declined payments of under 3.00 at one online merchant, then a large one that
	// is approved, all within four minutes.
	SCENARIO_CARD_TESTING,
	// Two payments in cities SCENARIO_FAR_KM apart or more, within ten minutes.
	SCENARIO_TWO_CITIES,
	// Eight to fourteen approved payments within four minutes.
	SCENARIO_VELOCITY,
	// One payment of 30 to 60 times the customer's habit, and above any ordinary one.
	SCENARIO_LARGE_AMOUNT,
	// A sensor that heats up by 25 to 45 degrees, stays hot and cools down.
	SCENARIO_OVERHEAT,
};

enum { SCENARIO_CARDS = SCENARIO_LARGE_AMOUNT + 1, SCENARIO_FAR_KM = 1500, LABEL_EVENTS_MAX = 48 };

struct label {
	enum scenario scenario;
	uint32_t who; // customer, or sensor
	uint32_t city; // of the first event
	uint32_t n_events, n_planned; // equal when the scenario came to its end
	int64_t first_ms, last_ms; // event time
	int64_t total; // sum of the values, in cents; of approved events only
	int32_t value_max;
	uint64_t ids[LABEL_EVENTS_MAX]; // ids[:n_events]
};

struct event;
struct label_book; // at most LABELS_OPEN_MAX scenarios at a time

enum { LABELS_OPEN_MAX = 1 << 16 };

// Told of each label that came to its end; the label is valid during the call.
typedef void label_done(void *context, const struct label *label);

struct label_book *label_book_new(void); // NULL: ENOMEM
void label_book_free(struct label_book *book);

// Open a label for a scenario of n_planned events, at most LABEL_EVENTS_MAX. Returns its slot, or 0
// when there is no free one.
uint32_t label_open(
	struct label_book *book, enum scenario scenario, uint32_t who, uint32_t n_planned);

// Note an event that belongs to the open label event->label. With the last one planned the label is
// done and its slot is free again.
void label_add(struct label_book *book, const struct event *event);

// Who is to be told; nobody by default.
void label_book_tell(struct label_book *book, label_done *done, void *context);

// The labels still open that have events, one after the other; *slot starts at 0. NULL: no more.
const struct label *label_book_open_next(const struct label_book *book, uint32_t *slot);

const char *scenario_name(enum scenario scenario);
