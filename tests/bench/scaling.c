// Does an event cost more when more workers share the job? Rows are sharded to 1 to 64 workers by
// key, and each worker's window aggregate (COUNT, SUM, MIN, MAX) takes its own out of its gate. One
// thread does it all, so that cycles and instructions are those of all lcores together, and do not
// depend on how many CPUs there are.
//
// Blocks are of 256 rows, as from files and packed datagrams, or of 32, as from bursts of datagrams
// with an event each; a watermark follows each. Workers take what there is when the channels are
// full.
//
//	growth_8, growth_16   cycles per event with so many workers, by those with two. (One worker
// has 	                      rows copied to it that nobody had to hash first.) What may grow is
// what 	                      a block costs besides its rows: 32 rows for 16 workers are two
// each.
#include "bench.h"
#include "exchange/gate.h"
#include "exchange/sharder.h"
#include "keyed_rig.h"

enum { WORKERS_MAX = 64, KEYS = 8192, EVENTS_A_RUN = 65536, HEAP = 64, MANY = 16, TURNS = 31 };

struct scaling {
	uint32_t n_workers;
	uint16_t n_rows; // a block
	struct keyed *workers;
	struct channel *channels[WORKERS_MAX];
	struct gate gates[WORKERS_MAX];
	struct key_layout keys;
	struct sharder *sharder;
	int64_t watermark;
};

static int64_t *columns_of_all[COLUMNS]; // N_EVENTS each: time, key, amount

static void make_rows(void)
{
	for (int c = 0; c < COLUMNS; c++)
		columns_of_all[c] = huge_alloc(NULL, N_EVENTS * sizeof(int64_t), HUGE_PAGE);
	for (uint64_t i = 0; i < N_EVENTS; i++) {
		columns_of_all[1][i] = (int64_t)(bench_random() % KEYS);
		columns_of_all[2][i] = (int64_t)(bench_random() % 100000);
	}
}

static void make(struct scaling *scaling)
{
	uint32_t n = scaling->n_workers, n_blocks = n > MANY ? 4 : 16;

	if (columns_of_all[0] == NULL)
		make_rows();
	scaling->workers = bench_must(calloc(n, sizeof(*scaling->workers)), "workers");
	for (uint32_t i = 0; i < n; i++) {
		struct keyed *worker = &scaling->workers[i];

		*worker = (struct keyed){.n_keys = KEYS / n, .n_overlapping = 1};
		worker->arena = arena_new();
		configure(worker);
		make_window(worker);
		scaling->channels[i] = bench_must(
			channel_new(&mem_libc, worker->spec.input, n_blocks, HEAP), "a channel");
		if (gate_init(&scaling->gates[i], &mem_libc, &scaling->channels[i], 1) < 0)
			exit(1);
	}
	if (key_layout_init(&scaling->keys, scaling->workers[0].spec.input, (uint16_t[]){1}, 1) < 0)
		exit(1);
	scaling->sharder = bench_must(sharder_new(&mem_libc, scaling->channels, n, &scaling->keys,
					      &scaling->workers[0].seed),
		"a sharder");
}

static void let_workers_work(struct scaling *scaling)
{
	for (uint32_t i = 0; i < scaling->n_workers; i++) {
		const struct block *block;

		while ((block = gate_take(&scaling->gates[i], 0)) != NULL)
			op_feed(scaling->workers[i].window, block);
	}
}

static void send(struct scaling *scaling, uint64_t at)
{
	struct column columns[COLUMNS];
	struct block block = {.kind = BLOCK_ROWS,
		.n_rows = scaling->n_rows,
		.n_slots = scaling->n_rows,
		.n_columns = COLUMNS,
		.columns = columns,
		.late_mark = WATERMARK_NONE};
	struct block control = {.kind = BLOCK_WATERMARK, .watermark = scaling->watermark++};

	for (int c = 0; c < COLUMNS; c++)
		columns[c] = (struct column){.values = columns_of_all[c] + at % N_EVENTS};
	if (!sharder_send(scaling->sharder, &block))
		do
			let_workers_work(scaling);
		while (!sharder_resume(scaling->sharder));
	sharder_send(scaling->sharder, &control);
}

static uint64_t run(void *state)
{
	static uint64_t at;
	struct scaling *scaling = state;

	if (scaling->sharder == NULL)
		make(scaling);
	for (int i = 0; i < EVENTS_A_RUN; i += scaling->n_rows, at += scaling->n_rows)
		send(scaling, at);
	return EVENTS_A_RUN;
}

static struct scaling full[] = {
	{.n_rows = BLOCK_ROWS_MAX, .n_workers = 1},
	{.n_rows = BLOCK_ROWS_MAX, .n_workers = 2},
	{.n_rows = BLOCK_ROWS_MAX, .n_workers = 4},
	{.n_rows = BLOCK_ROWS_MAX, .n_workers = 8},
	{.n_rows = BLOCK_ROWS_MAX, .n_workers = 16},
	{.n_rows = BLOCK_ROWS_MAX, .n_workers = 64},
};
static struct scaling small[] = {
	{.n_rows = 32, .n_workers = 1},
	{.n_rows = 32, .n_workers = 2},
	{.n_rows = 32, .n_workers = 4},
	{.n_rows = 32, .n_workers = 8},
	{.n_rows = 32, .n_workers = 16},
	{.n_rows = 32, .n_workers = 64},
};

static const struct bench benches[] = {
	{"scaling/rows_256_workers_1", 0, run, &full[0]},
	{"scaling/rows_256_workers_2", 0, run, &full[1]},
	{"scaling/rows_256_workers_4", 0, run, &full[2]},
	{"scaling/rows_256_workers_8", 0, run, &full[3]},
	{"scaling/rows_256_workers_16", 0, run, &full[4]},
	{"scaling/rows_256_workers_64", 0, run, &full[5]},
	{"scaling/rows_32_workers_1", 0, run, &small[0]},
	{"scaling/rows_32_workers_2", 0, run, &small[1]},
	{"scaling/rows_32_workers_4", 0, run, &small[2]},
	{"scaling/rows_32_workers_8", 0, run, &small[3]},
	{"scaling/rows_32_workers_16", 0, run, &small[4]},
	{"scaling/rows_32_workers_64", 0, run, &small[5]},
};

// Ticks an event, the median of some runs that take turns with the other's.
static void measure_pair(struct scaling *a, struct scaling *b, double *a_cycles, double *b_cycles)
{
	double samples[2][TURNS];

	for (int i = 0; i < TURNS; i++)
		for (int which = 0; which < 2; which++) {
			uint64_t start = rte_rdtsc();
			uint64_t n = run(which == 0 ? a : b);

			samples[which][i] = (double)(rte_rdtsc() - start) / (double)n;
		}
	qsort(samples[0], TURNS, sizeof(double), bench_compare);
	qsort(samples[1], TURNS, sizeof(double), bench_compare);
	*a_cycles = samples[0][TURNS / 2];
	*b_cycles = samples[1][TURNS / 2];
}

static void print_growth(int argc, char **argv, const char *name, struct scaling *two,
	struct scaling *many, double goal)
{
	double of_two, of_many;

	if (RUNNING_ON_VALGRIND || !bench_selects(argc, argv, name))
		return;
	measure_pair(two, many, &of_two, &of_many);
	printf("%s %.3f times %g\n", name, of_many / of_two, goal);
}

int main(int argc, char **argv)
{
	bench_main(argc, argv, benches, sizeof(benches) / sizeof(*benches));
	print_growth(argc, argv, "scaling/rows_256_growth_8", &full[1], &full[3], 1.1);
	print_growth(argc, argv, "scaling/rows_256_growth_16", &full[1], &full[4], 1.1);
	print_growth(argc, argv, "scaling/rows_32_growth_8", &small[1], &small[3], 1.2);
	print_growth(argc, argv, "scaling/rows_32_growth_16", &small[1], &small[4], 1.3);
	return 0;
}
