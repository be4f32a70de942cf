// Keyed state that grows from nothing: rows of keys that are all new, in random order, a block at a
// time.
//
//   block    what a block of 64 new keys costs, at the median, at p99.9, and at worst while the
//            scheduler left the thread on its CPU: no rehash, no stall
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
	return usage.ru_nivcsw;
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

static void measure(const struct size *size)
{
	struct keyed keyed = {.n_keys = size->n_keys, .n_overlapping = 1};
	struct hist all = {0};
	uint64_t worst = 0;
	double begin, us;
	uint64_t start;

	keyed.arena = arena_new();
	make_events(&keyed);
	configure(&keyed);
	make_window(&keyed);
	touch(&keyed.pool);
	begin = bench_seconds();
	start = rte_rdtsc();
	for (uint64_t key = 0; key < size->n_keys; key += BLOCK_ROWS_MAX) {
		long n = n_switches();
		uint64_t block, at;

		next_keys(&keyed, key);
		at = rte_rdtsc();
		feed(&keyed, 1);
		block = rte_rdtsc() - at;
		hist_record(&all, block, 1);
		if (block > worst && n_switches() == n)
			worst = block;
	}
	us = (bench_seconds() - begin) * 1e6 / (double)(rte_rdtsc() - start);
	report(size->name, "block_p50", (double)hist_quantile(&all, 0.5) * us, "us", 0);
	report(size->name, "block_p999", (double)hist_quantile(&all, 0.999) * us, "us", 0);
	report(size->name, "block_max", (double)worst * us, "us", STALL_US);
	report(size->name, "bytes_per_key",
		(double)keyed.pool.n_used * PAGE_SIZE / (double)size->n_keys, "B", 2 * STATE_BYTES);
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
