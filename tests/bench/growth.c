// Keyed state that grows from nothing: rows of keys that are all new, in random order, a block at a
// time.
//
//   block    what a block of 256 new keys costs: no rehash, no stall
//   close    the same of a step of the window's close, when all are there
//   drop     the same of a block of rows behind which pages of the closed window are given back
//            _max: the longest while the scheduler left the thread on its CPU;
//            _max_switched: the longest of all
//   bytes    memory per key when all are there, directory and free room in buckets included; the
//            state itself, key and aggregates, is 64 bytes
#include "keyed_rig.h"
#include <sys/resource.h>
#include "base/hist.h"

struct size {
	const char *name;
	uint64_t n_keys;
};

enum { STATE_BYTES = 64, STALL_US = 50 };
enum { DROPPED_PAGES = 64 }; // what the keys of a block and their directory take, at most

// The i-th of n keys, each once: multiplication by a number without a common divisor (n is a power
// of ten).
static int64_t scattered(uint64_t i, uint64_t n)
{
	return (int64_t)(i * 7654321 % n);
}

static void next_keys(struct keyed *keyed, uint64_t first)
{
	for (uint64_t i = 0; i < BLOCK_ROWS_MAX; i++)
		keyed->columns[1][i] = scattered((first + i) % keyed->n_keys, keyed->n_keys);
	keyed->at = 0;
}

static long n_switches(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nvcsw + usage.ru_nivcsw;
}

// Pages that nobody has touched cost what the kernel takes to find them; an appliance has its
// memory from the start.
static void touch(struct page_pool *pool)
{
	for (uint64_t page = 0; page < pool->n_pages; page++)
		*(volatile char *)page_at(pool, (uint32_t)page) = 0;
}

static void report(const char *size, const char *what, double value, const char *unit, double goal)
{
	printf("growth/%s/%s %.4g %s ", size, what, value, unit);
	if (goal > 0)
		printf("%g\n", goal);
	else
		printf("-\n");
}

// What was done at a time, in ticks. held: of what the scheduler left on its CPU.
struct steps {
	struct hist all;
	uint64_t worst_held, worst;
	long n_switches;
	uint64_t begin;
};

static void step_begin(struct steps *steps)
{
	steps->n_switches = n_switches();
	steps->begin = rte_rdtsc();
}

static void step_end(struct steps *steps)
{
	uint64_t ticks = rte_rdtsc() - steps->begin;

	hist_record(&steps->all, ticks, 1);
	if (ticks > steps->worst)
		steps->worst = ticks;
	if (ticks > steps->worst_held && n_switches() == steps->n_switches)
		steps->worst_held = ticks;
}

static void report_steps(const char *size, const char *what, const struct steps *steps, double us)
{
	const struct {
		const char *name;
		double ticks, goal;
	} rows[] = {
		{"p50", (double)hist_quantile(&steps->all, 0.5), 0},
		{"p999", (double)hist_quantile(&steps->all, 0.999), 0},
		{"max", (double)steps->worst_held, STALL_US},
		{"max_switched", (double)steps->worst, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char name[64];

		snprintf(name, sizeof(name), "%s_%s", what, rows[i].name);
		report(size, name, rows[i].ticks * us, "us", rows[i].goal);
	}
}

static void grow(struct keyed *keyed, struct steps *steps)
{
	for (uint64_t key = 0; key < keyed->n_keys; key += BLOCK_ROWS_MAX) {
		next_keys(keyed, key);
		step_begin(steps);
		feed(keyed, 1);
		step_end(steps);
	}
}

// The watermark, and what it takes until all keys are out.
static void close_window(struct keyed *keyed, struct steps *steps)
{
	struct block control = {.kind = BLOCK_WATERMARK, .watermark = SLIDE - 1};

	step_begin(steps);
	op_feed(keyed->window, &control);
	step_end(steps);
	while (keyed->window->pending) {
		keyed->task.blocked = false;
		step_begin(steps);
		keyed->window->ops->resume(keyed->window);
		step_end(steps);
	}
}

// Rows of the next window, behind which the pages of the one that was closed are given back.
static void drop(struct keyed *keyed, struct steps *steps)
{
	for (uint64_t i = 0; i < N_EVENTS; i++)
		keyed->columns[0][i] = SLIDE;
	while (keyed->pool.n_used > DROPPED_PAGES) {
		next_keys(keyed, 0);
		step_begin(steps);
		feed(keyed, 1);
		step_end(steps);
	}
}

static void measure(const struct size *size)
{
	static struct steps grown, closed, dropped;
	struct keyed keyed = {.n_keys = size->n_keys, .n_overlapping = 1};
	double begin = bench_seconds(), us;
	uint64_t start = rte_rdtsc(), n_used;

	grown = closed = dropped = (struct steps){0};
	keyed.arena = arena_new();
	make_events(&keyed);
	configure(&keyed);
	make_window(&keyed);
	touch(&keyed.pool);
	grow(&keyed, &grown);
	n_used = keyed.pool.n_used;
	close_window(&keyed, &closed);
	drop(&keyed, &dropped);
	us = (bench_seconds() - begin) * 1e6 / (double)(rte_rdtsc() - start);
	report_steps(size->name, "block", &grown, us);
	report_steps(size->name, "close", &closed, us);
	report_steps(size->name, "drop", &dropped, us);
	report(size->name, "bytes_per_key", (double)n_used * PAGE_COST / (double)size->n_keys, "B",
		2 * STATE_BYTES);
	free_keyed(&keyed);
}

static const struct size sizes[] = {{"100k", 100000}, {"1m", 1000000}, {"10m", 10000000}};
static const struct size quick = {"quick", 10000};

int main(int argc, char **argv)
{
	if (bench_is_quick(argc, argv)) {
		measure(&quick);
		return 0;
	}
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		char name[64];

		snprintf(name, sizeof(name), "growth/%s", sizes[i].name);
		if (bench_selects(argc, argv, name))
			measure(&sizes[i]);
	}
	return 0;
}
