// Simulation: the real runtime, driven by one thread and one seed. The seed chooses the events, the
// job, how many instances and lcores there are, in what order tasks, disk and checkpoints go on,
// how the clock jumps, what fails, and when the process dies. The next one goes on from the last
// checkpoint that was committed, at another parallelism. The invariant: the same rows come out as
// from an undisturbed run at parallelism 1, and its account of events closes.
//
//	sim --seeds 1000             seeds 1 to 1000
//	sim --first 17 --seeds 1     one seed again
//	sim --job session            this job only
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "files.h"
#include "jobs.h"
#include "life.h"

enum { EVENTS_MAX = 400, EVENTS_MANY = 3000, DEATHS_MAX = 5 };

struct tally {
	uint64_t n_seeds, n_failed, n_lives, n_checkpoints, n_failed_checkpoints, n_steps;
};

struct seed_run {
	uint64_t seed;
	uint32_t job;
	struct random random;
	struct random world; // what happens in the disturbed run
	struct tally *tally;
	char lives[2000]; // how each ended, for people
	size_t lives_len;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

// The lines of a file, sorted, as one text. The caller frees it.
static char *sorted_lines(const struct sim_file *file)
{
	char *bytes = calloc(1, file->len + 1), *text = calloc(1, file->len + 2), *at = text;
	char **lines = malloc((file->len + 1) * sizeof(*lines));
	size_t n = 0;

	if (file->len > 0)
		memcpy(bytes, file->bytes, file->len);
	for (char *line = strtok(bytes, "\n"); line != NULL; line = strtok(NULL, "\n"))
		lines[n++] = line;
	qsort(lines, n, sizeof(*lines), by_text);
	for (size_t i = 0; i < n; i++) {
		at = stpcpy(at, lines[i]);
		at = stpcpy(at, "\n");
	}
	free(lines);
	free(bytes);
	return text;
}

static void make_inputs(struct seed_run *run)
{
	uint64_t n_max = random_below(&run->random, 50) == 0 ? EVENTS_MANY : EVENTS_MAX;

	input_write(file_named("a"), &run->random, n_max);
	input_write(file_named("b"), &run->random, n_max);
}

static void note_life(struct seed_run *run, const struct life *life, enum life_end end)
{
	static const char *const names[] = {"finished", "suspended", "died", "wrong"};
	size_t room = sizeof(run->lives) - run->lives_len;
	int len = snprintf(run->lives + run->lives_len, room,
		"  parallelism %u on %u lcores, %lu checkpoints, %lu failed: %s after %lu steps\n",
		life->parallelism, life->n_lcores, life->n_checkpoints, life->n_failed, names[end],
		life->n_steps);

	if (len > 0 && (size_t)len < room)
		run->lives_len += (size_t)len;
	run->tally->n_lives++;
	run->tally->n_checkpoints += life->n_checkpoints;
	run->tally->n_failed_checkpoints += life->n_failed;
	run->tally->n_steps += life->n_steps;
}

// The undisturbed run. Returns its rows, or NULL.
static char *run_calmly(struct seed_run *run, const char *sql)
{
	struct life life = {.random = &run->world,
		.sql = sql,
		.calm = true,
		.n_lcores = 1,
		.parallelism = 1,
		.n_steps_max = UINT64_MAX,
		.suspend_at = UINT64_MAX};
	const struct account *account = &life.account;

	if (life_run(&life) != LIFE_FINISHED)
		return NULL;
	if (account->n_open != 0 || account->n_in != account->n_out + account->n_dropped) {
		snprintf(life_error, sizeof(life_error), "the account does not close");
		return NULL;
	}
	return sorted_lines(file_named("out"));
}

static void choose_life(struct seed_run *run, struct life *life, uint32_t n_deaths)
{
	struct random *random = &run->world;

	life->random = random;
	life->n_lcores = 1 + (uint32_t)random_below(random, LIFE_LCORES_MAX);
	life->parallelism = 1 + (uint32_t)random_below(random, 5);
	life->n_steps_max = life->suspend_at = UINT64_MAX;
	life->n_checkpoints = life->n_failed = 0;
	if (n_deaths == 0)
		return;
	if (random_below(random, 4) == 0)
		life->suspend_at = random_below(random, 1ull << (4 + random_below(random, 10)));
	else
		life->n_steps_max = random_below(random, 1ull << (4 + random_below(random, 12)));
}

// Life after life, until one has come to the end; sometimes one more, that has nothing left to do.
static char *run_roughly(struct seed_run *run, const char *sql)
{
	bool is_real = random_below(&run->world, 2) == 0;
	struct depot *store = is_real ? depot_real(&run->world) : depot_model(&run->world);
	struct life life = {.sql = sql, .store = store};
	uint64_t n_deaths = random_below(&run->world, DEATHS_MAX + 1);
	bool once_more = random_below(&run->world, 4) == 0;
	enum life_end end;

	do {
		choose_life(run, &life, (uint32_t)n_deaths);
		n_deaths -= n_deaths > 0;
		end = life_run(&life);
		note_life(run, &life, end);
		if (end == LIFE_FINISHED && once_more) {
			once_more = false;
			end = LIFE_DIED;
		}
	} while (end == LIFE_DIED || end == LIFE_SUSPENDED);
	depot_free(store);
	return end == LIFE_FINISHED ? sorted_lines(file_named("out")) : NULL;
}

static void print_first_difference(const char *expected, const char *got)
{
	char *left = strdup(expected), *right = strdup(got), *a_rest, *b_rest;
	const char *a = strtok_r(left, "\n", &a_rest), *b = strtok_r(right, "\n", &b_rest);
	int n = 0;

	while ((a != NULL || b != NULL) && n < 6) {
		int order = a == NULL ? 1 : b == NULL ? -1 : strcmp(a, b);

		if (order != 0 && ++n > 0)
			fprintf(stderr, "  %s %s\n",
				order < 0 ? "missing:" : "too much:", order < 0 ? a : b);
		if (order <= 0)
			a = strtok_r(NULL, "\n", &a_rest);
		if (order >= 0)
			b = strtok_r(NULL, "\n", &b_rest);
	}
	free(left);
	free(right);
}

static uint64_t seed_in_work;

// An assertion has failed: say for which seed.
static void on_abort(int number)
{
	static char text[100];
	int len = snprintf(text, sizeof(text), "sim: again: sim --first %lu --seeds 1\n",
		(unsigned long)seed_in_work);

	(void)number;
	if (write(STDERR_FILENO, text, (size_t)len) < 0)
		_exit(1);
}

static bool run_seed(uint64_t seed, const char *only, struct tally *tally)
{
	struct seed_run run = {.seed = seed, .random = {seed}, .world = {~seed}, .tally = tally};
	char *expected, *got = NULL, *sql;
	bool same;

	seed_in_work = seed;
	run.job = (uint32_t)random_below(&run.random, jobs_count());
	for (uint32_t i = 0; only != NULL && i < jobs_count(); i++)
		if (strcmp(job_name(i), only) == 0)
			run.job = i;
	files_reset(&run.world, true);
	make_inputs(&run);
	sql = job_script(run.job);
	expected = run_calmly(&run, sql);
	if (expected != NULL) {
		files_disturb();
		got = run_roughly(&run, sql);
	}
	same = expected != NULL && got != NULL && strcmp(expected, got) == 0;
	if (!same) {
		fprintf(stderr,
			"sim: seed %lu (%s): %s; again: sim --first %lu --seeds 1%s%s%s\n%s", seed,
			job_name(run.job), got == NULL ? life_error : "rows differ", seed,
			only != NULL ? " --job '" : "", only != NULL ? only : "",
			only != NULL ? "'" : "", run.lives);
		if (got != NULL)
			print_first_difference(expected, got);
	}
	free(expected);
	free(got);
	free(sql);
	return same;
}

int main(int argc, char **argv)
{
	uint64_t first = 1, n_seeds = 100;
	struct tally tally = {0};
	const char *job = NULL;
	double seconds = (double)clock();

	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--seeds") == 0)
			n_seeds = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--first") == 0)
			first = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--job") == 0)
			job = argv[i + 1];
	}
	signal(SIGABRT, on_abort);
	// What is freed is used again at once: the kernel would clear it each time.
	mallopt(M_MMAP_MAX, 0);
	mallopt(M_TRIM_THRESHOLD, 1 << 30);
	for (uint64_t seed = first; seed < first + n_seeds; seed++)
		tally.n_failed += !run_seed(seed, job, &tally);
	files_reset(NULL, true);
	seconds = ((double)clock() - seconds) / CLOCKS_PER_SEC;
	printf("%lu lives, %lu checkpoints, %lu failed ones, %lu steps; %.0f seeds a minute\n",
		tally.n_lives, tally.n_checkpoints, tally.n_failed_checkpoints, tally.n_steps,
		(double)n_seeds * 60 / seconds);
	printf("%lu passed, %lu failed\n", n_seeds - tally.n_failed, tally.n_failed);
	return tally.n_failed > 0;
}
