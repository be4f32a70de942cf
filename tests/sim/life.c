#include "life.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "files.h"
#include "operator/sink/sink.h"
#include "runtime/coordinator.h"
#include "runtime/describe.h"
#include "runtime/restore.h"
#include "sql/sql.h"

enum { FAKE_TSC_HZ = 1000000000, STATE_BYTES = 8 << 20 };
enum { STEPS_MAX = 3000000 }; // more is for ever
enum { TIMEOUT_MS = 100000 };

char life_error[600];

// A process while it lives.
struct process {
	struct life *life;
	struct arena *arena;
	struct topology *topology;
	struct record_out *outs[TOPOLOGY_TASKS_MAX];
	struct coordinator coordinator;
	struct checkpoint_settings settings;
	uint64_t tsc;
	uint32_t next; // task, when all goes well
	uint64_t ticket; // of the last checkpoint, 0 = not yet asked for
	bool is_suspended;
};

// What the job is handed as the time: it goes on while a task is busy, by any amount.
static uint64_t fake_tsc;
static struct random *tsc_random; // NULL: it does not

static uint64_t read_fake_tsc(void)
{
	if (tsc_random != NULL)
		fake_tsc += random_below(tsc_random, 60000);
	return fake_tsc;
}

static enum life_end wrong(const char *what, const char *why)
{
	snprintf(life_error, sizeof(life_error), "%s: %s", what, why);
	return LIFE_WRONG;
}

static void world_begin(void *arg, uint64_t n, const char *savepoint)
{
	struct process *process = arg;

	(void)savepoint;
	depot_begin(process->life->store, n);
	topology_checkpoint(process->topology, n);
}

static void world_abort(void *arg, uint64_t n)
{
	depot_abort(((struct process *)arg)->life->store, n);
}

static bool world_result(void *arg, struct checkpoint_result *result)
{
	return depot_result(((struct process *)arg)->life->store, result);
}

static int64_t now_ms(const struct process *process)
{
	return (int64_t)(process->tsc / 1000000);
}

static void choose_settings(struct process *process)
{
	struct random *random = process->life->random;

	process->settings = (struct checkpoint_settings){
		.interval_ms = 1 + (int64_t)random_below(random, 8),
		.min_pause_ms = (int64_t)random_below(random, 4),
		.timeout_ms = random_below(random, 4) == 0 ? 20 : TIMEOUT_MS,
		.tolerable_failures = -1,
	};
}

// Go on from the newest checkpoint, if there is one.
static int restore(struct process *process, struct err *err)
{
	struct restore restore;
	int result;

	if (depot_newest(process->life->store) == 0)
		return 0;
	if (restore_begin(&restore, process->topology, err) < 0)
		return -1;
	result = depot_read(process->life->store, restore_take, &restore);
	return restore_end(&restore, result < 0) < 0 || result < 0 ? -1 : 0;
}

static int take_checkpoints(struct process *process, const struct job *job, struct err *err)
{
	struct coordinator_world world = {process, world_begin, world_abort, world_result};
	struct life *life = process->life;

	choose_settings(process);
	for (uint32_t t = 0; t < process->topology->n_tasks; t++)
		process->outs[t] = process->topology->tasks[t]->common.out;
	if (depot_open(life->store, describe_job(job, process->arena, "sim", life->sql),
		    process->outs, process->topology->n_tasks) < 0)
		return err_set(err, EIO, "the store does not open");
	coordinator_init(&process->coordinator, &process->settings, &world,
		depot_newest(life->store) + 1, 0);
	return restore(process, err);
}

static int start(struct process *process, struct err *err)
{
	struct life *life = process->life;
	struct mem *mems[LIFE_LCORES_MAX] = {&mem_libc, &mem_libc, &mem_libc, &mem_libc};
	struct topology_env env = {
		.n_lcores = life->n_lcores,
		.mems = mems,
		.state_bytes = STATE_BYTES,
		.tsc = read_fake_tsc,
		.tsc_hz = FAKE_TSC_HZ,
		.channel_blocks = 4,
		.takes_checkpoints = life->store != NULL,
		.checkpoint = life->store != NULL ? depot_newest(life->store) : 0,
	};
	struct sql_plan plan;

	if (!life->calm) {
		env.is_live = random_below(life->random, 2);
		env.portion = (int32_t)random_below(life->random, 4);
	}
	hash_seed_from(&env.seed, 1);
	if (sql_plan(process->arena, life->sql, strlen(life->sql), NULL, 0, NULL, &plan, err) < 0)
		return -1;
	plan.job->settings.parallelism = life->parallelism;
	process->topology = topology_new(plan.job, &env, err);
	if (process->topology == NULL)
		return -1;
	return life->store != NULL ? take_checkpoints(process, plan.job, err) : 0;
}

static void step_task(struct process *process)
{
	struct life *life = process->life;
	const struct topology *topology = process->topology;
	struct now now;

	if (life->calm) {
		process->next = (process->next + 1) % topology->n_tasks;
		process->tsc += 1000;
	} else {
		process->next = (uint32_t)random_below(life->random, topology->n_tasks);
		process->tsc += random_below(life->random, 300000);
	}
	if (fake_tsc > process->tsc)
		process->tsc = fake_tsc;
	fake_tsc = process->tsc;
	now = (struct now){.tsc = process->tsc, .wall_ns = (int64_t)process->tsc};
	task_step(topology->tasks[process->next], now);
}

static void step_coordinator(struct process *process)
{
	struct checkpoint_result ended;

	if (coordinator_step(&process->coordinator, now_ms(process), &ended)) {
		process->life->n_checkpoints += ended.is_committed;
		process->life->n_failed += !ended.is_committed;
	}
}

// One of all that can happen next.
static void step(struct process *process)
{
	struct life *life = process->life;
	uint64_t which = life->calm ? life->n_steps % 8 : random_below(life->random, 16);

	if (which == 0)
		files_step();
	else if (which <= 2 && life->store != NULL)
		depot_step(life->store);
	else if (which == 3 && life->store != NULL)
		step_coordinator(process);
	else
		step_task(process);
}

// Whether there is nothing left to do: with checkpoints on, the last one has to be complete.
static bool is_over(struct process *process)
{
	struct life *life = process->life;
	struct checkpoint_result result;

	if (!process->is_suspended && !topology_finished(process->topology))
		return false;
	if (life->store == NULL)
		return true;
	process->settings.timeout_ms = TIMEOUT_MS; // now it has to succeed some time
	if (process->ticket == 0)
		process->ticket = coordinator_trigger(&process->coordinator, NULL);
	if (!coordinator_done(&process->coordinator, process->ticket, &result))
		return false;
	process->ticket = 0; // once more when it failed
	return result.is_committed;
}

static enum life_end live(struct process *process)
{
	struct life *life = process->life;

	for (;; life->n_steps++) {
		if (life->n_steps == life->n_steps_max)
			return LIFE_DIED;
		if (life->n_steps == life->suspend_at && life->store != NULL) {
			process->is_suspended = true;
			topology_suspend(process->topology);
		}
		if (topology_fault(process->topology) != NULL)
			return wrong("fault", topology_fault(process->topology)->text);
		if (is_over(process))
			return topology_finished(process->topology) ? LIFE_FINISHED
								    : LIFE_SUSPENDED;
		if (life->n_steps > STEPS_MAX)
			return wrong("stuck", "nothing comes to an end");
		step(process);
	}
}

static enum life_end close_sinks(const struct topology *topology, enum life_end end)
{
	for (uint32_t t = 0; t < topology->n_tasks; t++)
		for (uint32_t i = 0; i < topology->tasks[t]->n_ops; i++) {
			struct op *op = topology->tasks[t]->ops[i];
			struct err err = {0};

			if (op->spec->kind == &sink_kind && sink_close(op, &err) < 0)
				return wrong("closing a sink", err.text);
		}
	return end;
}

enum life_end life_run(struct life *life)
{
	struct process *process = calloc(1, sizeof(*process));
	struct err err = {0};
	enum life_end end;

	process->life = life;
	process->arena = arena_new();
	process->tsc = fake_tsc = 1;
	tsc_random = life->calm ? NULL : life->random;
	life->n_steps = 0;
	end = start(process, &err) < 0 ? wrong("starting", err.text) : live(process);
	if (end == LIFE_FINISHED || end == LIFE_SUSPENDED) {
		end = close_sinks(process->topology, end);
		account_take(&life->account, process->topology);
	} else {
		files_die();
	}
	if (life->store != NULL)
		depot_die(life->store);
	topology_free(process->topology);
	arena_free(process->arena);
	free(process);
	return end;
}
