#include "runtime/coordinator.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void coordinator_init(struct coordinator *coordinator, const struct checkpoint_settings *settings,
	const struct coordinator_world *world, uint64_t first, int64_t now_ms)
{
	*coordinator = (struct coordinator){
		.settings = settings,
		.world = *world,
		.checkpoint = first - 1,
		.next_ms = now_ms + settings->interval_ms,
	};
}

// Requests that wait share a checkpoint, but a checkpoint has one savepoint at the most. Returns
// its path, or NULL.
static const char *take_requests(struct coordinator *coordinator, uint64_t checkpoint)
{
	const char *savepoint = NULL;

	for (int i = 0; i < COORDINATOR_REQUESTS_MAX; i++) {
		struct coordinator_request *request = &coordinator->requests[i];
		bool is_savepoint = request->savepoint[0] != '\0';

		if (request->ticket == 0 || request->checkpoint != 0)
			continue;
		if (is_savepoint && savepoint != NULL)
			continue;
		request->checkpoint = checkpoint;
		if (is_savepoint)
			savepoint = request->savepoint;
	}
	return savepoint;
}

static bool is_asked_for(const struct coordinator *coordinator)
{
	for (int i = 0; i < COORDINATOR_REQUESTS_MAX; i++)
		if (coordinator->requests[i].ticket != 0 &&
			coordinator->requests[i].checkpoint == 0)
			return true;
	return false;
}

static bool is_due(const struct coordinator *coordinator, int64_t now_ms)
{
	return coordinator->settings->interval_ms > 0 && now_ms >= coordinator->next_ms;
}

static void begin(struct coordinator *coordinator, int64_t now_ms)
{
	uint64_t checkpoint = ++coordinator->checkpoint;
	const char *savepoint = take_requests(coordinator, checkpoint);

	coordinator->state = COORDINATOR_RUNNING;
	coordinator->started_ms = now_ms;
	coordinator->world.begin(coordinator->world.arg, checkpoint, savepoint);
}

static void answer_requests(struct coordinator *coordinator, const struct checkpoint_result *result)
{
	for (int i = 0; i < COORDINATOR_REQUESTS_MAX; i++) {
		struct coordinator_request *request = &coordinator->requests[i];

		if (request->ticket == 0 || request->checkpoint != result->checkpoint)
			continue;
		request->is_done = true;
		request->result = *result;
	}
}

static void end(struct coordinator *coordinator, int64_t now_ms, struct checkpoint_result *result)
{
	const struct checkpoint_settings *settings = coordinator->settings;
	int64_t least = now_ms + settings->min_pause_ms;

	if (result->is_committed) {
		coordinator->n_completed++;
		coordinator->n_failed_in_a_row = 0;
		coordinator->last = *result;
		coordinator->last_ms = now_ms - coordinator->started_ms;
	} else {
		coordinator->n_failed++;
		coordinator->n_failed_in_a_row++;
		if (coordinator->state == COORDINATOR_ABORTING)
			snprintf(result->text, sizeof(result->text),
				"not complete after %" PRId64
				" ms (execution.checkpointing.timeout)",
				settings->timeout_ms);
		coordinator->last_failed = *result;
	}
	coordinator->state = COORDINATOR_IDLE;
	coordinator->next_ms = coordinator->started_ms + settings->interval_ms;
	if (coordinator->next_ms < least)
		coordinator->next_ms = least;
	answer_requests(coordinator, result);
}

bool coordinator_step(
	struct coordinator *coordinator, int64_t now_ms, struct checkpoint_result *ended)
{
	struct coordinator_world *world = &coordinator->world;
	bool has_ended = false;

	if (coordinator->state != COORDINATOR_IDLE && world->result(world->arg, ended)) {
		end(coordinator, now_ms, ended);
		has_ended = true;
	}
	if (coordinator->state == COORDINATOR_RUNNING &&
		now_ms - coordinator->started_ms >= coordinator->settings->timeout_ms) {
		coordinator->state = COORDINATOR_ABORTING;
		world->abort(world->arg, coordinator->checkpoint);
	}
	if (coordinator->state == COORDINATOR_IDLE &&
		(is_asked_for(coordinator) || is_due(coordinator, now_ms)))
		begin(coordinator, now_ms);
	return has_ended;
}

bool coordinator_has_failed(const struct coordinator *coordinator)
{
	int64_t tolerable = coordinator->settings->tolerable_failures;

	return tolerable >= 0 && coordinator->n_failed_in_a_row > (uint64_t)tolerable;
}

uint64_t coordinator_trigger(struct coordinator *coordinator, const char *savepoint)
{
	if (savepoint != NULL && strlen(savepoint) >= COORDINATOR_PATH_MAX)
		return 0;
	for (int i = 0; i < COORDINATOR_REQUESTS_MAX; i++) {
		struct coordinator_request *request = &coordinator->requests[i];

		if (request->ticket != 0)
			continue;
		*request = (struct coordinator_request){.ticket = ++coordinator->last_ticket};
		if (savepoint != NULL)
			strcpy(request->savepoint, savepoint);
		return request->ticket;
	}
	return 0;
}

bool coordinator_done(
	struct coordinator *coordinator, uint64_t ticket, struct checkpoint_result *result)
{
	for (int i = 0; i < COORDINATOR_REQUESTS_MAX; i++) {
		struct coordinator_request *request = &coordinator->requests[i];

		if (request->ticket != ticket || !request->is_done)
			continue;
		*result = request->result;
		request->ticket = 0;
		return true;
	}
	return false;
}
