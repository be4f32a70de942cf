// Card payments: the honest ones, one at a time, and scenarios of fraud among them.
#pragma once
#include "feedgen/model.h"

struct cards;

// world and book must outlive it. NULL: ENOMEM.
struct cards *cards_new(
	const struct model_options *options, const struct world *world, struct label_book *book);
void cards_free(struct cards *cards);

// The next payment, in order of time, without its id. False at the end.
bool cards_next(struct cards *cards, struct event *event);
