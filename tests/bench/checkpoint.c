// Checkpoints of keyed window state, COUNT(*), SUM, MIN, MAX of a BIGINT for each BIGINT key, as
// the runtime takes them: a task on one CPU that never lacks input, the writer's thread on another,
// the store in a directory of BENCH_DIR, or /var/tmp. What a commit waits for is that disk.
//
//   full          the first checkpoint, of all keys, while random ones go on being updated
//   all_changed   the same later: whatever there is has changed
//   few_changed   rows of 1 % of the keys only, which are in every third bucket or so
//   unchanged     no rows at all
//   loss          rows per second while checkpoints are taken, against those in between; cpu: per
//                 second that the task's thread ran, which other programs have no part in
//   hold          for how long the task was held at a time by freezing and packing
//   restore       find (a child process verifies), read, and put into an operator again
//
// Each comes with its unit (bench.h).
#include "operator.h"
#include <pthread.h>
#include <sched.h>
#include <unistd.h>
#include "dataplane/clock.h"
#include "operator/window/window.h"
#include "runtime/task.h"
#include "snapshot/checkpoint_store.h"
#include "snapshot/checkpoint_writer.h"
#include "snapshot/recovery.h"

enum { COLUMNS = 3, AGGREGATES = 4, EVENTS = 1 << 22, BLOCKS = 16, FEW_IN = 100 };
enum { WRITER_IDLE_US = 500, ROUNDS_MAX = 5, WINDOW_MS = 1000000 };

static struct mem huge_mem = {.alloc = huge_alloc, .free = huge_free};

struct size {
	const char *name;
	uint64_t n_keys;
	int n_rounds;
	double full_goal, hold_goal, loss_goal, restore_goal; // 0 = none
};

// The first one is the writer's, the last one the task's. With one there is nothing to choose.
struct cpus {
	int first, last;
};

struct run {
	const struct size *size;
	struct cpus cpus;
	char dir[256];
	struct arena *arena;
	struct aggregate_call calls[AGGREGATES];
	struct window_aggregate_config config;
	struct op_spec spec;
	struct hash_seed seed;
	struct page_pool pool;
	struct channel *channel;
	struct task *task;
	struct op sink;
	int64_t *keys, *few; // EVENTS of all keys, and of some
	uint64_t at; // next event
	uint64_t n_sent; // rows
	uint64_t n_asked; // checkpoints
	struct checkpoint_store *store;
	struct checkpoint_writer *writer;
	pthread_t thread;
	atomic_bool stop;
};

static const struct checkpoint_operator operators[] = {{1, "WindowAggregate", "k", NULL}};
static const struct checkpoint_plan plan = {"bench", "", 1, operators};

static void must(bool is_good, const char *what)
{
	if (!is_good)
		bench_must(NULL, what);
}

static void report(
	const struct run *run, const char *name, double value, const char *unit, double goal)
{
	char text[32] = "-";

	if (goal > 0)
		snprintf(text, sizeof(text), "%g", goal);
	printf("checkpoint/%s/%s %.4g %s %s\n", run->size->name, name, value, unit, text);
}

// Before anything is pinned.
static struct cpus find_cpus(void)
{
	struct cpus cpus = {-1, -1};
	cpu_set_t all;

	sched_getaffinity(0, sizeof(all), &all);
	for (int i = 0; i < CPU_SETSIZE; i++) {
		if (!CPU_ISSET(i, &all))
			continue;
		cpus.last = i;
		if (cpus.first < 0)
			cpus.first = i;
	}
	return cpus;
}

static void pin(int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	pthread_setaffinity_np(pthread_self(), sizeof(one), &one);
}

// EAL would know it.
static uint64_t measure_tsc(void)
{
	double begin = bench_seconds();
	uint64_t start = rte_rdtsc();

	usleep(100000);
	return (uint64_t)((double)(rte_rdtsc() - start) / (bench_seconds() - begin));
}

// ---- The job

static void configure(struct run *run)
{
	static const char *const names[AGGREGATES] = {"COUNT", "SUM", "MIN", "MAX"};
	static const uint16_t keys[] = {1};
	struct aggregate_arg bigint = {.type = type_of(TYPE_BIGINT)};

	run->arena = arena_new();
	for (int i = 0; i < AGGREGATES; i++) {
		aggregate_resolve(names[i], &bigint, i > 0, false, false, run->arena,
			(struct pos){0}, &run->calls[i], NULL);
		run->calls[i].filter = -1;
		run->calls[i].arguments[0] = 2;
	}
	run->config = (struct window_aggregate_config){
		.window.shape = WINDOW_TUMBLE,
		.window.slices = {.size = WINDOW_MS, .slide = WINDOW_MS},
		.n_keys = 1,
		.keys = keys,
		.n_aggregates = AGGREGATES,
		.aggregates = run->calls,
	};
	run->spec = (struct op_spec){.kind = &window_aggregate_kind, .config = &run->config};
	run->spec.id = 1;
	run->spec.input = bench_bigints(run->arena, COLUMNS);
	run->spec.output = bench_bigints(run->arena, 1 + AGGREGATES);
	hash_seed_from(&run->seed, 1);
}

// What the topology does for a stage. The buffer is as large as by default.
static void make_task(struct run *run)
{
	uint64_t state_bytes = run->size->n_keys * 200 + (16 << 20);
	static const struct op_ops sink_ops = {.process = bench_ignore, .control = bench_ignore};
	struct task *task = run->task = bench_must(calloc(1, sizeof(*task)), "a task");
	struct op_task *common = &task->common;

	must(page_pool_init(&run->pool, &huge_mem, state_bytes) == 0, "a pool");
	common->tsc = rte_rdtsc;
	common->tsc_hz = measure_tsc();
	common->mem = &huge_mem;
	common->seed = &run->seed;
	common->pool = &run->pool;
	common->n_instances = 1;
	common->out = bench_must(record_out_new(2 * state_bytes), "memory for records");
	common->out->tsc = common->tsc;
	run->channel =
		bench_must(channel_new(&huge_mem, run->spec.input, BLOCKS, 4096), "a channel");
	must(gate_init(&task->gate, &huge_mem, &run->channel, 1) == 0, "a gate");
	task->has_gate = true;
	task->head = bench_must(run->spec.kind->create(&run->spec, common, NULL), "an operator");
	task->ops[task->n_ops++] = task->head;
	op_init(&run->sink, &sink_ops, &run->spec, common);
	task->head->outs[0] = &run->sink;
	task->head->n_outs = 1;
	task_checkpoint_init(&task->checkpoint, 0);
}

static void free_task(struct run *run)
{
	record_out_free(run->task->common.out);
	task_destroy(run->task);
	channel_free(run->channel);
	page_pool_destroy(&run->pool, &huge_mem);
	free(run->task);
}

// ---- The writer's thread, as the runtime has it

static void *write_all(void *arg)
{
	struct timespec pause = {.tv_nsec = WRITER_IDLE_US * 1000};
	struct run *run = arg;
	struct now now;

	pin(run->cpus.first);
	while (!atomic_load_explicit(&run->stop, memory_order_relaxed)) {
		clock_read(&now);
		if (!checkpoint_writer_step(run->writer, now.wall_ns))
			nanosleep(&pause, NULL);
	}
	return NULL;
}

static void start_writer(struct run *run)
{
	struct checkpoint_options options = {.dir = run->dir,
		.n_retained = 2,
		.plan = &plan,
		.seed = run->seed,
		.first_checkpoint = 1};

	run->store = bench_must(checkpoint_store_open(&options, NULL), "a store");
	run->writer = bench_must(
		checkpoint_writer_new(run->store, &run->task->common.out, 1, NULL), "a writer");
	atomic_store(&run->stop, false);
	must(pthread_create(&run->thread, NULL, write_all, run) == 0, "a thread");
}

static void stop_writer(struct run *run)
{
	atomic_store(&run->stop, true);
	pthread_join(run->thread, NULL);
	checkpoint_writer_free(run->writer);
	checkpoint_store_close(run->store);
}

// ---- Rows

static void step(struct run *run)
{
	struct now now;

	clock_read(&now);
	task_step(run->task, now);
}

static void send_rows(struct run *run, const int64_t *keys)
{
	struct block_store *store = channel_take(run->channel);
	int64_t *values;

	if (store == NULL)
		return;
	block_store_reset(store);
	store->block.n_rows = store->block.n_slots = BLOCK_ROWS_MAX;
	memset(store->columns[0].values, 0, BLOCK_ROWS_MAX * sizeof(int64_t));
	memcpy(store->columns[1].values, keys, BLOCK_ROWS_MAX * sizeof(int64_t));
	values = store->columns[2].values;
	for (int i = 0; i < BLOCK_ROWS_MAX; i++)
		values[i] = keys[i] ^ i;
	channel_send(run->channel, store);
	run->n_sent += BLOCK_ROWS_MAX;
}

// Keep the task busy for a step. keys: EVENTS of them, or NULL: no rows.
static void work(struct run *run, const int64_t *keys)
{
	while (keys != NULL && channel_credit(run->channel) > 0) {
		send_rows(run, keys + run->at % EVENTS);
		run->at += BLOCK_ROWS_MAX;
	}
	step(run);
}

static double cpu_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

// What was done in a time.
struct work {
	double n_rows, seconds, cpu_seconds;
};

static struct work work_so_far(const struct run *run)
{
	return (struct work){(double)run->n_sent, bench_seconds(), cpu_seconds()};
}

static struct work work_since(const struct run *run, struct work begin)
{
	struct work now = work_so_far(run);

	return (struct work){now.n_rows - begin.n_rows, now.seconds - begin.seconds,
		now.cpu_seconds - begin.cpu_seconds};
}

static struct work work_for(struct run *run, const int64_t *keys, double seconds)
{
	struct work begin = work_so_far(run);

	while (bench_seconds() - begin.seconds < seconds)
		work(run, keys);
	return work_since(run, begin);
}

static void make_rows(struct run *run)
{
	uint64_t n = run->size->n_keys;

	run->keys = huge_alloc(NULL, EVENTS * sizeof(int64_t), HUGE_PAGE);
	run->few = huge_alloc(NULL, EVENTS * sizeof(int64_t), HUGE_PAGE);
	for (uint64_t key = 0; key < n; key += BLOCK_ROWS_MAX) {
		for (int64_t i = 0; i < BLOCK_ROWS_MAX; i++)
			run->keys[i] = (int64_t)key + i;
		send_rows(run, run->keys);
		while (channel_credit(run->channel) == 0)
			step(run);
	}
	for (uint64_t i = 0; i < EVENTS; i++) {
		run->keys[i] = (int64_t)(bench_random() % n);
		run->few[i] = (int64_t)(bench_random() % (n / FEW_IN));
	}
}

// ---- Checkpoints

struct taken {
	double seconds, bytes;
	double loss, cpu_loss; // parts of the rows per second
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

// One checkpoint with rows of keys going on; before and after it as long without one.
static struct taken take(struct run *run, const int64_t *keys, double plain_seconds)
{
	struct work before = work_for(run, keys, plain_seconds), begin = work_so_far(run), during;
	struct checkpoint_result result;
	struct work after;

	ask(run);
	while (!checkpoint_writer_result(run->writer, &result))
		work(run, keys);
	must(result.is_committed, result.text);
	during = work_since(run, begin);
	after = work_for(run, keys, plain_seconds);
	after.n_rows += before.n_rows;
	after.seconds += before.seconds;
	after.cpu_seconds += before.cpu_seconds;
	return (struct taken){
		.seconds = during.seconds,
		.bytes = (double)result.n_bytes,
		.loss = 1 - during.n_rows / during.seconds / (after.n_rows / after.seconds),
		.cpu_loss =
			1 - during.n_rows / during.cpu_seconds / (after.n_rows / after.cpu_seconds),
	};
}

static double median(const struct taken *taken, int n, size_t offset)
{
	double values[ROUNDS_MAX];

	for (int i = 0; i < n; i++)
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
		snprintf(name, sizeof(name), "%s_loss_cpu", what);
		report(run, name, 100 * median(taken, n, offsetof(struct taken, cpu_loss)), "%", 0);
	}
}

static void report_holds(const struct run *run)
{
	const struct hist *held = &run->task->common.out->held;
	double us = 1e6 / (double)run->task->common.tsc_hz;

	report(run, "hold_p50", (double)hist_quantile(held, 0.5) * us, "us", 0);
	report(run, "hold_p99", (double)hist_quantile(held, 0.99) * us, "us", run->size->hold_goal);
	report(run, "hold_p999", (double)hist_quantile(held, 0.999) * us, "us", 0);
	report(run, "hold_max", (double)held->max * us, "us", run->size->hold_goal);
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
