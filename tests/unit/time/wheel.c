#include "time/wheel.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "row/random.h"

enum { N_TIMERS = 300 };

struct twin { // the wheel's timers in a list without order
	struct wheel_timer timers[N_TIMERS];
	bool armed[N_TIMERS];
	int64_t when[N_TIMERS]; // at which it is due: not before the wheel's time
	uint64_t order[N_TIMERS]; // of arming
	uint64_t n_armed; // ever
	int64_t now;
};

// The index of the first timer that is due at until, or -1.
static int first_due(const struct twin *twin, int64_t until)
{
	int best = -1;

	for (int i = 0; i < N_TIMERS; i++) {
		if (!twin->armed[i] || twin->when[i] > until)
			continue;
		if (best < 0 || twin->when[i] < twin->when[best] ||
			(twin->when[i] == twin->when[best] && twin->order[i] < twin->order[best]))
			best = i;
	}
	return best;
}

static int64_t random_distance(struct random *random)
{
	int64_t distance = (int64_t)(random_bits(random) >> (random_below(random, 63) + 1));

	return random_below(random, 8) == 0 ? -distance : distance;
}

static void arm(struct twin *twin, struct wheel *wheel, struct random *random)
{
	int i = (int)random_below(random, N_TIMERS);
	int64_t when;

	if (__builtin_add_overflow(twin->now, random_distance(random), &when))
		when = INT64_MAX;
	wheel_arm(wheel, &twin->timers[i], when);
	twin->armed[i] = true;
	twin->when[i] = when < twin->now ? twin->now : when;
	twin->order[i] = twin->n_armed++;
}

static void cancel(struct twin *twin, struct wheel *wheel, struct random *random)
{
	int i = (int)random_below(random, N_TIMERS);

	wheel_cancel(wheel, &twin->timers[i]);
	twin->armed[i] = false;
}

static void advance(struct twin *twin, struct wheel *wheel, struct random *random)
{
	int64_t until;
	int expected;

	if (__builtin_add_overflow(twin->now, llabs(random_distance(random)), &until))
		until = INT64_MAX;
	do {
		expected = first_due(twin, until);
		assert_true(wheel_next(wheel) <= (expected < 0 ? INT64_MAX : twin->when[expected]));
		assert_ptr_equal(
			wheel_pop(wheel, until), expected < 0 ? NULL : &twin->timers[expected]);
		if (expected >= 0) {
			twin->armed[expected] = false;
			twin->now = twin->when[expected];
		}
		// what is armed while timers fire
		if (expected >= 0 && random_below(random, 4) == 0)
			arm(twin, wheel, random);
	} while (expected >= 0);
	twin->now = until;
}

static void run(uint64_t seed, int64_t now)
{
	struct twin *twin = calloc(1, sizeof(*twin));
	struct wheel *wheel = malloc(sizeof(*wheel));
	struct random random = {seed};

	wheel_init(wheel, now);
	twin->now = now;
	for (int step = 0; step < 2000; step++) {
		uint32_t kind = random_below(&random, 10);

		if (kind < 7)
			arm(twin, wheel, &random);
		else if (kind < 8)
			cancel(twin, wheel, &random);
		else
			advance(twin, wheel, &random);
	}
	free(wheel);
	free(twin);
}

static void fires_in_the_order_of_time_and_arming(void **)
{
	for (uint64_t seed = 1; seed <= 20; seed++) {
		run(seed, 1700000000000);
		run(seed + 100, 0);
		run(seed + 200, -1000);
		run(seed + 300, INT64_MIN);
	}
}

static void knows_that_nothing_is_armed(void **)
{
	static struct wheel wheel;
	struct wheel_timer timer = {0};

	wheel_init(&wheel, 5);
	assert_int_equal(wheel_next(&wheel), INT64_MAX);
	wheel_cancel(&wheel, &timer);
	wheel_arm(&wheel, &timer, 7);
	assert_int_equal(wheel_next(&wheel), 7);
	assert_int_equal(wheel.n_armed, 1);
	assert_null(wheel_pop(&wheel, 6));
	assert_ptr_equal(wheel_pop(&wheel, 7), &timer);
	assert_int_equal(wheel.n_armed, 0);
	assert_int_equal(wheel_next(&wheel), INT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fires_in_the_order_of_time_and_arming),
		cmocka_unit_test(knows_that_nothing_is_armed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
