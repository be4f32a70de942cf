// OVER that is frozen, packed and restored at random, at one, two or three instances, against a run
// that nothing disturbs.
#include "over_rig.h"

enum { N_EVENTS = 3000, N_PAGES = 3000, STEPS_MAX = N_EVENTS };
enum { UNBOUNDED = -1, RESTORES_MAX = 12, CLOCK_STEP_MS = 7 };

// Events, then perhaps the watermark behind them.
struct step {
	uint32_t first, n;
	bool has_watermark;
};

struct test {
	struct arena *arena;
	struct random random;
	struct event *events;
	struct step steps[STEPS_MAX];
	uint32_t n_steps;
	struct over_query query;
	struct hash_seed seed;
};

// A completed checkpoint: where the source was, and the output.
struct mark {
	uint64_t number;
	uint32_t step, n_lines;
};

struct disturbed {
	struct over_job job;
	struct checkpointed *saved, *base; // of this process, and that of the checkpoint taken
	uint32_t step;
	struct mark taking, taken; // number 0: none
	uint32_t n_restores;
};

static void do_step(struct test *test, struct over_job *job, uint32_t i)
{
	const struct step *step = &test->steps[i];
	uint32_t end = step->first + step->n;

	over_job_at(job, 1000000 + CLOCK_STEP_MS * (int64_t)i);
	over_job_feed(job, test->events + step->first, (uint16_t)step->n);
	if (step->has_watermark && end < N_EVENTS)
		over_job_control(job, (struct block){.kind = BLOCK_WATERMARK,
					      .watermark = test->events[end].mark});
}

static void end(struct over_job *job)
{
	over_job_control(job, (struct block){.kind = BLOCK_WATERMARK, .watermark = WATERMARK_END});
	over_job_control(job, (struct block){.kind = BLOCK_END});
}

// ---- Disturbing

static void forget_saved(struct checkpointed *saved)
{
	checkpointed_end(saved);
	free(saved);
}

static void begin_checkpoint(struct disturbed *d)
{
	struct over_job *job = &d->job;

	d->taking = (struct mark){d->taken.number + 1, d->step, job->out->n};
	over_job_control(
		job, (struct block){.kind = BLOCK_BARRIER, .checkpoint_id = d->taking.number});
}

static void pack_some(struct disturbed *d, int32_t n_max)
{
	struct over_job *job = &d->job;
	bool is_done = true;

	for (uint16_t i = 0; i < job->n_instances; i++)
		is_done &= checkpointed_pack(job->instances[i].op,
			1 + (int32_t)random_below(job->random, (uint32_t)n_max));
	if (!is_done)
		return;
	for (uint16_t i = 0; i < job->n_instances; i++)
		record_done(job->instances[i].task.out, d->taking.number);
	checkpointed_drain(d->saved);
	if (d->base != d->saved)
		forget_saved(d->base);
	d->base = d->saved;
	d->taken = d->taking;
	d->taking.number = 0;
}

static void crash(struct disturbed *d)
{
	struct over_job *job = &d->job;

	over_job_stop(job);
	if (d->saved != d->base)
		forget_saved(d->saved);
	over_lines_cut(job->out, d->taken.n_lines);
	d->saved = job->saved = malloc(sizeof(*d->saved));
	checkpointed_begin(d->saved);
	over_job_start(job, (uint16_t)(1 + random_below(job->random, 3)), N_PAGES);
	for (uint16_t i = 0; i < job->n_instances; i++) {
		d->saved->tasks[i].done = d->taken.number;
		checkpointed_restore(d->base, d->taken.number, job->instances[i].op);
	}
	d->step = d->taken.step;
	d->taking.number = 0;
	d->n_restores++;
}

static void disturb(struct disturbed *d)
{
	struct random *random = d->job.random;

	if (d->taking.number != 0)
		pack_some(d, random_below(random, 2) ? 20 : 400);
	else if (random_below(random, 5) == 0)
		begin_checkpoint(d);
	if (d->taken.number != 0 && d->n_restores < RESTORES_MAX && random_below(random, 25) == 0)
		crash(d);
}

// ---- The runs

static void run_through(struct test *test, struct over_lines *out)
{
	struct over_job job = {
		.query = &test->query, .seed = test->seed, .out = out, .random = &test->random};

	over_job_start(&job, 1, N_PAGES);
	for (uint32_t i = 0; i < test->n_steps; i++)
		do_step(test, &job, i);
	end(&job);
	assert_int_equal(over_job_count(&job, "state_full"), 0);
	assert_int_equal(over_job_count(&job, "value_lost"), 0);
	over_job_stop(&job);
}

static void run_disturbed(struct test *test, struct over_lines *out)
{
	struct disturbed d = {.job = {.query = &test->query,
				      .seed = test->seed,
				      .out = out,
				      .random = &test->random}};

	d.base = d.saved = d.job.saved = malloc(sizeof(*d.saved));
	checkpointed_begin(d.saved);
	over_job_start(&d.job, (uint16_t)(1 + random_below(&test->random, 3)), N_PAGES);
	while (d.step < test->n_steps) {
		do_step(test, &d.job, d.step++);
		disturb(&d);
	}
	end(&d.job);
	over_job_stop(&d.job);
	if (d.saved != d.base)
		forget_saved(d.saved);
	forget_saved(d.base);
}

static void cut_into_steps(struct test *test)
{
	uint32_t first = 0;

	for (test->n_steps = 0; first < N_EVENTS; test->n_steps++) {
		struct step *step = &test->steps[test->n_steps];

		step->first = first;
		step->n =
			1 + random_below(&test->random, random_below(&test->random, 4) ? 20 : 200);
		if (step->n > N_EVENTS - first)
			step->n = N_EVENTS - first;
		step->has_watermark = random_below(&test->random, 3) > 0;
		first += step->n;
	}
}

static void check(struct test *test, const struct event_settings *settings)
{
	struct over_lines expected = {calloc(N_EVENTS, sizeof(struct over_line)), 0};
	struct over_lines found = {calloc(N_EVENTS, sizeof(struct over_line)), 0};

	over_query_finish(&test->query, test->arena);
	hash_seed_from(&test->seed, test->random.state);
	test->events = events_new(settings, &test->random);
	cut_into_steps(test);
	run_through(test, &expected);
	assert_true(expected.n > N_EVENTS / 10);
	run_disturbed(test, &found);
	over_lines_equal(&expected, &found);
	over_lines_cut(&expected, 0);
	over_lines_cut(&found, 0);
	free(expected.lines);
	free(found.lines);
	free(test->events);
}

// ---- Queries

static const struct {
	const char *name;
	int column;
	bool distinct, is_sliding_only;
} calls[] = {
	{"COUNT", -1, false, false},
	{"SUM", EVENT_AMOUNT, false, false},
	{"SUM", EVENT_SCORE, false, false},
	{"AVG", EVENT_PRICE, false, false},
	{"MIN", EVENT_NOTE, false, false},
	{"MAX", EVENT_AMOUNT, false, false},
	{"FIRST_VALUE", EVENT_NOTE, false, false},
	{"LAST_VALUE", EVENT_CITY, false, false},
	{"COUNT", EVENT_NOTE, true, false},
	{"LAG", EVENT_NOTE, false, false},
	{"LISTAGG", EVENT_CITY, false, true},
};

static void make_test(struct test *test, uint64_t seed, int n_keys, const struct over_frame *frames,
	uint16_t n_frames)
{
	uint32_t n_calls;

	*test = (struct test){.arena = arena_new(), .random = {seed}};
	n_calls = 1 + random_below(&test->random, CALLS_MAX - 1);
	over_query_begin(&test->query, test->arena, n_keys, frames, n_frames);
	for (uint32_t i = 0; i < n_calls; i++) {
		uint32_t c = random_below(&test->random, sizeof(calls) / sizeof(*calls));
		uint16_t frame = (uint16_t)random_below(&test->random, n_frames);

		if (frames[frame].is_unbounded && calls[c].is_sliding_only)
			continue;
		over_query_call(&test->query, calls[c].name, calls[c].column, calls[c].distinct,
			frame, test->arena);
	}
}

static void try(const struct over_frame *frames, uint16_t n_frames, bool is_coarse)
{
	for (uint64_t seed = 1; seed <= 6; seed++) {
		static struct test test;
		struct event_settings settings = {.n = N_EVENTS,
			.n_users = seed % 2 ? 300 : 4,
			.first_ts = 1000,
			.step = seed % 2 ? 2 : 1,
			.disorder = seed % 4 ? 8 : 0,
			.delay = seed % 2 ? 10 : 900, // shorter, longer than from checkpoint to
						      // checkpoint

			.nulls = true};

		make_test(&test, seed, (int)(seed % 3), frames, n_frames);
		if (is_coarse)
			settings.step = 0; // many rows of one time
		check(&test, &settings);
		arena_free(test.arena);
	}
}

static struct over_frame range(int64_t ms)
{
	return (struct over_frame){.is_unbounded = ms == UNBOUNDED, .preceding = ms};
}

static struct over_frame rows(int64_t n)
{
	return (struct over_frame){.is_rows = true, .is_unbounded = n == UNBOUNDED, .preceding = n};
}

static void range_frames_go_on(void **)
{
	try((struct over_frame[]){range(15)}, 1, false);
	try((struct over_frame[]){range(200)}, 1, false);
	try((struct over_frame[]){range(0), range(40), range(3000)}, 3, false);
}

static void rows_frames_go_on(void **)
{
	try((struct over_frame[]){rows(0)}, 1, false);
	try((struct over_frame[]){rows(2), rows(30)}, 2, false);
}

static void unbounded_frames_go_on(void **)
{
	try((struct over_frame[]){range(UNBOUNDED)}, 1, false);
	try((struct over_frame[]){rows(UNBOUNDED)}, 1, false);
}

static void frames_of_all_kinds_go_on(void **)
{
	try((struct over_frame[]){rows(UNBOUNDED), range(30), rows(3)}, 3, false);
}

static void groups_larger_than_a_block_go_on(void **)
{
	try((struct over_frame[]){range(30)}, 1, true);
	try((struct over_frame[]){rows(3), range(UNBOUNDED)}, 2, true);
}

static void frames_by_processing_time_go_on(void **)
{
	const struct over_frame frames[] = {rows(UNBOUNDED), range(30), rows(3)};

	for (uint64_t seed = 1; seed <= 6; seed++) {
		static struct test test;
		struct event_settings settings = {.n = N_EVENTS,
			.n_users = 40,
			.first_ts = 1000,
			.step = 2,
			.delay = 1,
			.nulls = true};

		make_test(&test, seed, (int)(seed % 3), frames + seed % 3, 1);
		test.query.config.is_proctime = true;
		check(&test, &settings);
		arena_free(test.arena);
	}
}

static void keys_with_a_time_to_live_go_on(void **)
{
	const struct over_frame frames[] = {rows(UNBOUNDED), rows(5)};

	for (uint64_t seed = 1; seed <= 8; seed++) {
		static struct test test;
		struct event_settings settings = {.n = N_EVENTS,
			.n_users = 200,
			.first_ts = 1000,
			.step = 2,
			.delay = seed % 2 ? 10 : 1500,
			.nulls = true};

		make_test(&test, seed, (int)(seed % 3), frames + seed % 2, 1);
		test.query.config.is_proctime = seed % 4 == 0;
		test.query.config.ttl_ms = 10 + (int64_t)seed * 20;
		check(&test, &settings);
		arena_free(test.arena);
	}
}

// Restored from records with something wrong: refused, or not, and nothing is read beyond them.
static void records_may_have_any_shape(void **)
{
	const struct over_frame frames[] = {rows(UNBOUNDED), range(30), rows(3)};

	for (uint64_t seed = 1; seed <= 60; seed++) {
		static struct test test;
		struct event_settings settings = {.n = N_EVENTS,
			.n_users = 20,
			.first_ts = 1000,
			.step = 2,
			.disorder = 8,
			.delay = seed % 2 ? 10 : 1500,
			.nulls = true};
		struct over_lines out = {calloc(N_EVENTS, sizeof(struct over_line)), 0};
		struct over_job job = {.query = &test.query, .out = &out, .random = &test.random};
		struct checkpointed saved, none;
		struct err err = {0};

		make_test(&test, seed, 2, frames, 3);
		over_query_finish(&test.query, test.arena);
		test.events = events_new(&settings, &test.random);
		cut_into_steps(&test);
		checkpointed_begin(&saved);
		job.saved = &saved;
		over_job_start(&job, 1, N_PAGES);
		for (uint32_t i = 0; i < 6; i++)
			do_step(&test, &job, i);
		over_job_control(&job, (struct block){.kind = BLOCK_BARRIER, .checkpoint_id = 1});
		checkpointed_finish(&saved, &job.instances[0].task, job.instances[0].op);
		over_job_stop(&job);
		for (uint32_t i = 0; i < 3; i++)
			checkpointed_spoil(&saved, &test.random);
		checkpointed_begin(&none);
		job.saved = &none;
		over_job_start(&job, 1 + (uint16_t)(seed % 2), N_PAGES);
		for (uint16_t i = 0; i < job.n_instances; i++)
			checkpointed_give(&saved, 1, job.instances[i].op, &err);
		over_job_stop(&job);
		checkpointed_end(&none);
		checkpointed_end(&saved);
		over_lines_cut(&out, 0);
		free(out.lines);
		free(test.events);
		arena_free(test.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(range_frames_go_on),
		cmocka_unit_test(rows_frames_go_on),
		cmocka_unit_test(unbounded_frames_go_on),
		cmocka_unit_test(frames_of_all_kinds_go_on),
		cmocka_unit_test(groups_larger_than_a_block_go_on),
		cmocka_unit_test(frames_by_processing_time_go_on),
		cmocka_unit_test(keys_with_a_time_to_live_go_on),
		cmocka_unit_test(records_may_have_any_shape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
