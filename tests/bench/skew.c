// What one key with half of the events costs a job whose keyed stage has N workers. Rows are
// sharded by key and each worker's window aggregate (COUNT, SUM, MIN, MAX) takes its own, all on
// one thread that notes the cycles of the source's side (the sharder; receiving and decoding would
// come on top) and of each worker apart. On lcores of their own the busiest of these tasks bounds
// the job; with N workers there are N / 2 sources (lib/runtime/place.h).
//
//	workers_N           cycles per event of the busiest task with the hot key, by those without;
//	                    one_phase_…: all rows go to the owners of their keys as they are
//	_uniform, _skewed   those cycles
//	_rx_…               of one source's, which are not bound to be the busiest
//
// Keys are a million, most of whose states are in no cache, or 10,000; blocks of 256 rows, or of
// 32, as from bursts of datagrams with an event each. A watermark follows each block.
#include "exchange/gate.h"
#include "exchange/sharder.h"
#include "keyed_rig.h"
#include "operator/window/local_aggregate.h"

enum { WORKERS_MAX = 16, HEAP = 4096, CHANNEL_BLOCKS = 16, TURNS = 15, EVENTS_A_TURN = 1 << 18 };
enum { BYTES_A_KEY = 200, POOL_MIN = 16 << 20, QUICK_KEYS = 1000 };

struct skew {
	const char *name;
	uint32_t n_keys;
	uint16_t n_rows; // a block
	enum local_strategy local;
};

enum load { UNIFORM, SKEWED, LOADS };

enum { RX = WORKERS_MAX, TASKS }; // behind the workers

struct job {
	const struct skew *skew;
	uint32_t n_workers;
	struct keyed workers[WORKERS_MAX];
	struct channel *channels[WORKERS_MAX];
	struct gate gates[WORKERS_MAX];
	struct key_layout keys;
	struct sharder *sharder;
	struct local_aggregate *local;
	int64_t watermark;
	uint64_t at; // next event
	uint64_t rx_ticks, worker_ticks[WORKERS_MAX];
};

// Ticks per event, of the medians of the tasks over the turns.
struct shown {
	double rx; // of one source
	double busiest;
};

static int64_t *times, *amounts, *keys_of[LOADS]; // N_EVENTS each

static void make_rows(uint32_t n_keys, uint64_t n_events)
{
	static uint32_t made_for;

	if (made_for == n_keys)
		return;
	made_for = n_keys;
	for (uint64_t i = 0; i < n_events; i++) {
		int64_t key = (int64_t)(bench_random() % n_keys);

		keys_of[UNIFORM][i] = key;
		keys_of[SKEWED][i] = bench_random() % 2 == 0 ? 0 : key;
		amounts[i] = (int64_t)(bench_random() % 100000);
	}
}

static void alloc_rows(void)
{
	times = huge_alloc(NULL, N_EVENTS * sizeof(int64_t), HUGE_PAGE);
	amounts = huge_alloc(NULL, N_EVENTS * sizeof(int64_t), HUGE_PAGE);
	for (int i = 0; i < LOADS; i++)
		keys_of[i] = huge_alloc(NULL, N_EVENTS * sizeof(int64_t), HUGE_PAGE);
}

static void make_worker(struct job *job, uint32_t i)
{
	struct keyed *worker = &job->workers[i];
	uint64_t n_keys = job->skew->n_keys / job->n_workers;

	*worker = (struct keyed){
		.n_keys = n_keys, .n_overlapping = 1, .pool_size = n_keys * BYTES_A_KEY + POOL_MIN};
	worker->arena = arena_new();
	configure(worker);
	make_window(worker);
	job->channels[i] = bench_must(
		channel_new(&mem_libc, worker->spec.input, CHANNEL_BLOCKS, HEAP), "a channel");
	if (gate_init(&job->gates[i], &mem_libc, &job->channels[i], 1) < 0)
		bench_must(NULL, "a gate");
}

static void make(struct job *job, const struct skew *skew, uint32_t n_workers)
{
	struct keyed *first = &job->workers[0];

	*job = (struct job){.skew = skew, .n_workers = n_workers};
	for (uint32_t i = 0; i < n_workers; i++)
		make_worker(job, i);
	if (key_layout_init(&job->keys, first->spec.input, (uint16_t[]){1}, 1) < 0)
		bench_must(NULL, "a key");
	job->sharder = bench_must(
		sharder_new(&mem_libc, job->channels, n_workers, &job->keys, &first->seed),
		"a sharder");
	if (skew->local == LOCAL_NEVER || n_workers < LOCAL_OWNERS_MIN)
		return;
	job->local = bench_must(local_aggregate_new(&mem_libc, &first->config, first->spec.input,
					&job->keys, skew->local, n_workers),
		"a local aggregate");
	sharder_combine(job->sharder, local_aggregate_combiner(job->local));
}

static void free_job(struct job *job)
{
	sharder_free(job->sharder);
	local_aggregate_free(job->local);
	for (uint32_t i = 0; i < job->n_workers; i++) {
		gate_destroy(&job->gates[i]);
		channel_free(job->channels[i]);
		free_keyed(&job->workers[i]);
	}
}

// Each worker takes what waits for it.
static void let_workers_work(struct job *job)
{
	for (uint32_t i = 0; i < job->n_workers; i++) {
		const struct block *block;
		uint64_t start = rte_rdtsc();

		while ((block = gate_take(&job->gates[i], 0)) != NULL)
			op_feed(job->workers[i].window, block);
		job->worker_ticks[i] += rte_rdtsc() - start;
	}
}

static void send(struct job *job, const int64_t *keys)
{
	uint64_t at = job->at % N_EVENTS;
	struct column columns[COLUMNS] = {
		{.values = times + at}, {.values = (void *)(keys + at)}, {.values = amounts + at}};
	struct block block = {.kind = BLOCK_ROWS,
		.n_rows = job->skew->n_rows,
		.n_slots = job->skew->n_rows,
		.n_columns = COLUMNS,
		.columns = columns,
		.late_mark = WATERMARK_NONE};
	struct block control = {.kind = BLOCK_WATERMARK, .watermark = job->watermark++};
	uint64_t start = rte_rdtsc();
	bool is_done = sharder_send(job->sharder, &block);

	while (!is_done) {
		job->rx_ticks += rte_rdtsc() - start;
		let_workers_work(job);
		start = rte_rdtsc();
		is_done = sharder_resume(job->sharder);
	}
	sharder_send(job->sharder, &control);
	job->rx_ticks += rte_rdtsc() - start;
	job->at += job->skew->n_rows;
}

// What each task took for so many events, in ticks per event.
static void turn(struct job *job, const int64_t *keys, uint64_t n_events, double *ticks)
{
	uint32_t n_sources = job->n_workers > 1 ? job->n_workers / 2 : 1;

	job->rx_ticks = 0;
	memset(job->worker_ticks, 0, sizeof(job->worker_ticks));
	for (uint64_t i = 0; i < n_events; i += job->skew->n_rows)
		send(job, keys);
	sharder_flush(job->sharder);
	let_workers_work(job);
	ticks[RX] = (double)job->rx_ticks / (double)(n_events * n_sources);
	for (uint32_t i = 0; i < job->n_workers; i++)
		ticks[i] = (double)job->worker_ticks[i] / (double)n_events;
}

static double median_of(double turns[TURNS][TASKS], int n_turns, uint32_t task)
{
	double sorted[TURNS];

	for (int i = 0; i < n_turns; i++)
		sorted[i] = turns[i][task];
	qsort(sorted, n_turns, sizeof(*sorted), bench_compare);
	return sorted[n_turns / 2];
}

// The loads take turns.
static void measure(struct job *job, bool is_quick, struct shown *shown)
{
	static double turns[LOADS][TURNS][TASKS];
	int n_turns = is_quick ? 1 : TURNS;

	turn(job, keys_of[UNIFORM], is_quick ? EVENTS_A_TURN : N_EVENTS, turns[0][0]); // new keys
	for (int i = 0; i < n_turns; i++)
		for (int load = 0; load < LOADS; load++)
			turn(job, keys_of[load], EVENTS_A_TURN, turns[load][i]);
	for (int load = 0; load < LOADS; load++) {
		double rx = median_of(turns[load], n_turns, RX);

		shown[load] = (struct shown){rx, rx};
		for (uint32_t i = 0; i < job->n_workers; i++) {
			double ticks = median_of(turns[load], n_turns, i);

			if (ticks > shown[load].busiest)
				shown[load].busiest = ticks;
		}
	}
}

static void run(const struct skew *skew, uint32_t n_workers, const char *name, bool is_quick)
{
	static struct job job;
	struct shown shown[LOADS];

	make(&job, skew, n_workers);
	measure(&job, is_quick, shown);
	free_job(&job);
	printf("%s %.3f times %s\n", name, shown[SKEWED].busiest / shown[UNIFORM].busiest,
		skew->local == LOCAL_NEVER ? "-" : "2");
	printf("%s_uniform %.2f cycles -\n", name, shown[UNIFORM].busiest);
	printf("%s_skewed %.2f cycles -\n", name, shown[SKEWED].busiest);
	printf("%s_rx_uniform %.2f cycles -\n", name, shown[UNIFORM].rx);
	printf("%s_rx_skewed %.2f cycles -\n", name, shown[SKEWED].rx);
}

int main(int argc, char **argv)
{
	static const struct skew skews[] = {
		{"skew/keys_1m", 1000000, BLOCK_ROWS_MAX, LOCAL_HOT_KEYS},
		{"skew/keys_10k", 10000, BLOCK_ROWS_MAX, LOCAL_HOT_KEYS},
		{"skew/rows_32_keys_1m", 1000000, 32, LOCAL_HOT_KEYS},
		{"skew/one_phase_keys_1m", 1000000, BLOCK_ROWS_MAX, LOCAL_NEVER},
		{"skew/one_phase_keys_10k", 10000, BLOCK_ROWS_MAX, LOCAL_NEVER},
		{"skew/one_phase_rows_32_keys_1m", 1000000, 32, LOCAL_NEVER},
	};
	static const uint32_t workers[] = {1, 2, 3, 4, 8, 16};
	bool is_quick = bench_is_quick(argc, argv);
	uint64_t n_events = is_quick ? EVENTS_A_TURN : N_EVENTS;

	if (RUNNING_ON_VALGRIND)
		return 0;
	setvbuf(stdout, NULL, _IOLBF, 0);
	alloc_rows();
	for (size_t i = 0; i < sizeof(skews) / sizeof(*skews); i++)
		for (size_t k = 0; k < sizeof(workers) / sizeof(*workers); k++) {
			struct skew skew = skews[i];
			char name[64];

			snprintf(name, sizeof(name), "%s_workers_%u", skews[i].name, workers[k]);
			if (is_quick)
				skew.n_keys = QUICK_KEYS;
			if (!bench_selects(argc, argv, name))
				continue;
			make_rows(skew.n_keys, n_events);
			run(&skew, workers[k], name, is_quick);
		}
	return 0;
}
