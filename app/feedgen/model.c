#include "feedgen/model.h"
#include "feedgen/cards.h"
#include "feedgen/sensors.h"
#include <errno.h>
#include <stdlib.h>

struct model {
	struct world world;
	struct label_book *labels;
	struct cards *cards; // one of the two
	struct sensors *sensors;
	uint64_t n_events;
};

static bool options_ok(const struct model_options *options)
{
	return options->start_ms >= MODEL_START_MIN_MS && options->start_ms <= MODEL_START_MAX_MS &&
	       options->event_rate >= MODEL_RATE_MIN && options->event_rate <= MODEL_RATE_MAX &&
	       options->n_users >= 1 && options->n_users <= WORLD_USERS_MAX &&
	       options->n_merchants >= n_cities && options->n_merchants <= WORLD_MERCHANTS_MAX &&
	       options->duration_ms >= 0 && options->labelled_permille >= 0 &&
	       options->labelled_permille <= MODEL_LABELLED_MAX;
}

struct model *model_new(const struct model_options *options)
{
	struct model *model;

	if (!options_ok(options)) {
		errno = EINVAL;
		return NULL;
	}
	model = calloc(1, sizeof(*model));
	if (model == NULL)
		return NULL;
	if (world_init(&model->world, options->seed, options->n_users, options->n_merchants) < 0)
		goto no_memory;
	model->labels = label_book_new();
	if (model->labels == NULL)
		goto no_memory;
	if (options->feed == FEED_CARDS)
		model->cards = cards_new(options, &model->world, model->labels);
	else
		model->sensors = sensors_new(options, &model->world, model->labels);
	if (model->cards == NULL && model->sensors == NULL)
		goto no_memory;
	return model;

no_memory:
	model_free(model);
	errno = ENOMEM;
	return NULL;
}

void model_free(struct model *model)
{
	if (model == NULL)
		return;
	cards_free(model->cards);
	sensors_free(model->sensors);
	label_book_free(model->labels);
	world_free(&model->world);
	free(model);
}

int64_t model_end_ms(const struct model_options *options)
{
	if (options->duration_ms == 0 ||
		options->duration_ms > MODEL_END_MAX_MS - options->start_ms)
		return MODEL_END_MAX_MS;
	return options->start_ms + options->duration_ms;
}

bool model_next(struct model *model, struct event *event)
{
	bool more = model->cards != NULL ? cards_next(model->cards, event)
					 : sensors_next(model->sensors, event);

	if (!more)
		return false;
	event->id = ++model->n_events;
	if (event->label != 0)
		label_add(model->labels, event);
	return true;
}

const struct world *model_world(const struct model *model)
{
	return &model->world;
}

struct label_book *model_labels(struct model *model)
{
	return model->labels;
}
