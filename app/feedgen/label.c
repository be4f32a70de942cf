#include "feedgen/label.h"
#include "feedgen/model.h"
#include <assert.h>
#include <stdlib.h>

struct label_book {
	struct label *labels; // slots 1 … n_touched have been used; n_planned 0: free
	uint32_t *free_slots; // free_slots[:n_free]
	uint32_t n_free, n_touched;
	label_done *done; // or NULL
	void *done_context;
};

struct label_book *label_book_new(void)
{
	struct label_book *book = calloc(1, sizeof(*book));

	if (book == NULL)
		return NULL;
	// Pages that no scenario needs are never touched.
	book->labels = calloc(LABELS_OPEN_MAX + 1, sizeof(*book->labels));
	book->free_slots = calloc(LABELS_OPEN_MAX, sizeof(*book->free_slots));
	if (book->labels == NULL || book->free_slots == NULL) {
		label_book_free(book);
		return NULL;
	}
	return book;
}

void label_book_free(struct label_book *book)
{
	if (book == NULL)
		return;
	free(book->labels);
	free(book->free_slots);
	free(book);
}

uint32_t label_open(
	struct label_book *book, enum scenario scenario, uint32_t who, uint32_t n_planned)
{
	uint32_t slot;

	assert(n_planned > 0 && n_planned <= LABEL_EVENTS_MAX);
	if (book->n_free > 0)
		slot = book->free_slots[--book->n_free];
	else if (book->n_touched < LABELS_OPEN_MAX)
		slot = ++book->n_touched;
	else
		return 0;
	book->labels[slot].scenario = scenario;
	book->labels[slot].who = who;
	book->labels[slot].n_planned = n_planned;
	book->labels[slot].n_events = 0;
	book->labels[slot].total = 0;
	book->labels[slot].value_max = INT32_MIN;
	return slot;
}

void label_add(struct label_book *book, const struct event *event)
{
	struct label *label = &book->labels[event->label];

	assert(label->n_events < label->n_planned);
	if (label->n_events == 0) {
		label->first_ms = event->ts_ms;
		label->city = event->city;
	}
	label->last_ms = event->ts_ms;
	label->ids[label->n_events++] = event->id;
	label->total += event->approved ? event->value : 0;
	if (event->value > label->value_max)
		label->value_max = event->value;
	if (label->n_events < label->n_planned)
		return;
	if (book->done != NULL)
		book->done(book->done_context, label);
	label->n_planned = 0;
	book->free_slots[book->n_free++] = event->label;
}

void label_book_tell(struct label_book *book, label_done *done, void *context)
{
	book->done = done;
	book->done_context = context;
}

const struct label *label_book_open_next(const struct label_book *book, uint32_t *slot)
{
	while (*slot < book->n_touched) {
		const struct label *label = &book->labels[++*slot];

		if (label->n_planned > 0 && label->n_events > 0)
			return label;
	}
	return NULL;
}

const char *scenario_name(enum scenario scenario)
{
	static const char *const names[] = {
		"card_testing", "two_cities", "velocity", "large_amount", "overheat"};

	return names[scenario];
}
