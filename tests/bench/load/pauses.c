// What the machine itself does to latency: a loop that only reads the TSC, and asks of imaginary
// datagrams, one a microsecond, how long after they were due it saw them. What it finds is the
// hypervisor's, the kernel's and the hardware's; nobody who polls can be better.
//
//	pauses SECONDS CPU [CPU…]      one such loop on each CPU at once; prints the first one's
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <rte_cycles.h>
#include "base/hist.h"

enum { CPUS_MAX = 64, CALIBRATE_MS = 100 };

struct loop {
	int cpu;
	double seconds, tsc_hz;
	struct hist hist;
	pthread_t thread;
};

static double measure_tsc_hz(void)
{
	struct timespec moment = {.tv_nsec = CALIBRATE_MS * 1000000}, from, to;
	uint64_t tsc;

	clock_gettime(CLOCK_MONOTONIC, &from);
	tsc = rte_rdtsc();
	nanosleep(&moment, NULL);
	tsc = rte_rdtsc() - tsc;
	clock_gettime(CLOCK_MONOTONIC, &to);
	return (double)tsc /
	       ((double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9);
}

static void *run(void *context)
{
	struct loop *loop = context;
	uint64_t period = (uint64_t)(loop->tsc_hz / 1e6);
	uint64_t due, end, now;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(loop->cpu, &cpus);
	pthread_setaffinity_np(pthread_self(), sizeof(cpus), &cpus);
	due = rte_rdtsc() + period;
	end = due + (uint64_t)(loop->seconds * loop->tsc_hz);
	do {
		now = rte_rdtsc();
		for (; due <= now; due += period)
			hist_record(&loop->hist, now - due, 1);
	} while (now < end);
	return NULL;
}

int main(int argc, char **argv)
{
	static const double quantiles[] = {0.5, 0.99, 0.999, 0.9999, 1};
	static const char *const names[] = {"p50", "p99", "p99.9", "p99.99", "max"};
	static struct loop loops[CPUS_MAX];
	double tsc_hz = measure_tsc_hz();
	int n = argc - 2;

	if (n < 1 || n > CPUS_MAX) {
		fprintf(stderr, "usage: pauses SECONDS CPU [CPU…]\n");
		return 2;
	}
	for (int i = 0; i < n; i++) {
		loops[i].cpu = atoi(argv[i + 2]);
		loops[i].seconds = atof(argv[1]);
		loops[i].tsc_hz = tsc_hz;
		pthread_create(&loops[i].thread, NULL, run, &loops[i]);
	}
	for (int i = 0; i < n; i++)
		pthread_join(loops[i].thread, NULL);
	printf("{");
	for (int i = 0; i < 5; i++)
		printf("%s\"%s_us\": %.2f", i > 0 ? ", " : "", names[i],
			(double)hist_quantile(&loops[0].hist, quantiles[i]) * 1e6 / tsc_hz);
	printf("}\n");
	return 0;
}
