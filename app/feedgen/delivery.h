// How a feed arrives: what the network and tired devices do to the order of the model's events.
// A function of (model, options), like the model.
#pragma once
#include "feedgen/model.h"

struct delivery_options {
	uint64_t seed;
	uint32_t disorder_ms; // an event comes at most this much event time late; 0: in order
	// Of 1000 events:
	double late_permille; // come later than that by DELIVERY_LATE_MS or up to twice as much
	double duplicates_permille; // come again, at most disorder_ms after
	double garbage_permille; // are followed by a malformed message
};

// Only ordinary events come late: a job that drops them still sees every labelled scenario whole.
enum { DELIVERY_LATE_MS = 60000 };

enum item_kind { ITEM_EVENT, ITEM_DUPLICATE, ITEM_GARBAGE };

struct item {
	struct event event; // ITEM_GARBAGE: the event to garble
	enum item_kind kind;
	int64_t at_ms; // event time of the delivery, never falling
};

// All that delivery_next() has returned; late ones are counted when they are held back.
struct delivery_counters {
	uint64_t n_events, n_late, n_duplicates, n_garbage;
};

struct delivery;

// model must outlive it. NULL: ENOMEM.
struct delivery *delivery_new(struct model *model, const struct delivery_options *options);
void delivery_free(struct delivery *delivery);

// The next message to send. False at the end.
bool delivery_next(struct delivery *delivery, struct item *item);

// No more from the model: what is on its way still comes, then the end.
void delivery_finish(struct delivery *delivery);

struct delivery_counters delivery_counters(const struct delivery *delivery);
