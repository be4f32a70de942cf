#include "runtime/checkpoints.h"
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <rte_lcore.h>
#include "control/control.h"
#include "dataplane/clock.h"
#include "operator/source/source.h"
#include "runtime/coordinator.h"
#include "runtime/restore.h"
#include "snapshot/checkpoint_writer.h"

enum { WRITER_IDLE_US = 500 };

struct checkpoints {
	struct checkpoints_options options;
	struct topology *topology;
	struct checkpoint_store *store;
	struct checkpoint_writer *writer;
	struct control *control;
	struct coordinator coordinator;
	uint64_t last_ticket; // of the last checkpoint; 0 = not yet asked for
	struct checkpoint_result last;
	bool has_ended, wants_stop;
	const char *last_savepoint; // to be written with it, or NULL
	char savepoint[CONTROL_LINE_MAX];
	uint64_t committed[CHECKPOINT_RETAINED_MAX]; // the last ones of this process, a ring
	uint64_t n_committed;
	pthread_t thread;
	bool has_thread;
	atomic_bool stop; // the main lcore writes, the thread reads
	struct record_out *outs[TOPOLOGY_TASKS_MAX];
};

// Stands for the last checkpoint, which is not asked for yet.
#define LAST_TICKET UINT64_MAX

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// ---- The writer's thread

static void *write_all(void *arg)
{
	struct timespec pause = {.tv_nsec = WRITER_IDLE_US * 1000};
	struct checkpoints *checkpoints = arg;
	struct now now;

	while (!atomic_load_explicit(&checkpoints->stop, memory_order_relaxed)) {
		clock_read(&now);
		if (!checkpoint_writer_step(checkpoints->writer, now.wall_ns))
			nanosleep(&pause, NULL);
	}
	return NULL;
}

static int start_thread(struct checkpoints *checkpoints, struct err *err)
{
	sigset_t all, old;
	int result;

	sigfillset(&all); // signals are the main lcore's
	pthread_sigmask(SIG_SETMASK, &all, &old);
	result = rte_ctrl_thread_create(
		&checkpoints->thread, "checkpoints", NULL, write_all, checkpoints);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (result != 0)
		return err_set(err, -result, "cannot start a thread for checkpoints");
	checkpoints->has_thread = true;
	return 0;
}

// ---- What the coordinator does

static void world_begin(void *arg, uint64_t n, const char *savepoint)
{
	struct checkpoints *checkpoints = arg;

	if (savepoint != NULL)
		checkpoint_writer_savepoint(checkpoints->writer, savepoint);
	checkpoint_writer_begin(checkpoints->writer, n);
	topology_checkpoint(checkpoints->topology, n);
}

static void world_abort(void *arg, uint64_t n)
{
	checkpoint_writer_abort(((struct checkpoints *)arg)->writer, n);
}

static bool world_result(void *arg, struct checkpoint_result *result)
{
	return checkpoint_writer_result(((struct checkpoints *)arg)->writer, result);
}

// ---- What is asked over the control socket

static uint64_t asked_trigger(void *arg, const char *savepoint)
{
	return coordinator_trigger(&((struct checkpoints *)arg)->coordinator, savepoint);
}

// The input ends for ever: what is open comes out, and then the last checkpoint is taken.
static uint64_t drain(struct checkpoints *checkpoints, const char *savepoint)
{
	if (checkpoints->last_ticket != 0 || checkpoints->wants_stop)
		return 0;
	if (savepoint != NULL) {
		snprintf(checkpoints->savepoint, sizeof(checkpoints->savepoint), "%s", savepoint);
		checkpoints->last_savepoint = checkpoints->savepoint;
	}
	topology_stop(checkpoints->topology);
	return LAST_TICKET;
}

static uint64_t asked_stop(void *arg, const char *savepoint, bool drains)
{
	struct checkpoints *checkpoints = arg;
	uint64_t ticket;

	if (drains)
		return drain(checkpoints, savepoint);
	ticket = coordinator_trigger(&checkpoints->coordinator, savepoint);
	if (ticket == 0)
		return 0;
	// Before any other checkpoint can begin: the last one has to come behind the last row.
	topology_suspend(checkpoints->topology);
	checkpoints->wants_stop = true;
	return ticket;
}

static bool asked_done(void *arg, uint64_t ticket, struct checkpoint_result *result)
{
	struct checkpoints *checkpoints = arg;

	if (ticket != LAST_TICKET)
		return coordinator_done(&checkpoints->coordinator, ticket, result);
	if (checkpoints->has_ended)
		*result = checkpoints->last;
	return checkpoints->has_ended;
}

// ---- Start

static int read_records(struct checkpoints *checkpoints, struct checkpoint_store *store,
	struct restore *restore, struct err *err)
{
	const struct recovery *recovery = checkpoints->options.recovery;
	int result = checkpoint_read(store, recovery->checkpoint, restore_take, restore, err);
	int restored = restore_end(restore, result < 0);

	return result < 0 ? result : restored;
}

static int restore_job(struct checkpoints *checkpoints, struct err *err)
{
	const struct recovery *recovery = checkpoints->options.recovery;
	struct checkpoint_store *store = checkpoints->store;
	struct restore restore;
	int64_t start = now_ms();
	int result;

	if (!recovery->is_found)
		return 0;
	if (store == NULL)
		store = checkpoint_store_open_read_only(recovery->path, err);
	if (store == NULL || restore_begin(&restore, checkpoints->topology, err) < 0)
		return -EIO;
	result = read_records(checkpoints, store, &restore, err);
	if (store != checkpoints->store)
		checkpoint_store_close(store);
	if (result == 0 && !checkpoints->options.quiet)
		fprintf(stderr, "tidewire: restored checkpoint %" PRIu64 " (%" PRId64 " ms)\n",
			recovery->checkpoint, now_ms() - start);
	return result;
}

static int open_store(struct checkpoints *checkpoints, struct err *err)
{
	const struct checkpoints_options *options = &checkpoints->options;
	const struct checkpoint_options store = {
		.dir = options->settings->dir,
		.n_retained = options->settings->n_retained,
		.plan = options->plan,
		.seed = options->seed,
		.first_checkpoint = options->recovery->checkpoint + 1,
	};
	struct topology *topology = checkpoints->topology;

	checkpoints->store = checkpoint_store_open(&store, err);
	if (checkpoints->store == NULL)
		return -errno;
	for (uint32_t t = 0; t < topology->n_tasks; t++)
		checkpoints->outs[t] = topology->tasks[t]->common.out;
	checkpoints->writer = checkpoint_writer_new(
		checkpoints->store, checkpoints->outs, topology->n_tasks, err);
	return checkpoints->writer != NULL ? 0 : -ENOMEM;
}

static int open_control(struct checkpoints *checkpoints, struct err *err)
{
	const struct control_world world = {checkpoints, asked_trigger, asked_stop, asked_done};

	checkpoints->control = control_open(checkpoints->options.settings->dir, &world, err);
	return checkpoints->control != NULL ? 0 : -EIO;
}

struct checkpoints *checkpoints_open(
	const struct checkpoints_options *options, struct topology *topology, struct err *err)
{
	struct checkpoints *checkpoints = calloc(1, sizeof(*checkpoints));
	const char *dir = options->settings->dir;

	if (checkpoints == NULL) {
		err_set(err, ENOMEM, "no memory for checkpoints");
		errno = ENOMEM;
		return NULL;
	}
	checkpoints->options = *options;
	checkpoints->topology = topology;
	if ((dir != NULL && open_store(checkpoints, err) < 0) ||
		restore_job(checkpoints, err) < 0 ||
		(dir != NULL && open_control(checkpoints, err) < 0)) {
		checkpoints_close(checkpoints);
		errno = EIO;
		return NULL;
	}
	if (dir != NULL)
		return checkpoints;
	checkpoints_close(checkpoints);
	errno = 0;
	return NULL;
}

int checkpoints_start(struct checkpoints *checkpoints, struct err *err)
{
	const struct checkpoints_options *options = &checkpoints->options;
	const struct coordinator_world world = {
		checkpoints, world_begin, world_abort, world_result};

	coordinator_init(&checkpoints->coordinator, options->settings, &world,
		options->recovery->checkpoint + 1, now_ms());
	return start_thread(checkpoints, err);
}

// ---- While the job runs

static void tell(const struct checkpoints *checkpoints, const struct checkpoint_result *result)
{
	if (!result->is_committed)
		fprintf(stderr,
			"tidewire: checkpoint %" PRIu64
			" failed: %s; what it would have held goes with the next\n",
			result->checkpoint, result->text);
	else if (checkpoints->options.verbose)
		fprintf(stderr,
			"tidewire: checkpoint %" PRIu64 " complete: %" PRIu64 " records, %" PRIu64
			" bytes, %" PRId64 " ms\n",
			result->checkpoint, result->n_records, result->n_bytes,
			checkpoints->coordinator.last_ms);
}

// Sources may forget what only checkpoints need that are not retained any more. Those of earlier
// processes go first: as long as there are any, nothing of ours does.
static void note_committed(struct checkpoints *checkpoints, uint64_t n)
{
	uint32_t n_retained = checkpoints->options.settings->n_retained;
	const struct topology *topology = checkpoints->topology;
	uint64_t oldest;

	checkpoints->committed[checkpoints->n_committed++ % n_retained] = n;
	if (checkpoints->n_committed < n_retained)
		return;
	oldest = checkpoints->committed[checkpoints->n_committed % n_retained];
	for (uint32_t t = 0; t < topology->n_tasks; t++)
		for (uint32_t i = 0; i < topology->tasks[t]->n_sources; i++)
			source_committed(topology->tasks[t]->sources[i], oldest);
}

int checkpoints_poll(struct checkpoints *checkpoints, struct err *err)
{
	struct checkpoint_result ended;

	if (coordinator_step(&checkpoints->coordinator, now_ms(), &ended)) {
		tell(checkpoints, &ended);
		if (ended.is_committed)
			note_committed(checkpoints, ended.checkpoint);
	}
	control_poll(checkpoints->control);
	if (coordinator_has_failed(&checkpoints->coordinator))
		return err_set(err, EIO,
			"%" PRIu64 " checkpoints failed in a row, the last one: %s "
			"(execution.checkpointing.tolerable-failed-checkpoints is %" PRId64 ")",
			checkpoints->coordinator.n_failed_in_a_row,
			checkpoints->coordinator.last_failed.text,
			checkpoints->options.settings->tolerable_failures);
	return 0;
}

bool checkpoints_want_stop(const struct checkpoints *checkpoints)
{
	return checkpoints->wants_stop;
}

bool checkpoints_finish(struct checkpoints *checkpoints)
{
	struct coordinator *coordinator = &checkpoints->coordinator;

	if (checkpoints->last_ticket == 0)
		checkpoints->last_ticket =
			coordinator_trigger(coordinator, checkpoints->last_savepoint);
	if (checkpoints->last_ticket != 0 && !checkpoints->has_ended)
		checkpoints->has_ended =
			coordinator_done(coordinator, checkpoints->last_ticket, &checkpoints->last);
	return checkpoints->has_ended;
}

int checkpoints_finished(const struct checkpoints *checkpoints, struct err *err)
{
	if (checkpoints->last.is_committed)
		return 0;
	return err_set(err, EIO,
		"the last checkpoint failed: %s; a restart goes on from the one before",
		checkpoints->last.text);
}

// ---- For people

static void print_holds(const struct topology *topology, uint64_t tsc_hz, FILE *out)
{
	double us = 1e6 / (double)tsc_hz;
	struct hist all = {0};
	uint64_t room_ticks = 0;

	for (uint32_t t = 0; t < topology->n_tasks; t++) {
		hist_merge(&all, &topology->tasks[t]->common.out->held);
		room_ticks += topology->tasks[t]->checkpoint.room_ticks;
	}
	if (all.count > 0)
		fprintf(out,
			"lcores held by checkpoints: p50=%.1f us p99=%.1f us max=%.1f us (%" PRIu64
			" times)\n",
			(double)hist_quantile(&all, 0.5) * us,
			(double)hist_quantile(&all, 0.99) * us, (double)all.max * us, all.count);
	if (room_ticks > 0)
		fprintf(out, "input waited %.1f ms for room in state.checkpoints.buffer-size\n",
			(double)room_ticks * us / 1e3);
}

void checkpoints_print(const struct checkpoints *checkpoints, uint64_t tsc_hz, FILE *out)
{
	const struct coordinator *coordinator;

	if (checkpoints == NULL)
		return;
	coordinator = &checkpoints->coordinator;
	fprintf(out, "checkpoints: completed=%" PRIu64 " failed=%" PRIu64, coordinator->n_completed,
		coordinator->n_failed);
	if (coordinator->n_completed > 0)
		fprintf(out,
			", the last one (%" PRIu64 "): %" PRId64 " ms, %" PRIu64
			" records, %" PRIu64 " bytes",
			coordinator->last.checkpoint, coordinator->last_ms,
			coordinator->last.n_records, coordinator->last.n_bytes);
	fputc('\n', out);
	print_holds(checkpoints->topology, tsc_hz, out);
}

void checkpoints_close(struct checkpoints *checkpoints)
{
	if (checkpoints == NULL)
		return;
	if (checkpoints->has_thread) {
		atomic_store(&checkpoints->stop, true);
		pthread_join(checkpoints->thread, NULL);
	}
	control_close(checkpoints->control);
	checkpoint_writer_free(checkpoints->writer);
	checkpoint_store_close(checkpoints->store);
	free(checkpoints);
}
