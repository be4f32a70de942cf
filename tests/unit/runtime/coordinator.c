// The coordinator against time lines: what it begins and aborts, and when.
#include "runtime/coordinator.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

// A world in which checkpoints end when the test says so. What it was told stands in log:
// "100:begin 1" at 100 ms.
struct rig {
	struct checkpoint_settings settings;
	struct coordinator coordinator;
	int64_t now_ms;
	bool has_result;
	struct checkpoint_result result;
	char log[2000];
	size_t len;
};

__attribute__((format(printf, 2, 3))) static void note(struct rig *rig, const char *format, ...)
{
	va_list list;

	rig->len += (size_t)sprintf(
		rig->log + rig->len, "%s%ld:", rig->len > 0 ? " " : "", (long)rig->now_ms);
	va_start(list, format);
	rig->len += (size_t)vsprintf(rig->log + rig->len, format, list);
	va_end(list);
}

static void world_begin(void *arg, uint64_t n, const char *savepoint)
{
	note(arg, "begin %lu", n);
	if (savepoint != NULL)
		note(arg, "to %s", savepoint);
}

static void world_abort(void *arg, uint64_t n)
{
	note(arg, "abort %lu", n);
}

static bool world_result(void *arg, struct checkpoint_result *result)
{
	struct rig *rig = arg;

	if (!rig->has_result)
		return false;
	rig->has_result = false;
	*result = rig->result;
	note(rig, "%s %lu", result->is_committed ? "done" : "failed", result->checkpoint);
	return true;
}

static void rig_init(struct rig *rig, int64_t interval_ms, int64_t min_pause_ms)
{
	struct coordinator_world world = {rig, world_begin, world_abort, world_result};

	*rig = (struct rig){.settings = {.interval_ms = interval_ms,
				    .min_pause_ms = min_pause_ms,
				    .timeout_ms = 500,
				    .tolerable_failures = -1}};
	coordinator_init(&rig->coordinator, &rig->settings, &world, 1, 0);
}

// Step every 10 ms up to this time.
static void run_to(struct rig *rig, int64_t to_ms)
{
	struct checkpoint_result ended;

	for (; rig->now_ms < to_ms; rig->now_ms += 10)
		coordinator_step(&rig->coordinator, rig->now_ms, &ended);
}

// The writer reports the checkpoint in work.
static void report(struct rig *rig, bool is_committed)
{
	rig->has_result = true;
	rig->result = (struct checkpoint_result){
		.checkpoint = rig->coordinator.checkpoint, .is_committed = is_committed};
}

static void begins_one_after_each_interval(void **)
{
	struct rig rig;

	rig_init(&rig, 100, 0);
	run_to(&rig, 130);
	report(&rig, true);
	run_to(&rig, 220);
	report(&rig, true);
	run_to(&rig, 290);
	assert_string_equal(rig.log, "100:begin 1 130:done 1 200:begin 2 220:done 2");
	assert_int_equal(rig.coordinator.n_completed, 2);
	assert_int_equal(rig.coordinator.last_ms, 20);
}

static void one_that_takes_longer_than_the_interval_is_followed_at_once(void **)
{
	struct rig rig;

	rig_init(&rig, 100, 0);
	run_to(&rig, 250);
	report(&rig, true);
	run_to(&rig, 260);
	assert_string_equal(rig.log, "100:begin 1 250:done 1 250:begin 2");
}

static void the_pause_counts_from_the_end(void **)
{
	struct rig rig;

	rig_init(&rig, 100, 80);
	run_to(&rig, 150);
	report(&rig, true);
	run_to(&rig, 300);
	assert_string_equal(rig.log, "100:begin 1 150:done 1 230:begin 2");
}

static void without_an_interval_only_requests_begin_one(void **)
{
	struct checkpoint_result result;
	struct rig rig;
	uint64_t ticket;

	rig_init(&rig, 0, 1000);
	run_to(&rig, 500);
	ticket = coordinator_trigger(&rig.coordinator, NULL);
	run_to(&rig, 520);
	assert_false(coordinator_done(&rig.coordinator, ticket, &result));
	report(&rig, true);
	run_to(&rig, 530);
	assert_true(coordinator_done(&rig.coordinator, ticket, &result));
	assert_int_equal(result.checkpoint, 1);
	assert_false(coordinator_done(&rig.coordinator, ticket, &result));
	assert_string_equal(rig.log, "500:begin 1 520:done 1");
}

// What runs already has barriers in flight: it does not have what the request wants to see.
static void a_request_gets_a_checkpoint_that_begins_after_it(void **)
{
	struct checkpoint_result result;
	struct rig rig;
	uint64_t ticket;

	rig_init(&rig, 100, 0);
	run_to(&rig, 110);
	ticket = coordinator_trigger(&rig.coordinator, NULL);
	report(&rig, true);
	run_to(&rig, 120);
	assert_false(coordinator_done(&rig.coordinator, ticket, &result));
	report(&rig, false);
	run_to(&rig, 130);
	assert_true(coordinator_done(&rig.coordinator, ticket, &result));
	assert_int_equal(result.checkpoint, 2);
	assert_false(result.is_committed);
	assert_string_equal(rig.log, "100:begin 1 110:done 1 110:begin 2 120:failed 2");
}

static void requests_share_a_checkpoint_but_savepoints_do_not(void **)
{
	struct checkpoint_result result;
	struct rig rig;
	uint64_t tickets[4];

	rig_init(&rig, 0, 0);
	tickets[0] = coordinator_trigger(&rig.coordinator, "a");
	tickets[1] = coordinator_trigger(&rig.coordinator, NULL);
	tickets[2] = coordinator_trigger(&rig.coordinator, "b");
	tickets[3] = coordinator_trigger(&rig.coordinator, NULL);
	run_to(&rig, 10);
	report(&rig, true);
	run_to(&rig, 20);
	report(&rig, true);
	run_to(&rig, 30);
	assert_string_equal(rig.log, "0:begin 1 0:to a 10:done 1 10:begin 2 10:to b 20:done 2");
	for (int i = 0; i < 4; i++) {
		assert_true(coordinator_done(&rig.coordinator, tickets[i], &result));
		assert_int_equal(result.checkpoint, i == 2 ? 2 : 1);
	}
}

static void too_many_requests_are_refused(void **)
{
	struct rig rig;

	rig_init(&rig, 0, 0);
	for (int i = 0; i < COORDINATOR_REQUESTS_MAX; i++)
		assert_int_not_equal(coordinator_trigger(&rig.coordinator, NULL), 0);
	assert_int_equal(coordinator_trigger(&rig.coordinator, NULL), 0);
}

// The writer may be in the middle of something: nothing begins before it has reported.
static void one_that_takes_too_long_is_aborted_and_waited_for(void **)
{
	struct rig rig;

	rig_init(&rig, 100, 0);
	run_to(&rig, 900);
	assert_string_equal(rig.log, "100:begin 1 600:abort 1");
	report(&rig, false);
	run_to(&rig, 910);
	assert_string_equal(rig.log, "100:begin 1 600:abort 1 900:failed 1 900:begin 2");
	assert_int_equal(rig.coordinator.n_failed, 1);
}

static void the_reason_of_a_timeout_names_the_setting(void **)
{
	struct checkpoint_result ended;
	struct rig rig;

	rig_init(&rig, 100, 0);
	run_to(&rig, 700);
	report(&rig, false);
	assert_true(coordinator_step(&rig.coordinator, 700, &ended));
	assert_string_equal(
		ended.text, "not complete after 500 ms (execution.checkpointing.timeout)");
}

// The commit was under way when the time was over.
static void one_that_completes_while_it_is_aborted_counts(void **)
{
	struct rig rig;

	rig_init(&rig, 100, 0);
	run_to(&rig, 610);
	report(&rig, true);
	run_to(&rig, 620);
	assert_string_equal(rig.log, "100:begin 1 600:abort 1 610:done 1 610:begin 2");
	assert_int_equal(rig.coordinator.n_completed, 1);
	assert_int_equal(rig.coordinator.n_failed, 0);
}

static void fails_at_one_more_in_a_row_than_is_tolerable(void **)
{
	static const bool outcomes[] = {false, false, true, false, false, false};
	struct rig rig;

	rig_init(&rig, 10, 0);
	rig.settings.tolerable_failures = 2;
	run_to(&rig, 20);
	for (int i = 0; i < 6; i++) {
		assert_false(coordinator_has_failed(&rig.coordinator));
		report(&rig, outcomes[i]);
		run_to(&rig, rig.now_ms + 20);
	}
	assert_true(coordinator_has_failed(&rig.coordinator));
}

static void any_number_of_failures_is_tolerable_by_default(void **)
{
	struct rig rig;

	rig_init(&rig, 10, 0);
	run_to(&rig, 20);
	for (int i = 0; i < 50; i++) {
		report(&rig, false);
		run_to(&rig, rig.now_ms + 20);
	}
	assert_false(coordinator_has_failed(&rig.coordinator));
	assert_int_equal(rig.coordinator.n_failed, 50);
}

static void numbers_go_on_behind_the_restored_one(void **)
{
	struct rig rig;

	rig_init(&rig, 100, 0);
	coordinator_init(&rig.coordinator, &rig.settings, &rig.coordinator.world, 8, 0);
	run_to(&rig, 110);
	assert_string_equal(rig.log, "100:begin 8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(begins_one_after_each_interval),
		cmocka_unit_test(one_that_takes_longer_than_the_interval_is_followed_at_once),
		cmocka_unit_test(the_pause_counts_from_the_end),
		cmocka_unit_test(without_an_interval_only_requests_begin_one),
		cmocka_unit_test(a_request_gets_a_checkpoint_that_begins_after_it),
		cmocka_unit_test(requests_share_a_checkpoint_but_savepoints_do_not),
		cmocka_unit_test(too_many_requests_are_refused),
		cmocka_unit_test(one_that_takes_too_long_is_aborted_and_waited_for),
		cmocka_unit_test(the_reason_of_a_timeout_names_the_setting),
		cmocka_unit_test(one_that_completes_while_it_is_aborted_counts),
		cmocka_unit_test(fails_at_one_more_in_a_row_than_is_tolerable),
		cmocka_unit_test(any_number_of_failures_is_tolerable_by_default),
		cmocka_unit_test(numbers_go_on_behind_the_restored_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
