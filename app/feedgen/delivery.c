// Each event gets a delay; those with one wait in a heap until the model's event time has passed
// ts + delay. When the heap is full the next in line goes early, which keeps the bound on disorder:
// everything still in the model is younger than all that has left.
#include "feedgen/delivery.h"
#include "feedgen/heap.h"
#include "feedgen/rng.h"
#include <stdlib.h>

enum { WAITING_MAX = 1 << 20, TRAIT_DELIVERY = 200 };

struct delivery {
	struct model *model;
	struct rng rng;
	uint32_t disorder_ms;
	uint64_t late_chance, duplicate_chance, garbage_chance; // of 2^32
	struct heap waiting; // by delivery time
	struct event next; // the model's next event, when has_next
	struct event garbled; // goes next, when has_garbage
	int64_t at_ms;
	bool has_next, has_garbage, finishing;
	struct delivery_counters counters;
};

static uint64_t chance(double permille)
{
	return (uint64_t)(permille / 1000 * 0x1p32);
}

struct delivery *delivery_new(struct model *model, const struct delivery_options *options)
{
	struct delivery *delivery = calloc(1, sizeof(*delivery));

	if (delivery == NULL)
		return NULL;
	if (heap_init(&delivery->waiting, WAITING_MAX) < 0) {
		free(delivery);
		return NULL;
	}
	delivery->model = model;
	delivery->rng.state = rng_of(options->seed, TRAIT_DELIVERY, 0);
	delivery->disorder_ms = options->disorder_ms;
	delivery->late_chance = chance(options->late_permille);
	delivery->duplicate_chance = chance(options->duplicates_permille);
	delivery->garbage_chance = chance(options->garbage_permille);
	delivery->has_next = model_next(model, &delivery->next);
	return delivery;
}

void delivery_free(struct delivery *delivery)
{
	if (delivery == NULL)
		return;
	heap_free(&delivery->waiting);
	free(delivery);
}

static bool happens(struct delivery *delivery, uint64_t chance_32)
{
	return chance_32 > 0 && rng_next(&delivery->rng) >> 32 < chance_32;
}

static uint32_t draw_delay(struct delivery *delivery, const struct event *event)
{
	if (event->label == 0 && happens(delivery, delivery->late_chance)) {
		delivery->counters.n_late++;
		return delivery->disorder_ms +
		       rng_between(&delivery->rng, DELIVERY_LATE_MS, 2 * DELIVERY_LATE_MS);
	}
	if (delivery->disorder_ms == 0)
		return 0;
	return rng_below(&delivery->rng, delivery->disorder_ms + 1);
}

static void hand_out(
	struct delivery *delivery, const struct event *event, bool copy, struct item *item)
{
	item->event = *event;
	item->kind = copy ? ITEM_DUPLICATE : ITEM_EVENT;
	item->at_ms = delivery->at_ms;
	if (copy)
		delivery->counters.n_duplicates++;
	else
		delivery->counters.n_events++;
	delivery->has_garbage = !copy && happens(delivery, delivery->garbage_chance);
	if (delivery->has_garbage)
		delivery->garbled = *event;
}

static void hand_out_garbage(struct delivery *delivery, struct item *item)
{
	*item = (struct item){
		.event = delivery->garbled, .kind = ITEM_GARBAGE, .at_ms = delivery->at_ms};
	delivery->has_garbage = false;
	delivery->counters.n_garbage++;
}

// Whether the one who waits longest is to go before the model's next event is looked at.
static bool waiting_first(const struct delivery *delivery)
{
	const struct heap *waiting = &delivery->waiting;

	if (waiting->n == 0)
		return false;
	// Room for an event and its duplicate is needed.
	return !delivery->has_next || waiting->n + 2 > waiting->n_max ||
	       waiting->items[0].key <= delivery->next.ts_ms;
}

static void hand_out_waiting(struct delivery *delivery, struct item *item)
{
	struct heap_item top = heap_pop(&delivery->waiting);

	if (top.key > delivery->at_ms)
		delivery->at_ms = delivery->has_next && top.key > delivery->next.ts_ms
					  ? delivery->next.ts_ms
					  : top.key;
	hand_out(delivery, &top.event, top.copy, item);
}

bool delivery_next(struct delivery *delivery, struct item *item)
{
	if (delivery->has_garbage) {
		hand_out_garbage(delivery, item);
		return true;
	}
	for (;;) {
		struct event event;
		int64_t key;

		if (waiting_first(delivery)) {
			hand_out_waiting(delivery, item);
			return true;
		}
		if (!delivery->has_next)
			return false;
		event = delivery->next;
		delivery->has_next =
			!delivery->finishing && model_next(delivery->model, &delivery->next);
		key = event.ts_ms + draw_delay(delivery, &event);
		if (happens(delivery, delivery->duplicate_chance))
			heap_push(&delivery->waiting,
				key + rng_below(&delivery->rng, delivery->disorder_ms + 1), &event,
				true);
		if (key == event.ts_ms) {
			delivery->at_ms = event.ts_ms;
			hand_out(delivery, &event, false, item);
			return true;
		}
		heap_push(&delivery->waiting, key, &event, false);
	}
}

void delivery_finish(struct delivery *delivery)
{
	delivery->finishing = true;
}

struct delivery_counters delivery_counters(const struct delivery *delivery)
{
	return delivery->counters;
}
