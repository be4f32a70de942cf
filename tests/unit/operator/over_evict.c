// OVER with more keys than there is room for, when idle ones are evicted.
#include "over_rig.h"

enum { N_EVENTS = 20000, N_HOT = 20, N_COLD = 30000, BLOCK = 200 };

static const struct over_frame all_rows = {.is_rows = true, .is_unbounded = true};
static const struct over_frame last_rows = {.is_rows = true, .preceding = 9};

// Half of the rows are of the first N_HOT users, the others of users that come once or twice.
static struct event *make_events(struct random *random)
{
	struct event_settings settings = {
		.n = N_EVENTS, .n_users = 2, .first_ts = 1000, .step = 1, .delay = 10};
	struct event *events = events_new(&settings, random);

	for (uint32_t i = 0; i < N_EVENTS; i++)
		events[i].user =
			random_below(random, 2) ? i % N_HOT : N_HOT + random_below(random, N_COLD);
	return events;
}

struct run {
	struct arena *arena;
	struct random random;
	struct over_query query;
	struct over_lines out;
	struct over_job job;
	struct event *events;
};

static struct run run;

static void begin(const struct over_frame *frame, bool is_proctime, const char *function,
	int column, bool evicts, uint32_t n_pages)
{
	run = (struct run){.arena = arena_new(), .random = {n_pages}};
	run.out.lines = calloc(N_EVENTS, sizeof(struct over_line));
	run.events = make_events(&run.random);
	over_query_begin(&run.query, run.arena, 1, frame, 1);
	run.query.keys[0] = EVENT_USER;
	run.query.config.is_proctime = is_proctime;
	over_query_call(&run.query, function, column, false, 0, run.arena);
	over_query_finish(&run.query, run.arena);
	run.job = (struct over_job){
		.query = &run.query, .out = &run.out, .random = &run.random, .evicts = evicts};
	over_job_start(&run.job, 1, n_pages);
}

static void feed(void)
{
	for (uint32_t i = 0; i < N_EVENTS; i += BLOCK) {
		over_job_feed(&run.job, run.events + i, BLOCK);
		over_job_control(&run.job, (struct block){.kind = BLOCK_WATERMARK,
						   .watermark = run.events[i].ts - 10});
	}
	over_job_control(
		&run.job, (struct block){.kind = BLOCK_WATERMARK, .watermark = WATERMARK_END});
}

static void end(void)
{
	over_job_stop(&run.job);
	over_lines_cut(&run.out, 0);
	free(run.out.lines);
	free(run.events);
	arena_free(run.arena);
}

// Each count goes on, or begins anew: as often as keys were evicted, at the most, and never of a
// user that is seen all the time.
static void counts_go_on_or_begin_anew(void **)
{
	static int64_t counts[N_HOT + N_COLD];
	uint64_t n_anew = 0;

	begin(&all_rows, true, "COUNT", -1, true, 60);
	feed();
	memset(counts, 0, sizeof(counts));
	assert_int_equal(run.out.n, N_EVENTS);
	for (uint32_t i = 0; i < N_EVENTS; i++) {
		int64_t user = run.events[i].user, n = over_line_result(&run.out.lines[i]);

		if (n != counts[user] + 1) {
			assert_int_equal(n, 1);
			assert_true(user >= N_HOT);
			n_anew++;
		}
		counts[user] = n;
	}
	assert_int_equal(over_job_count(&run.job, "state_full"), 0);
	assert_true(over_job_count(&run.job, "evicted_keys") > N_COLD / 10);
	assert_true(n_anew > 0 && n_anew <= over_job_count(&run.job, "evicted_keys"));
	end();
}

static void without_it_new_keys_are_dropped(void **)
{
	begin(&all_rows, true, "COUNT", -1, false, 60);
	feed();
	assert_true(over_job_count(&run.job, "state_full") > N_EVENTS / 4);
	assert_int_equal(over_job_count(&run.job, "evicted_keys"), 0);
	assert_int_equal(run.out.n + over_job_count(&run.job, "state_full"), N_EVENTS);
	end();
}

// Rows dropped for want of room.
static uint64_t n_dropped(const char *function, int column, bool evicts, uint32_t n_pages)
{
	uint64_t n;

	begin(&last_rows, false, function, column, evicts, n_pages);
	feed();
	n = over_job_count(&run.job, "state_full");
	assert_int_equal(run.out.n + n, N_EVENTS);
	assert_int_equal(over_job_count(&run.job, "evicted_keys") > 0, evicts);
	end();
	return n;
}

static void what_keys_keep_makes_room_for_others(void **)
{
	for (uint32_t n_pages = 190; n_pages < 400; n_pages += 90) {
		assert_true(20 * n_dropped("SUM", EVENT_AMOUNT, true, n_pages) <
			    n_dropped("SUM", EVENT_AMOUNT, false, n_pages));
		assert_true(20 * n_dropped("MIN", EVENT_NOTE, true, n_pages) <
			    n_dropped("MIN", EVENT_NOTE, false, n_pages));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_go_on_or_begin_anew),
		cmocka_unit_test(without_it_new_keys_are_dropped),
		cmocka_unit_test(what_keys_keep_makes_room_for_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
