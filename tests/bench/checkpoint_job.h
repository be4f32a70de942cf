// The job of the checkpoint benchmark: a window aggregate in a task on one CPU that never lacks
// input, and the checkpoint writer's thread on another.
#pragma once
#include "operator.h"
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>
#include "dataplane/clock.h"
#include "operator/window/window.h"
#include "runtime/task.h"
#include "snapshot/checkpoint_store.h"
#include "snapshot/checkpoint_writer.h"

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
	atomic_bool stop, is_loud; // is_loud: the writer's CPU is to be busy
	bool is_watched; // steps in which the thread was switched out are told apart
	uint64_t hold_max; // ticks, of watched steps in which it was not
};

static const struct checkpoint_operator operators[] = {{1, "WindowAggregate", "k", NULL, 0}};
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

// What another program on that CPU would do, for some 10 µs.
static void compute(void)
{
	volatile uint64_t x = 1;

	for (int i = 0; i < 10000; i++)
		x = x * 6364136223846793005 + 1;
}

static void *write_all(void *arg)
{
	struct timespec pause = {.tv_nsec = WRITER_IDLE_US * 1000};
	struct run *run = arg;
	struct now now;

	pin(run->cpus.first);
	while (!atomic_load_explicit(&run->stop, memory_order_relaxed)) {
		clock_read(&now);
		if (checkpoint_writer_step(run->writer, now.wall_ns))
			continue;
		if (atomic_load_explicit(&run->is_loud, memory_order_relaxed))
			compute();
		else
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

static long n_switches(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nivcsw;
}

static void step(struct run *run)
{
	struct now now;

	clock_read(&now);
	task_step(run->task, now);
}

// A hold in which the scheduler had the thread wait says nothing about the task.
static void step_watched(struct run *run)
{
	struct hist *held = &run->task->common.out->held;
	uint64_t max = held->max;
	long n = n_switches();

	held->max = 0;
	step(run);
	if (n_switches() == n && held->max > run->hold_max)
		run->hold_max = held->max;
	if (held->max < max)
		held->max = max;
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
	if (run->is_watched)
		step_watched(run);
	else
		step(run);
}

// What was done in a time.
struct work {
	double n_rows, seconds, held_seconds;
};

static struct work work_so_far(const struct run *run)
{
	const struct op_task *common = &run->task->common;

	return (struct work){(double)run->n_sent, bench_seconds(),
		(double)common->out->held_ticks / (double)common->tsc_hz};
}

static struct work work_since(const struct run *run, struct work begin)
{
	struct work now = work_so_far(run);

	return (struct work){now.n_rows - begin.n_rows, now.seconds - begin.seconds,
		now.held_seconds - begin.held_seconds};
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
