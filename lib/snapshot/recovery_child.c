#include "snapshot/recovery_child.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "row/key.h"
#include "snapshot/lmdb_check.h"
#include "snapshot/recovery_copy.h"
#include "snapshot/store.h"

enum {
	BYTES_PER_SECOND = 20 << 20, // slower than any disk
	SECONDS_MIN = 60,
	SECONDS_DAMAGED = 20, // when pages may lead in a circle
};

struct child {
	const struct recovery_job *job;
	int pipe;
	bool is_damaged; // the file is, says what
	struct err what;
};

static void say(const struct child *child, const struct recovery_message *message)
{
	// Smaller than PIPE_BUF, so whole or not at all; who does not listen has ended.
	if (write(child->pipe, message, sizeof(*message)) != sizeof(*message))
		_exit(1);
}

static void say_err(const struct child *child, enum recovery_kind kind, int code,
	uint64_t checkpoint, const struct err *err)
{
	struct recovery_message message = {.kind = kind, .code = code, .checkpoint = checkpoint};

	snprintf(message.text, sizeof(message.text), "%s",
		err->text[0] != '\0' ? err->text
		: code == EBADMSG    ? "it is damaged"
				     : strerror(code));
	say(child, &message);
}

// A checkpoint that verifies: whether this job can go on from it.
static void say_found(const struct child *child, const struct manifest *manifest)
{
	struct recovery_message message = {
		.kind = RECOVERY_FOUND,
		.checkpoint = manifest->checkpoint,
		.seed = manifest->seed,
		.key_groups = manifest->key_groups,
		.ended_ns = manifest->ended_ns,
		.is_damaged = child->is_damaged,
	};

	snprintf(message.text, sizeof(message.text), "%s", child->what.text);
	say(child, &message);
}

static int refuse(const struct child *child, const struct manifest *manifest, struct err *err)
{
	char where[PATH_MAX + 64];

	snprintf(where, sizeof(where), "checkpoint %" PRIu64 " in '%s'", manifest->checkpoint,
		child->job->path);
	if (manifest->key_groups != KEY_GROUPS)
		return err_set(err, EPROTO,
			"%.300s has %" PRIu32 " key groups, and this tidewire has %d", where,
			manifest->key_groups, KEY_GROUPS);
	return child->job->plan != NULL ? manifest_match(manifest, child->job->plan, where, err)
					: 0;
}

// Tables are as the newest checkpoint left them, which may be the one that does not verify.
static int verify_tables(
	struct checkpoint_store *store, const uint64_t *numbers, int n, struct err *err)
{
	int result = -EBADMSG;

	for (int i = 0; result == -EBADMSG && i < n; i++) {
		struct manifest manifest;

		if (checkpoint_manifest(store, numbers[i], &manifest, NULL) < 0)
			continue;
		result = checkpoint_verify_tables(store, &manifest, err);
		manifest_clear(&manifest);
	}
	return result;
}

// Look at numbers[0], of n that are there from it on. True when that was the last word.
static bool try(struct child *child, struct checkpoint_store *store, const uint64_t *numbers, int n)
{
	struct recovery_message trying = {.kind = RECOVERY_TRYING, .checkpoint = numbers[0]};
	struct manifest manifest;
	struct err err = {0};
	int result;

	say(child, &trying);
	result = checkpoint_manifest(store, numbers[0], &manifest, &err);
	if (result == 0) {
		result = refuse(child, &manifest, &err);
		if (result < 0)
			manifest_clear(&manifest);
	}
	if (result == -EPROTO || result == -EINVAL) {
		say_err(child, RECOVERY_REFUSED, -result, numbers[0], &err);
		return true;
	}
	if (result < 0) {
		say_err(child, RECOVERY_BAD, -result, numbers[0], &err);
		return false;
	}
	result = checkpoint_read(store, numbers[0], NULL, NULL, &err);
	if (result < 0) {
		say_err(child, RECOVERY_BAD, -result, numbers[0], &err);
	} else {
		result = verify_tables(store, numbers, n, &err);
		if (result < 0)
			say_err(child, RECOVERY_REFUSED, -result, numbers[0], &err);
		else
			say_found(child, &manifest);
		result = 0;
	}
	manifest_clear(&manifest);
	return result == 0;
}

static void examine(struct child *child, struct checkpoint_store *store)
{
	struct recovery_message nothing = {.kind = RECOVERY_NOTHING};
	uint64_t numbers[CHECKPOINT_RETAINED_MAX];
	struct err err = {0};
	int n = checkpoint_list(store, numbers, CHECKPOINT_RETAINED_MAX);

	if (n < 0) {
		say_err(child, RECOVERY_REFUSED, -n, 0, &err);
		return;
	}
	n = n < CHECKPOINT_RETAINED_MAX ? n : CHECKPOINT_RETAINED_MAX;
	if (n == 0 && child->is_damaged) {
		say_err(child, RECOVERY_REFUSED, EBADMSG, 0, &child->what);
		return;
	}
	if (n == 0)
		say(child, &nothing);
	for (int i = n - 1; i >= 0; i--)
		if (child->job->below == 0 || numbers[i] < child->job->below)
			if (try(child, store, numbers + i, n - i))
				return;
}

static void run(struct child *child)
{
	struct recovery_message copied = {.kind = RECOVERY_COPIED};
	struct checkpoint_store *store;
	struct err err = {0};
	int result;

	child->is_damaged = lmdb_check(child->job->path, &child->what) < 0;
	if (child->is_damaged)
		alarm(SECONDS_DAMAGED);
	store = checkpoint_store_open_read_only(child->job->path, &err);
	if (store == NULL) {
		say_err(child, RECOVERY_REFUSED, errno, 0, &err);
		return;
	}
	if (child->job->into == NULL) {
		examine(child, store);
		return;
	}
	result = recovery_copy(store, child->job->checkpoint, child->job->into, &err);
	if (result < 0)
		say_err(child, RECOVERY_REFUSED, -result, child->job->checkpoint, &err);
	else
		say(child, &copied);
}

// Signals as if nobody had ever asked for them; no core; and an end, if pages lead in a circle.
static void become_child(const struct recovery_job *job)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM, SIGTERM};
	const struct rlimit none = {0, 0};
	char path[PATH_MAX + 16];
	struct stat stat_ = {0};
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		signal(signals[i], SIG_DFL);
	setrlimit(RLIMIT_CORE, &none);
	if (null >= 0)
		dup2(null, STDERR_FILENO); // liblmdb speaks its last words there
	snprintf(path, sizeof(path), "%s/data.mdb", job->path);
	if (stat(path, &stat_) == 0)
		alarm((unsigned int)(SECONDS_MIN + stat_.st_size / BYTES_PER_SECOND));
}

static void listen(int fd, struct recovery_message *last,
	void (*told)(void *arg, const struct recovery_message *message), void *arg)
{
	struct recovery_message message;
	ssize_t n;

	while ((n = read(fd, &message, sizeof(message))) != 0) {
		if (n == sizeof(message)) {
			*last = message;
			told(arg, &message);
		} else if (n > 0 || errno != EINTR) {
			return;
		}
	}
}

static int how_it_ended(pid_t pid, struct err *err)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_set(err, errno, "cannot wait for who verifies the state");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFSIGNALED(status))
		return err_set(err, ECHILD, "reading it ended in %s", strsignal(WTERMSIG(status)));
	return err_set(err, ECHILD, "reading it ended in a failure");
}

int recovery_child(const struct recovery_job *job, struct recovery_message *last,
	void (*told)(void *arg, const struct recovery_message *message), void *arg, struct err *err)
{
	struct child child = {.job = job};
	int fds[2];
	pid_t pid;

	*last = (struct recovery_message){0};
	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_set(err, errno, "cannot make a pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0) {
		close(fds[0]);
		close(fds[1]);
		return err_set(err, EAGAIN, "cannot start a process to verify the state");
	}
	if (pid == 0) {
		close(fds[0]);
		child.pipe = fds[1];
		become_child(job);
		run(&child);
		_exit(0);
	}
	close(fds[1]);
	listen(fds[0], last, told, arg);
	close(fds[0]);
	return how_it_ended(pid, err);
}
