// What a checkpoint store leaves behind when the process, the power, the disk or single bits fail.
// Recovery must find the last checkpoint that was committed, or the one that was being committed,
// whole; or (rotten files) say that it cannot. Nothing else, and the process itself must live.
//
//	storage crash DIR [SEED]          dies before and after each write, k = 1 … all
//	storage power DIR STATES [SEED]   a random one of the states that a power loss may leave
//	storage errors DIR [SEED]         EIO, ENOSPC, short writes at each call, and from each call
// on 	storage rot DIR CASES [SEED]      bits flipped, pages zeroed, torn, exchanged, files cut
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "disk.h"
#include "model.h"
#include "rot.h"
#include "snapshot/checkpoint_store.h"
#include "snapshot/checkpoint_writer.h"
#include "snapshot/recovery.h"

enum { N_CHECKPOINTS = 8, N_CHANGES = 40, PATH_SIZE = 512, STEPS_MAX = 100000 };

static const struct checkpoint_operator operators[] = {
	{.id = 1, .kind = "One", .text = "a"},
	{.id = 2, .kind = "Two", .text = "b"},
	{.id = 3, .kind = "Three", .text = "c"},
};
static const struct checkpoint_plan plan = {
	.job_name = "storage", .script = "SELECT 1", .n_operators = 3, .operators = operators};

static uint64_t n_failed;

static void fail(const char *what, uint64_t number, const char *why)
{
	n_failed++;
	printf("FAILED %s %" PRIu64 ": %s\n", what, number, why);
}

// ---- A process that takes checkpoints.

struct job {
	struct checkpoint_store *store;
	struct checkpoint_writer *writer;
	struct record_out *out;
};

static bool job_open(struct job *job, const char *dir, uint64_t first, struct err *err)
{
	struct checkpoint_options options = {
		.dir = dir, .n_retained = 2, .plan = &plan, .first_checkpoint = first};

	hash_seed_from(&options.seed, 1);
	*job = (struct job){.out = record_out_new(8 << 20)};
	job->store = checkpoint_store_open(&options, err);
	if (job->store != NULL)
		job->writer = checkpoint_writer_new(job->store, &job->out, 1, err);
	return job->writer != NULL;
}

static void job_close(struct job *job)
{
	checkpoint_writer_free(job->writer);
	if (job->store != NULL)
		checkpoint_store_close(job->store);
	record_out_free(job->out);
}

// True when it was committed.
static bool take_checkpoint(
	struct job *job, struct model *model, uint64_t checkpoint, uint32_t n_changes)
{
	struct checkpoint_result result;

	checkpoint_writer_begin(job->writer, checkpoint);
	model_write(model, job->out, checkpoint, n_changes);
	for (int i = 0; i < STEPS_MAX; i++) {
		checkpoint_writer_step(job->writer, (int64_t)checkpoint * 1000000000);
		if (checkpoint_writer_result(job->writer, &result))
			return result.is_committed;
	}
	fail("checkpoint", checkpoint, "has no result");
	return false;
}

// ---- What is found afterwards.

enum found { FOUND_RIGHT, FOUND_NONE, FOUND_REFUSED, FOUND_WRONG };

// Which checkpoint dir goes on from, read whole and compared.
static enum found find(const char *dir, const struct model *model, uint64_t *checkpoint, char *why,
	size_t why_size)
{
	struct recovery recovery = {0};
	struct model_sum sum = {0};
	struct checkpoint_store *store;
	struct err err = {0};

	*checkpoint = 0;
	if (recovery_find(dir, "latest", &plan, &recovery, &err) < 0) {
		snprintf(why, why_size, "refused: %.400s", err.text);
		return FOUND_REFUSED;
	}
	if (!recovery.is_found)
		return FOUND_NONE;
	*checkpoint = recovery.checkpoint;
	store = checkpoint_store_open_read_only(recovery.path, &err);
	if (store == NULL ||
		checkpoint_read(store, recovery.checkpoint, model_add, &sum, &err) < 0) {
		snprintf(why, why_size, "found %" PRIu64 ", then: %.400s", *checkpoint, err.text);
		return FOUND_WRONG;
	}
	checkpoint_store_close(store);
	if (model_matches(model, *checkpoint, &sum))
		return FOUND_RIGHT;
	snprintf(why, why_size, "checkpoint %" PRIu64 " has other records than were written",
		*checkpoint);
	return FOUND_WRONG;
}

// Exactly this checkpoint or the next one.
static void expect(const char *what, uint64_t number, const char *dir, const struct model *model,
	uint64_t committed)
{
	char why[ERR_TEXT_MAX + 64] = "";
	uint64_t checkpoint;
	enum found found = find(dir, model, &checkpoint, why, sizeof(why));

	if (found == FOUND_REFUSED || found == FOUND_WRONG) {
		fail(what, number, why);
	} else if (checkpoint != committed && checkpoint != committed + 1) {
		snprintf(why, sizeof(why), "found %" PRIu64 ", committed was %" PRIu64, checkpoint,
			committed);
		fail(what, number, why);
	}
}

// ---- Directories

static void make_empty(const char *dir)
{
	char command[2 * PATH_SIZE + 64];

	snprintf(command, sizeof(command), "rm -rf '%s' && mkdir -p '%s'", dir, dir);
	if (system(command) != 0)
		abort();
}

static void copy_dir(const char *from, const char *to)
{
	char command[2 * PATH_SIZE + 64];

	make_empty(to);
	snprintf(command, sizeof(command), "cp -r '%s'/. '%s'", from, to);
	if (system(command) != 0)
		abort();
}

// ---- Crash at every write

// In a child: all checkpoints from the start of an empty directory. What was committed goes to a
// pipe.
static void run_to_death(const char *dir, enum disk_plan how, uint64_t at, uint64_t seed, int pipe)
{
	struct model *model = calloc(1, sizeof(*model));
	struct err err = {0};
	struct job job;

	model->random.state = seed;
	disk_plan(dir, how, at, 0);
	if (!job_open(&job, dir, 1, &err))
		_exit(3);
	for (uint64_t n = 1; n <= N_CHECKPOINTS; n++) {
		if (!take_checkpoint(&job, model, n, N_CHANGES))
			_exit(4);
		if (write(pipe, &n, sizeof(n)) != sizeof(n))
			_exit(5);
	}
	_exit(0);
}

// Returns false when the process outlived the call: there are fewer of them.
static bool crash_once(
	const char *dir, enum disk_plan how, uint64_t at, uint64_t seed, const struct model *model)
{
	uint64_t committed = 0, n;
	int ends[2], status;
	pid_t child;

	make_empty(dir);
	if (pipe(ends) < 0)
		abort();
	child = fork();
	if (child == 0)
		run_to_death(dir, how, at, seed, ends[1]);
	close(ends[1]);
	while (read(ends[0], &n, sizeof(n)) == sizeof(n))
		committed = n;
	close(ends[0]);
	waitpid(child, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return false;
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		fail("crash at call", at, "the process ended in another way");
	expect("crash at call", at, dir, model, committed);
	return true;
}

// The digests of all checkpoints.
static struct model *foresee(uint64_t seed)
{
	struct model *model = calloc(1, sizeof(*model));
	struct record_out *out = record_out_new(64 << 20);

	model->random.state = seed;
	for (uint64_t n = 1; n <= N_CHECKPOINTS; n++)
		model_write(model, out, n, N_CHANGES);
	record_out_free(out);
	return model;
}

static void crash(const char *dir, uint64_t seed)
{
	struct model *model = foresee(seed);
	uint64_t n = 0;

	for (uint64_t at = 1; crash_once(dir, DISK_DIE_BEFORE, at, seed, model); at++)
		n++;
	for (uint64_t at = 1; crash_once(dir, DISK_DIE_AFTER, at, seed, model); at++)
		n++;
	printf("crash: %" PRIu64 " deaths before and after each call, %" PRIu64 " failed\n", n,
		n_failed);
	free(model);
}

// ---- Power loss

static uint64_t draw(void *random)
{
	return random_bits(random) >> 16;
}

static struct model *record_run(const char *dir, uint64_t seed)
{
	struct model *model = calloc(1, sizeof(*model));
	struct err err = {0};
	struct job job;

	model->random.state = seed;
	make_empty(dir);
	disk_forget();
	disk_plan(dir, DISK_RECORD, 0, 0);
	if (!job_open(&job, dir, 1, &err)) {
		fail("power", seed, err.text);
		exit(1);
	}
	for (uint64_t n = 1; n <= N_CHECKPOINTS; n++) {
		if (!take_checkpoint(&job, model, n, N_CHANGES))
			fail("power: checkpoint", n, "failed");
		disk_mark((int64_t)n);
	}
	disk_plan(dir, DISK_PASS, 0, 0);
	job_close(&job);
	return model;
}

// States of one run: some behind each event.
static uint64_t power_run(const char *dir, uint64_t seed, uint64_t n_states)
{
	struct disk_trace *trace = disk_trace();
	struct random random = {seed ^ 0x9e3779b9};
	struct disk_state *state = disk_state_new();
	struct model *model = record_run(dir, seed);
	char left[PATH_SIZE];
	uint64_t committed = 0, n = 0;

	snprintf(left, sizeof(left), "%s.left", dir);
	for (uint32_t i = 0; i < trace->n_events; i++) {
		uint64_t n_here = n_states / trace->n_events + (random_below(&random, 2) == 0);

		if (trace->events[i].kind == DISK_MARK)
			committed = (uint64_t)trace->events[i].offset;
		disk_state_apply(state, &trace->events[i]);
		for (uint64_t k = 0; k < n_here; k++, n++) {
			make_empty(left);
			disk_state_write(state, left, draw, &random);
			expect("power state", n, left, model, committed);
		}
	}
	disk_state_free(state);
	free(model);
	return n;
}

static void power(const char *dir, uint64_t n_states, uint64_t seed)
{
	uint64_t n = 0;

	while (n < n_states)
		n += power_run(dir, seed++, n_states < 2000 ? n_states : 2000);
	printf("power: %" PRIu64 " states, %" PRIu64 " failed\n", n, n_failed);
}

// ---- Errors

struct error_kind {
	enum disk_plan plan;
	int error;
	const char *name;
};

// The call fails in the middle of the checkpoints: some may fail, the one after the last failure
// must be complete. With DISK_FAIL_ON the disk is well again for the last one.
static bool errors_once(const char *dir, const struct error_kind *kind, uint64_t at, uint64_t seed)
{
	struct model *model = calloc(1, sizeof(*model));
	uint64_t committed = 0, n_calls;
	char copy[PATH_SIZE];
	struct err err = {0};
	struct job job;

	model->random.state = seed;
	make_empty(dir);
	disk_plan(dir, kind->plan, at, kind->error);
	if (!job_open(&job, dir, 1, &err)) {
		if (err.text[0] == '\0')
			fail(kind->name, at, "did not open, and did not say why");
		disk_plan(dir, DISK_PASS, 0, 0);
		job_close(&job);
		free(model);
		return true;
	}
	for (uint64_t n = 1; n < N_CHECKPOINTS; n++)
		if (take_checkpoint(&job, model, n, N_CHANGES))
			committed = n;
	n_calls = disk_n_calls();
	disk_plan(dir, DISK_PASS, 0, 0);
	snprintf(copy, sizeof(copy), "%s.copy", dir); // dir is in use
	copy_dir(dir, copy);
	expect(kind->name, at, copy, model, committed);
	if (!take_checkpoint(&job, model, N_CHECKPOINTS, N_CHANGES))
		fail(kind->name, at, "the next checkpoint failed, though the disk is well");
	job_close(&job);
	expect(kind->name, at, dir, model, N_CHECKPOINTS);
	free(model);
	return at < n_calls;
}

static void errors(const char *dir, uint64_t seed)
{
	static const struct error_kind kinds[] = {
		{DISK_FAIL, EIO, "EIO at call"},
		{DISK_FAIL, ENOSPC, "ENOSPC at call"},
		{DISK_FAIL_SHORT, ENOSPC, "short write at call"},
		{DISK_FAIL_ON, EIO, "EIO from call on"},
		{DISK_FAIL_ON, ENOSPC, "ENOSPC from call on"},
	};
	uint64_t n = 0;

	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		for (uint64_t at = 1; errors_once(dir, &kinds[k], at, seed); at++)
			n++;
	printf("errors: %" PRIu64 " runs, %" PRIu64 " failed\n", n, n_failed);
}

// ---- Rot

// The process that finds this goes on from what it has found: in a child, to see that it lives.
static int go_on(const char *dir, const struct model *model, uint64_t number)
{
	char why[ERR_TEXT_MAX + 64] = "";
	struct model *own = malloc(sizeof(*own));
	struct err err = {0};
	uint64_t checkpoint;
	struct job job;
	enum found found = find(dir, model, &checkpoint, why, sizeof(why));

	if (found == FOUND_WRONG)
		fail("rot", number, why);
	if (found != FOUND_RIGHT)
		return n_failed > 0 ? 1 : 10 + (int)found;
	// All of the state is new to the next process, as after any start.
	*own = *model;
	own->n = 0;
	if (!job_open(&job, dir, checkpoint + 1, &err))
		return err.text[0] != '\0' ? 20 : 1;
	for (uint64_t n = checkpoint + 1; n <= checkpoint + 3; n++)
		if (!take_checkpoint(&job, own, n, N_CHANGES))
			return 21; // it said so
	job_close(&job);
	expect("rot, afterwards", number, dir, own, checkpoint + 3);
	return n_failed > 0 ? 1 : 0;
}

static void rot(const char *dir, uint64_t n_cases, uint64_t seed)
{
	struct model *model = record_run(dir, seed);
	uint64_t n_by_status[32] = {0};
	char copy[PATH_SIZE];

	disk_forget();
	snprintf(copy, sizeof(copy), "%s.rot", dir);
	for (uint64_t n = 0; n < n_cases; n++) {
		struct random random = {seed * 1000003 + n};
		int status;
		pid_t child;

		copy_dir(dir, copy);
		rot_dir(copy, &random);
		fflush(stdout);
		child = fork();
		if (child == 0) {
			status = go_on(copy, model, n);
			fflush(stdout);
			_exit(status);
		}
		waitpid(child, &status, 0);
		if (!WIFEXITED(status) || WEXITSTATUS(status) == 1)
			fail("rot", n, WIFEXITED(status) ? "see above" : "the process died");
		else if (WEXITSTATUS(status) < 32)
			n_by_status[WEXITSTATUS(status)]++;
	}
	printf("rot: %" PRIu64 " cases, %" PRIu64 " went on, %" PRIu64 " refused, %" PRIu64
	       " found nothing, %" PRIu64 " could not go on and said so, %" PRIu64 " failed\n",
		n_cases, n_by_status[0], n_by_status[10 + FOUND_REFUSED],
		n_by_status[10 + FOUND_NONE], n_by_status[20] + n_by_status[21], n_failed);
	free(model);
}

static uint64_t number(int argc, char **argv, int i, uint64_t otherwise)
{
	return i < argc ? strtoull(argv[i], NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "", *dir = argc > 2 ? argv[2] : "";

	if (strcmp(mode, "crash") == 0)
		crash(dir, number(argc, argv, 3, 1));
	else if (strcmp(mode, "power") == 0)
		power(dir, number(argc, argv, 3, 1000), number(argc, argv, 4, 1));
	else if (strcmp(mode, "errors") == 0)
		errors(dir, number(argc, argv, 3, 1));
	else if (strcmp(mode, "rot") == 0)
		rot(dir, number(argc, argv, 3, 200), number(argc, argv, 4, 1));
	else
		return fprintf(stderr, "storage crash|power|errors|rot DIR …\n"), 2;
	return n_failed > 0 ? 1 : 0;
}
