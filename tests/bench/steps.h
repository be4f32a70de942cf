// For benchmarks of how long an lcore is held at a time: what each of many steps takes. The same
// steps are done several times over, and the least time of each counts: what the step itself takes,
// whatever else the machine does now and then.
#pragma once
#include "base/hist.h"
#include "bench.h"

enum { STALL_US = 50, STEPS_MAX = 1 << 17, STEPS_ROUNDS = 3 };

struct steps {
	uint64_t least[STEPS_MAX]; // ticks of each of n steps, in the rounds so far
	uint32_t n, at; // at: of this round
	uint64_t longest; // of all rounds
	uint64_t begin;
};

static inline void steps_round(struct steps *steps)
{
	steps->at = 0;
}

static inline void steps_begin(struct steps *steps)
{
	steps->begin = rte_rdtsc();
}

static inline void steps_end(struct steps *steps)
{
	uint64_t ticks = rte_rdtsc() - steps->begin;
	uint32_t at = steps->at++;

	if (at == STEPS_MAX)
		bench_must(NULL, "room for so many steps");
	if (at == steps->n)
		steps->least[steps->n++] = ticks;
	else if (ticks < steps->least[at])
		steps->least[at] = ticks;
	if (ticks > steps->longest)
		steps->longest = ticks;
}

// Rows of FAMILY/SIZE/WHAT_…; us: microseconds of a tick. _max_seen is of all rounds.
static inline void steps_report(const char *family, const char *size, const char *what,
	const struct steps *steps, double us)
{
	static struct hist hist;
	uint64_t max = 0;
	char name[64];

	hist = (struct hist){0};
	for (uint32_t i = 0; i < steps->n; i++) {
		hist_record(&hist, steps->least[i], 1);
		max = steps->least[i] > max ? steps->least[i] : max;
	}
	snprintf(name, sizeof(name), "%s/%s/%s", family, size, what);
	printf("%s_p50 %.4g us -\n", name, (double)hist_quantile(&hist, 0.5) * us);
	printf("%s_p999 %.4g us -\n", name, (double)hist_quantile(&hist, 0.999) * us);
	printf("%s_max %.4g us %d\n", name, (double)max * us, STALL_US);
	printf("%s_max_seen %.4g us -\n", name, (double)steps->longest * us);
}
