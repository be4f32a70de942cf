// Anomaly against a slow twin that has a state for each key and takes one row at a time: in blocks
// of any length, at one to three instances, frozen, packed and restored at random, for every
// detector there is and for witnesses with states of all sizes.
#include <errno.h>
#include "operator/anomaly/detectors.h"
#include "operator/dump.h"
#include "operator_rig.h"

enum { N_EVENTS = 4000, N_KEYS = 40, RESTORES_MAX = 8 };

struct test {
	struct arena *arena;
	struct random random;
	struct job_event *events;
	const struct detector_kind *kind;
	const void *config;
	struct hash_seed seed;
};

// ---- Events: keys short and long, some seldom; what a stream may hold

static void make_key(uint32_t key, char *text)
{
	if (key == 0)
		text[0] = '\0';
	else if (key % 3 == 0)
		snprintf(text, JOB_KEY_MAX, "a key that no view of sixteen bytes holds, number %u",
			key);
	else
		snprintf(text, JOB_KEY_MAX, "k%u", key);
}

static void make_events(struct test *test, uint32_t n_keys)
{
	static const double odd[] = {NAN, INFINITY, -INFINITY, 0, 1e300, -5e-324};
	struct random *random = &test->random;
	int64_t time = 1700000000000;

	test->events = calloc(N_EVENTS, sizeof(*test->events));
	for (uint32_t i = 0; i < N_EVENTS; i++) {
		struct job_event *event = &test->events[i];
		uint32_t key = random_below(random, random_below(random, 2) ? n_keys : 3);

		make_key(key, event->key);
		time += random_below(random, 5000);
		event->time = time - random_below(random, 8000);
		event->value = (double)random_below(random, 500) / 10 + key;
		if (random_below(random, 30) == 0)
			event->value = odd[random_below(random, sizeof(odd) / sizeof(*odd))];
		event->null_value = random_below(random, 25) == 0;
		event->null_time = random_below(random, 60) == 0;
	}
}

static void begin(struct test *test, const struct detector_kind *kind, uint64_t seed)
{
	*test = (struct test){.arena = arena_new(), .random = {seed}, .kind = kind};
}

static void end(struct test *test)
{
	free(test->events);
	arena_free(test->arena);
}

// ---- The twin

static void twin_row(const struct test *test, void *state, const struct job_event *event,
	uint32_t number, struct job_lines *out)
{
	const double *const values[] = {&event->value};
	char text[ANOMALY_REASON_MAX] = "";
	struct verdict verdict;
	double score;

	if (event->null_time || event->null_value) {
		job_put_line(out, number, true, 0, "");
		return;
	}
	test->kind->score(test->config, &state, &event->time, values, 1, &verdict);
	score = detector_score(verdict.surprise);
	if (verdict.reason != 0 && score >= 0.9)
		test->kind->explain(test->config, &verdict, values[0], text, sizeof(text));
	job_put_line(out, number, false, score, text);
}

static void run_twin(const struct test *test, struct job_lines *out)
{
	uint32_t size = test->kind->state_size(test->config), n_keys = 0;
	const char **keys = calloc(N_EVENTS, sizeof(*keys));
	void **states = calloc(N_EVENTS, sizeof(*states));

	for (uint32_t i = 0; i < N_EVENTS; i++) {
		const struct job_event *event = &test->events[i];
		uint32_t k = 0;

		while (k < n_keys && strcmp(keys[k], event->key) != 0)
			k++;
		if (k == n_keys) {
			keys[n_keys] = event->key;
			states[n_keys++] = calloc(1, size);
		}
		twin_row(test, states[k], event, i, out);
	}
	for (uint32_t k = 0; k < n_keys; k++)
		free(states[k]);
	free(states);
	free(keys);
}

// ---- A job that is disturbed

struct mark {
	uint64_t number;
	uint32_t n_events, n_lines;
};

struct disturbed {
	struct job job;
	struct checkpointed *saved, *base; // of this process, and that of the checkpoint taken
	uint32_t n_events; // so far
	struct mark taking, taken; // number 0: none
	uint32_t n_restores;
};

static void forget_saved(struct checkpointed *saved)
{
	checkpointed_end(saved);
	free(saved);
}

static void start(struct disturbed *d)
{
	struct job *job = &d->job;

	d->saved = job->saved = malloc(sizeof(*d->saved));
	checkpointed_begin(d->saved);
	job_start(job, (uint16_t)(1 + random_below(job->random, JOB_INSTANCES_MAX)));
}

static void begin_checkpoint(struct disturbed *d)
{
	d->taking = (struct mark){d->taken.number + 1, d->n_events, d->job.out->n};
	job_control(
		&d->job, (struct block){.kind = BLOCK_BARRIER, .checkpoint_id = d->taking.number});
}

static void pack_some(struct disturbed *d, int32_t n_max)
{
	struct job *job = &d->job;
	bool is_done = true;

	for (uint16_t i = 0; i < job->n_instances; i++)
		is_done &= checkpointed_pack(job->instances[i].op,
			1 + (int32_t)random_below(job->random, (uint32_t)n_max));
	checkpointed_drain(d->saved);
	if (!is_done)
		return;
	for (uint16_t i = 0; i < job->n_instances; i++)
		record_done(job->instances[i].task.out, d->taking.number);
	checkpointed_drain(d->saved);
	if (d->base != d->saved && d->base != NULL)
		forget_saved(d->base);
	d->base = d->saved;
	d->taken = d->taking;
	d->taking.number = 0;
}

static void crash(struct disturbed *d)
{
	struct job *job = &d->job;

	job_stop(job);
	if (d->saved != d->base)
		forget_saved(d->saved);
	job->out->n = d->taken.n_lines;
	start(d);
	for (uint16_t i = 0; i < job->n_instances; i++) {
		d->saved->tasks[i].done = d->taken.number;
		checkpointed_restore(d->base, d->taken.number, job->instances[i].op);
	}
	d->n_events = d->taken.n_events;
	d->taking.number = 0;
	d->n_restores++;
}

static void disturb(struct disturbed *d)
{
	struct random *random = d->job.random;

	if (d->taking.number != 0)
		pack_some(d, random_below(random, 2) ? 8 : 300);
	else if (random_below(random, 4) == 0)
		begin_checkpoint(d);
	if (d->taken.number != 0 && d->n_restores < RESTORES_MAX && random_below(random, 20) == 0)
		crash(d);
}

// Returns how many keys were evicted by the last process.
static uint64_t run_disturbed(
	struct test *test, struct job_lines *out, bool evicts, uint32_t n_pages)
{
	struct disturbed d = {0};
	uint64_t n_evicted;

	job_describe(&d.job, test->kind, test->config, test->arena, &test->random);
	d.job.out = out;
	d.job.evicts = evicts;
	d.job.n_pages = n_pages;
	start(&d);
	while (d.n_events < N_EVENTS) {
		uint32_t n =
			1 + random_below(&test->random, random_below(&test->random, 3) ? 20 : 250);

		n = n < N_EVENTS - d.n_events ? n : N_EVENTS - d.n_events;
		job_feed(&d.job, test->events, d.n_events, n);
		d.n_events += n;
		disturb(&d);
	}
	job_control(&d.job, (struct block){.kind = BLOCK_END});
	n_evicted = job_count(&d.job, "evicted_keys");
	if (!evicts)
		assert_int_equal(job_count(&d.job, "state_full"), 0);
	job_stop(&d.job);
	if (d.saved != d.base)
		forget_saved(d.saved);
	if (d.base != NULL)
		forget_saved(d.base);
	return n_evicted;
}

static void check(struct test *test)
{
	struct job_lines expected = {calloc(N_EVENTS, sizeof(struct job_line)), 0};
	struct job_lines found = {calloc(N_EVENTS, sizeof(struct job_line)), 0};

	make_events(test, N_KEYS);
	run_twin(test, &expected);
	assert_int_equal(expected.n, N_EVENTS);
	run_disturbed(test, &found, false, 6000);
	job_lines_equal(&expected, &found);
	free(expected.lines);
	free(found.lines);
}

// ---- The claims

static void states_of_all_sizes_outlive_everything(void **)
{
	static const uint32_t sizes[] = {16, 24, 200, 1024, 1032, 2000, 5000, 65536};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct test test;

		begin(&test, &witness_kind, 100 + i);
		test.config = &sizes[i];
		check(&test);
		end(&test);
	}
}

static const void *configure(const struct detector_kind *kind, struct arena *arena)
{
	static const struct detector_option above = {"above", NULL, 25};
	bool is_threshold = kind == &detector_threshold;
	struct detector_call call = {.options = &above,
		.n_options = is_threshold ? 1 : 0,
		.n_columns = 1,
		.seed = 1,
		.arena = arena};
	struct err err = {0};
	const void *config = kind->configure(&call, &err);

	if (config == NULL)
		fail_msg("%s: %s", kind->name, err.text);
	return config;
}

static void all_detectors_outlive_everything(void **)
{
	for (uint32_t i = 0; detector_kinds[i] != NULL; i++) {
		struct test test;

		begin(&test, detector_kinds[i], 200 + i);
		test.config = configure(detector_kinds[i], test.arena);
		check(&test);
		end(&test);
	}
}

// With many more keys than there is room for.
static uint64_t evict(uint32_t size, uint32_t n_pages, uint64_t seed)
{
	struct job_lines found = {calloc(N_EVENTS, sizeof(struct job_line)), 0};
	struct test test;
	uint64_t n_evicted;

	begin(&test, &witness_kind, seed);
	test.config = &size;
	make_events(&test, 2000);
	n_evicted = run_disturbed(&test, &found, true, n_pages);
	// All but those whose whole bucket is of the block in hand, which may have as many keys as
	// there is room for.
	assert_true(found.n > N_EVENTS * 3 / 4);
	free(found.lines);
	end(&test);
	return n_evicted;
}

static void idle_keys_make_room(void **)
{
	for (uint64_t seed = 1; seed < 6; seed++) {
		assert_true(evict(1000, 70, seed) > 0);
		assert_true(evict(3000, 200, seed) > 0);
	}
}

// What a pool that is too small drops is counted, and what has a state is scored as ever.
static void full_states_drop_new_keys(void **)
{
	static const uint32_t sizes[] = {600, 9000};

	for (int i = 0; i < 2; i++) {
		struct job_lines expected = {calloc(N_EVENTS, sizeof(struct job_line)), 0};
		struct job_lines found = {calloc(N_EVENTS, sizeof(struct job_line)), 0};
		struct test test;
		struct job job;

		begin(&test, &witness_kind, 300 + (uint64_t)i);
		test.config = &sizes[i];
		make_events(&test, 1000);
		run_twin(&test, &expected);
		job_describe(&job, test.kind, test.config, test.arena, &test.random);
		job.out = &found;
		job.n_pages = 100;
		job_start(&job, 1);
		for (uint32_t n = 0; n < N_EVENTS; n += 100)
			job_feed(&job, test.events, n, 100);
		assert_true(job_count(&job, "state_full") > 0);
		assert_int_equal(job_count(&job, "state_full") + found.n, N_EVENTS);
		for (uint32_t k = 0; k < found.n; k++)
			assert_string_equal(
				found.lines[k].text, expected.lines[found.lines[k].number].text);
		job_stop(&job);
		free(expected.lines);
		free(found.lines);
		end(&test);
	}
}

// ---- For people

struct seen {
	uint32_t n_rows, state_size;
};

static void see_row(void *arg, const struct dump *dump)
{
	const struct str *state = dump->columns[DUMP_FIRST + 1].values;
	struct seen *seen = arg;
	uint64_t n; // as struct witness_state begins

	assert_int_equal(state->len, seen->state_size);
	memcpy(&n, str_data(state), sizeof(n));
	assert_true(n > 0);
	seen->n_rows++;
}

static void dump_all(const struct checkpointed *saved, const struct job *job, struct seen *seen)
{
	struct checkpointed_record **list;
	struct err err = {0};
	struct dump dump;
	uint32_t n;

	assert_int_equal(dump_open(&dump, &job->spec, job->arena, see_row, seen, &err), 0);
	list = checkpointed_list(saved, 1, &n);
	for (uint32_t i = 0; i < n; i++) {
		struct record record = {list[i]->key, list[i]->value, list[i]->len};

		if (record.key.part > 0)
			assert_int_equal(dump_take(&dump, &record, &err), 0);
	}
	assert_int_equal(dump_end(&dump, &err), 0);
	dump_close(&dump);
	free(list);
}

// A checkpoint of all events, into saved.
static void save(
	struct test *test, struct job *job, struct checkpointed *saved, const uint32_t *size)
{
	struct job_lines found = {calloc(N_EVENTS, sizeof(struct job_line)), 0};

	begin(test, &witness_kind, *size);
	test->config = size;
	make_events(test, N_KEYS);
	job_describe(job, test->kind, test->config, test->arena, &test->random);
	checkpointed_begin(saved);
	job->out = &found;
	job->saved = saved;
	job_start(job, 1);
	job_feed(job, test->events, 0, N_EVENTS);
	job_control(job, (struct block){.kind = BLOCK_BARRIER, .checkpoint_id = 1});
	checkpointed_finish(saved, &job->instances[0].task, job->instances[0].op);
	job_stop(job);
	free(found.lines);
}

static const uint32_t saved_sizes[] = {40, 4000};

static void people_see_keys_and_their_bytes(void **)
{
	for (int i = 0; i < 2; i++) {
		struct seen seen = {.state_size = saved_sizes[i]};
		struct checkpointed saved;
		struct test test;
		struct job job;

		save(&test, &job, &saved, &saved_sizes[i]);
		dump_all(&saved, &job, &seen);
		assert_int_equal(seen.n_rows, N_KEYS);
		checkpointed_end(&saved);
		end(&test);
	}
}

static void spoiled_records_are_refused_or_harmless(void **)
{
	for (int i = 0; i < 200; i++) {
		struct checkpointed saved;
		struct test test;
		struct job job;
		struct err err = {0};
		int result;

		save(&test, &job, &saved, &saved_sizes[i % 2]);
		test.random.state += (uint64_t)i;
		checkpointed_spoil(&saved, &test.random);
		job.saved = NULL;
		job_start(&job, 1);
		result = checkpointed_give(&saved, 1, job.instances[0].op, &err);
		assert_true(result == 0 || result == -EINVAL || result == -ENOMEM);
		job_stop(&job);
		checkpointed_end(&saved);
		end(&test);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states_of_all_sizes_outlive_everything),
		cmocka_unit_test(all_detectors_outlive_everything),
		cmocka_unit_test(idle_keys_make_room),
		cmocka_unit_test(full_states_drop_new_keys),
		cmocka_unit_test(people_see_keys_and_their_bytes),
		cmocka_unit_test(spoiled_records_are_refused_or_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
