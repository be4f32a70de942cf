#include "snapshot/recovery.h"
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "snapshot/directory.h"
#include "snapshot/recovery_child.h"

// What the children have found so far.
struct search {
	struct recovery_message found; // or what refuses
	uint64_t trying; // 0 = none
	uint64_t bad; // the newest that does not verify; 0 = none
	char why[ERR_TEXT_MAX]; // it does not
	uint32_t n_bad;
};

static void note_bad(struct search *search, uint64_t checkpoint, const char *why)
{
	if (search->n_bad++ > 0)
		return;
	search->bad = checkpoint;
	snprintf(search->why, sizeof(search->why), "%s", why);
}

static void told(void *arg, const struct recovery_message *message)
{
	struct search *search = arg;

	if (message->kind == RECOVERY_TRYING) {
		search->trying = message->checkpoint;
		return;
	}
	if (message->kind == RECOVERY_BAD)
		note_bad(search, message->checkpoint, message->text);
	else
		search->found = *message;
	search->trying = 0;
}

// Children look at path until one comes to an end: each goes on below what killed the one before.
static int search_in(const char *path, const struct checkpoint_plan *plan, struct search *search,
	struct err *err)
{
	struct recovery_job job = {.path = path, .plan = plan};
	struct recovery_message last;
	struct err death;
	int result;

	for (;;) {
		death = (struct err){0};
		search->trying = 0;
		result = recovery_child(&job, &last, told, search, &death);
		if (result != -ECHILD)
			return result < 0 ? err_set(err, -result, "%s", death.text) : 0;
		if (search->trying == 0)
			return err_set(err, EBADMSG, "the state in '%.300s' is damaged: %.150s",
				path, death.text);
		note_bad(search, search->trying, death.text);
		job.below = search->trying;
	}
}

static void describe(struct recovery *recovery, const struct search *search)
{
	time_t ended = (time_t)(search->found.ended_ns / 1000000000);
	struct tm tm;
	char when[64];

	gmtime_r(&ended, &tm);
	strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S UTC", &tm);
	if (search->n_bad > 0)
		snprintf(recovery->note, sizeof(recovery->note),
			"checkpoint %" PRIu64 " does not verify (%.300s): restoring checkpoint "
			"%" PRIu64 " of %s",
			search->bad, search->why, search->found.checkpoint, when);
	else
		snprintf(recovery->note, sizeof(recovery->note),
			"restoring checkpoint %" PRIu64 " of %s%s%.300s", search->found.checkpoint,
			when,
			search->found.is_damaged ? ", copied because the file is damaged: " : "",
			search->found.is_damaged ? search->found.text : "");
}

static int verdict(const char *path, const struct search *search, struct err *err)
{
	if (search->found.kind == RECOVERY_REFUSED)
		return err_set(err, search->found.code, "%s", search->found.text);
	if (search->found.kind == RECOVERY_NOTHING && search->n_bad > 0)
		return err_set(err, EBADMSG,
			"no checkpoint in '%.200s' verifies: checkpoint %" PRIu64 ": %.250s", path,
			search->bad, search->why);
	return 0;
}

static void ignore(void *arg, const struct recovery_message *message)
{
}

// Let state_dir hold this checkpoint and nothing else.
static int install(const char *state_dir, const char *path, uint64_t checkpoint, struct err *err)
{
	char new[PATH_MAX];
	struct recovery_job job = {.path = path, .into = new, .checkpoint = checkpoint};
	struct recovery_message last;
	int result = directory_begin_new(state_dir, new, err);

	if (result == 0)
		result = recovery_child(&job, &last, ignore, NULL, err);
	if (result < 0)
		return result;
	if (last.kind != RECOVERY_COPIED)
		return err_set(err, last.code,
			"cannot copy checkpoint %" PRIu64 " to '%.200s': %.200s", checkpoint,
			state_dir, last.text);
	return directory_end_new(state_dir, err);
}

static bool same_directory(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int find_in(const char *path, const char *state_dir, const struct checkpoint_plan *plan,
	struct recovery *recovery, struct err *err)
{
	struct search search = {0};
	bool is_there = state_dir != NULL && same_directory(path, state_dir);
	int result = search_in(path, plan, &search, err);

	if (result == 0)
		result = verdict(path, &search, err);
	if (result < 0 || search.found.kind != RECOVERY_FOUND)
		return result;
	describe(recovery, &search);
	if (state_dir != NULL && (!is_there || search.n_bad > 0 || search.found.is_damaged))
		result = install(state_dir, path, search.found.checkpoint, err);
	if (result < 0)
		return result;
	recovery->is_found = true;
	recovery->checkpoint = search.found.checkpoint;
	recovery->seed = search.found.seed;
	recovery->key_groups = search.found.key_groups;
	snprintf(
		recovery->path, sizeof(recovery->path), "%s", state_dir != NULL ? state_dir : path);
	return 0;
}

static int find(const char *state_dir, const char *restore, const struct checkpoint_plan *plan,
	struct recovery *recovery, struct err *err)
{
	int result = 0;

	if (strcmp(restore, "none") == 0) {
		if (state_dir != NULL && directory_has_state(state_dir))
			result = directory_put_aside(state_dir, err);
		return result;
	}
	if (strcmp(restore, "latest") == 0) {
		if (state_dir != NULL && directory_has_state(state_dir))
			result = find_in(state_dir, state_dir, plan, recovery, err);
		return result;
	}
	if (!directory_has_state(restore))
		return err_set(err, ENOENT, "there is no state in '%s' to restore", restore);
	result = find_in(restore, state_dir, plan, recovery, err);
	if (result == 0 && !recovery->is_found)
		return err_set(err, ENOENT, "there is no checkpoint in '%s' to restore", restore);
	return result;
}

int recovery_find(const char *state_dir, const char *restore, const struct checkpoint_plan *plan,
	struct recovery *recovery, struct err *err)
{
	int lock = -1, result = 0;

	*recovery = (struct recovery){0};
	if (state_dir != NULL) {
		result = directory_make(state_dir, err);
		if (result == 0)
			lock = directory_lock(state_dir, err);
		if (lock < 0)
			return result < 0 ? result : lock;
	}
	result = find(state_dir, restore, plan, recovery, err);
	if (lock >= 0)
		close(lock);
	return result;
}
