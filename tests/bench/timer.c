// Timers on a wheel: what arming and moving one costs, in the order in which they lie in memory and
// in random order, as keys come. Time goes on by 1 ms every 64 timers; each is armed for half a
// minute ahead, as a session's is, and so moved before it is due.
#include "bench.h"
#include "operator.h"
#include "time/wheel.h"

enum { TIMERS_MAX = 1000000, TIMERS_A_RUN = 4096, TIMERS_A_MS = 64, GAP_MS = 30000 };

struct timers {
	uint32_t n;
	bool is_random;
	struct wheel *wheel;
	struct wheel_timer *timers;
	uint32_t *order; // TIMERS_MAX
	uint32_t at;
	int64_t now;
	uint64_t n_due;
};

static void make(struct timers *timers)
{
	timers->wheel = bench_must(malloc(sizeof(*timers->wheel)), "a wheel");
	timers->timers = huge_alloc(NULL, timers->n * sizeof(*timers->timers), HUGE_PAGE);
	timers->order = huge_alloc(NULL, TIMERS_MAX * sizeof(*timers->order), HUGE_PAGE);
	wheel_init(timers->wheel, 0);
	for (uint32_t i = 0; i < TIMERS_MAX; i++)
		timers->order[i] = (uint32_t)(timers->is_random ? bench_random() : i) % timers->n;
	for (uint32_t i = 0; i < timers->n; i++)
		wheel_arm(timers->wheel, &timers->timers[i], GAP_MS);
}

static uint64_t rearm(void *state)
{
	struct timers *timers = state;

	if (timers->wheel == NULL)
		make(timers);
	for (uint32_t i = 0; i < TIMERS_A_RUN; i++) {
		struct wheel_timer *timer = &timers->timers[timers->order[timers->at]];

		timers->at = timers->at + 1 < TIMERS_MAX ? timers->at + 1 : 0;
		wheel_arm(timers->wheel, timer, timers->now + GAP_MS);
		if (i % TIMERS_A_MS > 0)
			continue;
		while (wheel_pop(timers->wheel, timers->now) != NULL)
			timers->n_due++;
		timers->now++;
	}
	bench_sink = timers->n_due;
	return TIMERS_A_RUN;
}

static struct timers cases[] = {
	{.n = 1000, .is_random = true},
	{.n = TIMERS_MAX},
	{.n = TIMERS_MAX, .is_random = true},
};

int main(int argc, char **argv)
{
	const struct bench benches[] = {
		{"timer/rearm_1k", 20, rearm, &cases[0]},
		{"timer/rearm_1m_in_order", 20, rearm, &cases[1]},
		{"timer/rearm_1m", 0, rearm, &cases[2]},
	};

	return bench_main(argc, argv, benches, sizeof(benches) / sizeof(*benches));
}
