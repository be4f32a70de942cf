// Checkpoints of keyed window state, COUNT(*), SUM, MIN, MAX of a BIGINT for each BIGINT key, as
// the runtime takes them: a task on one CPU that never lacks input, the writer's thread on another,
// the store in a directory of BENCH_DIR, or /var/tmp. What a commit waits for is that disk.
//
//   full          the first checkpoint, of all keys, while random ones go on being updated
//   all_changed   the same later: whatever there is has changed
//   few_changed   rows of 1 % of the keys only, which are in every third bucket or so
//   unchanged     no rows at all
//   loss          rows per second while checkpoints are taken, against those in between
//   loss_beside   the same against times in which the writer's CPU computes something else: where
//   two
//                 CPUs share a core, as hyperthreads do, the writer takes its part of it like any
//                 other program
//   held          the share of the time that the task itself spends on freezing and packing
//   hold          for how long the task was held at a time by that; max: while the scheduler
//                 left it on its CPU, hold_max_all: in any case
//   restore       find (a child process verifies), read, and put into an operator again
//
// Each comes with its unit (bench.h).
#include "checkpoint_job.h"
#include "snapshot/recovery.h"

// ---- Checkpoints

struct taken {
	double seconds, bytes;
	double loss, loss_beside, held; // parts of the rows per second, of the time
};

static void ask(struct run *run)
{
	struct block_store *barrier;

	run->n_asked++;
	checkpoint_writer_begin(run->writer, run->n_asked);
	atomic_store(&run->task->checkpoint.asked, run->n_asked);
	while ((barrier = channel_take(run->channel)) == NULL)
		step(run);
	block_store_reset(barrier);
	barrier->block.kind = BLOCK_BARRIER;
	barrier->block.checkpoint_id = run->n_asked;
	channel_send(run->channel, barrier);
}

static double rate(struct work work)
{
	return work.n_rows / work.seconds;
}

// Rows per second without a checkpoint.
static double plain_rate(struct run *run, const int64_t *keys, double seconds, bool is_loud)
{
	struct work work;

	atomic_store(&run->is_loud, is_loud);
	work = work_for(run, keys, seconds);
	atomic_store(&run->is_loud, false);
	return rate(work);
}

// One checkpoint with rows of keys going on; before and after it as long without one.
static struct taken take(struct run *run, const int64_t *keys, double plain_seconds)
{
	double quiet = plain_rate(run, keys, plain_seconds, false);
	double loud = plain_rate(run, keys, plain_seconds, true);
	struct work begin = work_so_far(run), during;
	struct checkpoint_result result;

	ask(run);
	while (!checkpoint_writer_result(run->writer, &result))
		work(run, keys);
	must(result.is_committed, result.text);
	during = work_since(run, begin);
	loud += plain_rate(run, keys, plain_seconds, true);
	quiet += plain_rate(run, keys, plain_seconds, false);
	return (struct taken){
		.seconds = during.seconds,
		.bytes = (double)result.n_bytes,
		.loss = 1 - rate(during) / (quiet / 2),
		.loss_beside = 1 - rate(during) / (loud / 2),
		.held = during.held_seconds / during.seconds,
	};
}

static double median(const struct taken *taken, int n, size_t offset)
{
	double values[ROUNDS_MAX];

	for (int i = 0; i < n && i < ROUNDS_MAX; i++)
		memcpy(&values[i], (const char *)&taken[i] + offset, sizeof(double));
	qsort(values, (size_t)n, sizeof(*values), bench_compare);
	return values[n / 2];
}

static void report_taken(struct run *run, const char *what, const struct taken *taken, int n,
	double goal, bool is_busy)
{
	char name[64];

	snprintf(name, sizeof(name), "%s_time", what);
	report(run, name, median(taken, n, offsetof(struct taken, seconds)), "s", goal);
	snprintf(name, sizeof(name), "%s_bytes", what);
	report(run, name, median(taken, n, offsetof(struct taken, bytes)) / 1e6, "MB", 0);
	if (is_busy) {
		snprintf(name, sizeof(name), "%s_loss", what);
		report(run, name, 100 * median(taken, n, offsetof(struct taken, loss)), "%",
			run->size->loss_goal);
		snprintf(name, sizeof(name), "%s_loss_beside", what);
		report(run, name, 100 * median(taken, n, offsetof(struct taken, loss_beside)), "%",
			0);
		snprintf(name, sizeof(name), "%s_held", what);
		report(run, name, 100 * median(taken, n, offsetof(struct taken, held)), "%", 0);
	}
}

static void report_holds(const struct run *run)
{
	const struct hist *held = &run->task->common.out->held;
	double us = 1e6 / (double)run->task->common.tsc_hz;

	report(run, "hold_p50", (double)hist_quantile(held, 0.5) * us, "us", 0);
	report(run, "hold_p99", (double)hist_quantile(held, 0.99) * us, "us", run->size->hold_goal);
	report(run, "hold_p999", (double)hist_quantile(held, 0.999) * us, "us", 0);
	report(run, "hold_max", (double)run->hold_max * us, "us", run->size->hold_goal);
	report(run, "hold_max_all", (double)held->max * us, "us", 0);
}

static void take_all(struct run *run)
{
	const struct size *size = run->size;
	struct taken taken[3][ROUNDS_MAX], full = take(run, run->keys, 0.5);

	for (int i = 0; i < size->n_rounds; i++) {
		taken[0][i] = take(run, run->keys, 0.5);
		take(run, run->few, 0.2); // what the rows before it have changed
		taken[1][i] = take(run, run->few, 0.5);
		take(run, NULL, 0);
		taken[2][i] = take(run, NULL, 0);
	}
	report_taken(run, "full", &full, 1, size->full_goal, true);
	report_taken(run, "all_changed", taken[0], size->n_rounds, size->full_goal, true);
	report_taken(run, "few_changed", taken[1], size->n_rounds, 0, true);
	report_taken(run, "unchanged", taken[2], size->n_rounds, 0, false);
	run->is_watched = true;
	for (int i = 0; i < size->n_rounds; i++)
		take(run, run->keys, 0.2);
	run->is_watched = false;
	report_holds(run);
}

// ---- Restore

struct restoring {
	struct op *op;
	struct err err;
};

static int take_record(void *arg, const struct record *record)
{
	struct restoring *restoring = arg;

	return op_restore(restoring->op, record, &restoring->err);
}

static void restore(struct run *run)
{
	double begin = bench_seconds(), found;
	struct restoring restoring = {0};
	struct recovery recovery;

	must(recovery_find(run->dir, "latest", &plan, &recovery, &restoring.err) == 0,
		restoring.err.text);
	must(recovery.is_found && recovery.checkpoint == run->n_asked, "the last checkpoint");
	found = bench_seconds();
	make_task(run);
	restoring.op = run->task->head;
	run->store = bench_must(checkpoint_store_open_read_only(run->dir, NULL), "a store");
	must(checkpoint_read(
		     run->store, recovery.checkpoint, take_record, &restoring, &restoring.err) == 0,
		restoring.err.text);
	must(restoring.op->ops->restored(restoring.op, &restoring.err) == 0, restoring.err.text);
	report(run, "restore_time", bench_seconds() - begin, "s", run->size->restore_goal);
	report(run, "restore_find", found - begin, "s", 0);
	checkpoint_store_close(run->store);
	free_task(run);
}

// ---- All of it

static void remove_files(const char *dir)
{
	static const char *const names[] = {"/data.mdb", "/lock.mdb", "/tidewire.pid", ""};
	char path[300];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "%s%s", dir, names[i]);
		remove(path);
	}
}

static void measure(const struct size *size, struct cpus cpus)
{
	const char *dir = getenv("BENCH_DIR");
	struct run run = {.size = size, .cpus = cpus};

	snprintf(run.dir, sizeof(run.dir), "%s/tw_bench_XXXXXX", dir != NULL ? dir : "/var/tmp");
	must(mkdtemp(run.dir) != NULL, "a directory");
	configure(&run);
	make_task(&run);
	make_rows(&run);
	start_writer(&run);
	take_all(&run);
	stop_writer(&run);
	free_task(&run);
	huge_free(NULL, run.keys);
	huge_free(NULL, run.few);
	restore(&run);
	arena_free(run.arena);
	remove_files(run.dir);
}

static const struct size sizes[] = {
	{"100k", 100000, 5, 0, 50, 5, 0},
	{"1m", 1000000, 3, 0, 50, 5, 0},
	{"10m", 10000000, 3, 2, 50, 5, 3},
};
static const struct size quick = {"quick", 10000, 1, 0, 0, 0, 0};

int main(int argc, char **argv)
{
	struct cpus cpus = find_cpus();
	char name[64];

	setvbuf(stdout, NULL, _IOLBF, 0);
	pin(cpus.last);
	if (bench_is_quick(argc, argv))
		measure(&quick, cpus);
	for (size_t i = 0; i < 3 && !bench_is_quick(argc, argv); i++) {
		snprintf(name, sizeof(name), "checkpoint/%s", sizes[i].name);
		if (bench_selects(argc, argv, name))
			measure(&sizes[i], cpus);
	}
}
