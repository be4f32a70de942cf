#include "runtime/worker.h"
#include <sched.h>
#include <sys/prctl.h>
#include <time.h>
#include <rte_cycles.h>
#include <rte_pause.h>
#include "dataplane/clock.h"

enum {
	PAUSES_BEFORE_YIELD = 64, // rounds without work
	IDLE_BEFORE_SLEEP_US = 100000,
	IDLE_BEFORE_SLEEP_CROWDED_US = 20,
	SLEEP_US = 50,
	TIMER_SLACK_NS = 1000, // the kernel's default would double the sleep
};

static void back_off(const struct worker *worker, uint32_t n_idle, uint64_t idle_ticks)
{
	struct timespec moment = {.tv_nsec = SLEEP_US * 1000};
	uint64_t patience_us =
		worker->is_crowded ? IDLE_BEFORE_SLEEP_CROWDED_US : IDLE_BEFORE_SLEEP_US;

	if (n_idle < PAUSES_BEFORE_YIELD)
		rte_pause();
	else if (idle_ticks < worker->tsc_hz / 1000000 * patience_us)
		sched_yield();
	else
		nanosleep(&moment, NULL);
}

static bool all_finished(const struct worker *worker)
{
	for (uint32_t i = 0; i < worker->n_tasks; i++)
		if (!atomic_load_explicit(&worker->tasks[i]->finished, memory_order_relaxed))
			return false;
	return true;
}

int worker_run(void *arg)
{
	struct worker *worker = arg;
	uint32_t n_idle = 0; // rounds in a row
	uint64_t last, idle_since;
	struct now now;

	prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS);
	clock_read(&now);
	last = idle_since = now.tsc;
	while (!atomic_load_explicit(&worker->stop, memory_order_relaxed)) {
		uint32_t n = 0;

		for (uint32_t i = 0; i < worker->n_tasks; i++)
			n += task_step(worker->tasks[i], now);
		if (n > 0) {
			n_idle = 0;
			worker->n_steps++;
		} else {
			if (!worker->stays && all_finished(worker))
				break;
			if (n_idle++ == 0)
				idle_since = now.tsc;
			back_off(worker, n_idle, now.tsc - idle_since);
		}
		clock_read(&now);
		*(n > 0 ? &worker->busy_cycles : &worker->idle_cycles) += now.tsc - last;
		last = now.tsc;
	}
	return 0;
}
