// What the benchmarks share. A program holds a few cases; it measures each several times, the cases
// taking turns so that what else the machine does meets all of them, and prints a line each time:
//
//	NAME EVENTS_PER_S CYCLES_PER_EVENT GOAL_CYCLES|- INSTRUCTIONS_PER_EVENT|-
//	NAME VALUE UNIT GOAL|-          what is no rate; the less, the better
//
// Cycles are TSC ticks. Instructions are counted where the CPU does it (in few virtual machines);
// under callgrind each case is run once and the program says when to count. scripts/bench makes the
// table of it, medians over all lines of a name.
//
//	PROGRAM [--quick] [PREFIX…]     --quick: once and briefly, to see that it works;
//	                                PREFIX: only the cases whose names begin like this
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <rte_cycles.h>
#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#define CALLGRIND_ZERO_STATS
#define CALLGRIND_DUMP_STATS_AT(text)
#endif
#include "operator/op.h"

enum { BENCH_ROUNDS = 3, BENCH_MS = 40, BENCH_SAMPLES_MAX = 65536 };

struct bench {
	const char *name; // "decode/json_184"
	uint32_t goal_cycles; // per event; 0 = none
	// Go once over the work, for a microsecond or more; returns how many events that were.
	uint64_t (*run)(void *state);
	void *state;
};

// Whatever is put here, the compiler must compute.
static volatile uint64_t bench_sink;

// Whatever this points to, too.
static inline void bench_keep(const void *ptr)
{
	__asm__ volatile("" : : "g"(ptr) : "memory");
}

// The same seed, the same numbers, on any machine (xorshift64, Marsaglia 2003).
static inline uint64_t bench_random(void)
{
	static uint64_t state = 0x9e3779b97f4a7c15;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static inline void *bench_must(void *ptr, const char *what)
{
	if (ptr == NULL) {
		fprintf(stderr, "cannot make %s\n", what);
		exit(1);
	}
	return ptr;
}

// Let an operator emit all that waits, as the runtime does when nothing downstream is full.
static inline void bench_finish(struct op *op)
{
	op->task->blocked = false;
	while (op->pending)
		op->ops->resume(op);
}

static inline double bench_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static inline int bench_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

// A counter of this thread's instructions, or -1 where there is none.
static inline int bench_counter(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_HW_INSTRUCTIONS,
		.exclude_kernel = 1,
	};

	return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static inline uint64_t bench_count(int counter)
{
	uint64_t count = 0;

	if (counter >= 0 && read(counter, &count, sizeof(count)) != sizeof(count))
		return 0;
	return count;
}

// Once, with callgrind counting: it writes the sum down under the case's name and its events.
static inline void bench_under_callgrind(const struct bench *bench)
{
	char text[128];
	uint64_t n_events;

	bench->run(bench->state);
	CALLGRIND_ZERO_STATS;
	n_events = bench->run(bench->state);
	snprintf(text, sizeof(text), "%s %llu", bench->name, (unsigned long long)n_events);
	CALLGRIND_DUMP_STATS_AT(text);
}

static inline void bench_print(
	const struct bench *bench, double tsc_hz, double cycles, double n_instructions)
{
	printf("%s %.0f %.2f ", bench->name, tsc_hz / cycles, cycles);
	if (bench->goal_cycles > 0)
		printf("%u ", bench->goal_cycles);
	else
		printf("- ");
	if (n_instructions > 0)
		printf("%.2f\n", n_instructions);
	else
		printf("-\n");
}

// One round of a case: the median over its runs, so that runs during which the machine did
// something else do not count.
static inline void bench_measure(const struct bench *bench, unsigned ms)
{
	static double samples[BENCH_SAMPLES_MAX]; // cycles per event
	double begin, end, tsc_hz;
	uint64_t first, counted, n_all = 0;
	int counter = bench_counter();
	size_t n = 0;

	bench->run(bench->state); // caches, branch predictors, pages
	counted = bench_count(counter);
	begin = bench_seconds();
	first = rte_rdtsc();
	do {
		uint64_t start = rte_rdtsc();
		uint64_t n_events = bench->run(bench->state);

		samples[n++] = (double)(rte_rdtsc() - start) / (double)n_events;
		n_all += n_events;
		end = bench_seconds();
	} while (end - begin < ms / 1e3 && n < BENCH_SAMPLES_MAX);
	tsc_hz = (double)(rte_rdtsc() - first) / (end - begin);
	counted = bench_count(counter) - counted;
	if (counter >= 0)
		close(counter);
	qsort(samples, n, sizeof(*samples), bench_compare);
	bench_print(bench, tsc_hz, samples[n / 2], (double)counted / (double)n_all);
}

static inline bool bench_selects(int argc, char **argv, const char *name)
{
	bool any = false;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--quick") == 0)
			continue;
		if (strncmp(name, argv[i], strlen(argv[i])) == 0)
			return true;
		any = true;
	}
	return !any;
}

static inline bool bench_is_quick(int argc, char **argv)
{
	return argc > 1 && strcmp(argv[1], "--quick") == 0;
}

static inline int bench_main(int argc, char **argv, const struct bench *benches, size_t n)
{
	bool quick = bench_is_quick(argc, argv);

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int round = 0; round < (quick ? 1 : BENCH_ROUNDS); round++)
		for (size_t i = 0; i < n; i++)
			if (!bench_selects(argc, argv, benches[i].name))
				continue;
			else if (RUNNING_ON_VALGRIND)
				bench_under_callgrind(&benches[i]);
			else
				bench_measure(&benches[i], quick ? 1 : BENCH_MS);
	return 0;
}
