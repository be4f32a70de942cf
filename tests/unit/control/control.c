// The control socket, with a world in place of a job, and clients that behave and that do not.
#include "control/control.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include "control/socket.h"

enum { TICKETS_MAX = 4 };

struct rig {
	char dir[64];
	int dir_fd;
	struct control *control;
	uint64_t n_tickets;
	uint64_t n_open; // tickets whose result nobody has asked for
	bool is_stopped, is_drained;
	char savepoint[CONTROL_LINE_MAX];
	bool is_done; // all tickets
	struct checkpoint_result result;
};

static uint64_t trigger(void *arg, const char *savepoint)
{
	struct rig *rig = arg;

	strcpy(rig->savepoint, savepoint != NULL ? savepoint : "");
	if (rig->n_open == TICKETS_MAX)
		return 0;
	rig->n_open++;
	return ++rig->n_tickets;
}

static uint64_t stop(void *arg, const char *savepoint, bool drains)
{
	((struct rig *)arg)->is_stopped = true;
	((struct rig *)arg)->is_drained = drains;
	return trigger(arg, savepoint);
}

static bool done(void *arg, uint64_t ticket, struct checkpoint_result *result)
{
	struct rig *rig = arg;

	assert_true(ticket > 0 && ticket <= rig->n_tickets);
	if (!rig->is_done)
		return false;
	*result = rig->result;
	rig->n_open--;
	return true;
}

static struct rig *rig_new(void)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	struct control_world world = {rig, trigger, stop, done};
	struct err err = {0};

	strcpy(rig->dir, "/tmp/tw-control-XXXXXX");
	assert_non_null(mkdtemp(rig->dir));
	rig->dir_fd = open(rig->dir, O_PATH | O_DIRECTORY);
	rig->control = control_open(rig->dir, &world, &err);
	assert_non_null(rig->control);
	rig->result = (struct checkpoint_result){
		.checkpoint = 7,
		.is_committed = true,
		.n_records = 12,
		.n_bytes = 3456,
		.started_ns = 1000000,
		.ended_ns = 5000000,
	};
	return rig;
}

static void rig_free(struct rig *rig)
{
	control_close(rig->control);
	close(rig->dir_fd);
	assert_int_equal(rmdir(rig->dir), 0); // the socket is gone
	free(rig);
}

static int connect_to(const struct rig *rig)
{
	int fd = control_socket(rig->dir_fd, false);

	assert_true(fd >= 0);
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

// What has come so far, "" when nothing has.
static const char *heard(int fd)
{
	static char text[CONTROL_LINE_MAX * 2];
	ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void answers_when_the_checkpoint_is_complete(void **)
{
	struct rig *rig = rig_new();
	int fd = connect_to(rig);

	say(fd, "{\"command\": \"checkpoint\"}\n");
	for (int i = 0; i < 3; i++)
		control_poll(rig->control);
	assert_int_equal(rig->n_tickets, 1);
	assert_string_equal(rig->savepoint, "");
	assert_string_equal(heard(fd), "");
	rig->is_done = true;
	control_poll(rig->control);
	assert_string_equal(heard(fd), "{\"ok\":true,\"checkpoint\":7,\"records\":12,\"bytes\":"
				       "3456,\"milliseconds\":4}\n");
	close(fd);
	rig_free(rig);
}

static void a_savepoint_is_answered_with_its_path(void **)
{
	struct rig *rig = rig_new();
	int fd = connect_to(rig);

	rig->is_done = rig->result.is_savepoint = true;
	say(fd, "{\"command\": \"savepoint\", \"path\": \"/a/b\"}\n");
	control_poll(rig->control);
	assert_string_equal(rig->savepoint, "/a/b");
	assert_non_null(strstr(heard(fd), "\"savepoint\":\"/a/b\"}"));
	assert_false(rig->is_stopped);
	say(fd, "{\"command\": \"stop\", \"drain\": true, \"savepoint\": \"/c\"}\n");
	control_poll(rig->control);
	assert_true(rig->is_stopped);
	assert_true(rig->is_drained);
	assert_string_equal(rig->savepoint, "/c");
	close(fd);
	rig_free(rig);
}

static void a_failure_says_why(void **)
{
	struct rig *rig = rig_new();
	int fd = connect_to(rig);

	rig->is_done = true;
	rig->result.is_committed = false;
	strcpy(rig->result.text, "No space left on device");
	say(fd, "{\"command\": \"checkpoint\"}\n");
	control_poll(rig->control);
	assert_string_equal(heard(fd), "{\"ok\":false,\"error\":\"No space left on device\"}\n");
	rig->result.is_committed = true; // but the copy was not made
	strcpy(rig->result.text, "/a/b exists");
	say(fd, "{\"command\": \"savepoint\", \"path\": \"/a/b\"}\n");
	control_poll(rig->control);
	assert_string_equal(heard(fd), "{\"ok\":false,\"error\":\"/a/b exists\"}\n");
	close(fd);
	rig_free(rig);
}

static void wrong_requests_are_told_what_would_be_right(void **)
{
	static const struct {
		const char *line, *text;
	} cases[] = {
		{"\n", "a request is a line of JSON"},
		{"checkpoint\n", "a request is a line of JSON"},
		{"[1]\n", "no command"},
		{"{}\n", "no command"},
		{"{\"command\": 3}\n", "no command"},
		{"{\"command\": \"chekpoint\"}\n", "unknown command"},
		{"{\"command\": \"savepoint\"}\n", "'path' must be an absolute path"},
		{"{\"command\": \"savepoint\", \"path\": \"sp\"}\n", "must be an absolute path"},
		{"{\"command\": \"stop\", \"savepoint\": 1}\n", "'savepoint' must be"},
	};
	struct rig *rig = rig_new();
	int fd = connect_to(rig);

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *text;

		say(fd, cases[i].line);
		control_poll(rig->control);
		text = heard(fd);
		assert_non_null(strstr(text, "{\"ok\":false,\"error\":\""));
		assert_non_null(strstr(text, cases[i].text));
	}
	assert_int_equal(rig->n_tickets, 0);
	close(fd);
	rig_free(rig);
}

static void a_line_may_come_in_pieces_and_two_at_once(void **)
{
	struct rig *rig = rig_new();
	int fd = connect_to(rig);

	rig->is_done = true;
	say(fd, "{\"command\": \"check");
	control_poll(rig->control);
	assert_string_equal(heard(fd), "");
	say(fd, "point\"}\n{\"command\": \"checkpoint\"}\n");
	control_poll(rig->control);
	control_poll(rig->control);
	assert_int_equal(rig->n_tickets, 2);
	close(fd);
	rig_free(rig);
}

static void a_line_without_end_is_refused(void **)
{
	struct rig *rig = rig_new();
	int fd = connect_to(rig);
	char *line = malloc(CONTROL_LINE_MAX + 1);

	memset(line, 'x', CONTROL_LINE_MAX);
	line[CONTROL_LINE_MAX] = '\0';
	say(fd, line);
	control_poll(rig->control);
	assert_non_null(strstr(heard(fd), "too long"));
	free(line);
	close(fd);
	rig_free(rig);
}

// Its result is asked for all the same, so that its ticket is not lost.
static void a_client_that_goes_leaves_nothing_behind(void **)
{
	struct rig *rig = rig_new();

	for (int i = 0; i < CONTROL_CLIENTS_MAX * 3; i++) {
		int fd = connect_to(rig);

		say(fd, "{\"command\": \"checkpoint\"}\n");
		control_poll(rig->control);
		close(fd);
		rig->is_done = i % 2 == 1;
		control_poll(rig->control);
	}
	rig->is_done = true;
	control_poll(rig->control);
	assert_int_equal(rig->n_open, 0);
	rig_free(rig);
}

static void too_many_requests_are_refused(void **)
{
	struct rig *rig = rig_new();
	int fds[TICKETS_MAX + 1];

	for (int i = 0; i <= TICKETS_MAX; i++) {
		fds[i] = connect_to(rig);
		say(fds[i], "{\"command\": \"checkpoint\"}\n");
	}
	control_poll(rig->control);
	assert_non_null(strstr(heard(fds[TICKETS_MAX]), "try again"));
	control_close(rig->control);
	assert_non_null(strstr(heard(fds[0]), "the job has ended before"));
	rig->control = NULL;
	for (int i = 0; i <= TICKETS_MAX; i++)
		close(fds[i]);
	rig_free(rig);
}

static void the_socket_is_for_its_owner_alone(void **)
{
	struct rig *rig = rig_new();
	struct stat stat;

	assert_int_equal(fstatat(rig->dir_fd, CONTROL_SOCKET, &stat, 0), 0);
	assert_int_equal(stat.st_mode, S_IFSOCK | 0600);
	rig_free(rig);
}

static void what_a_killed_job_left_is_replaced(void **)
{
	struct rig *rig = rig_new();
	struct control_world world = {rig, trigger, stop, done};
	struct err err = {0};
	struct control *second = control_open(rig->dir, &world, &err);

	assert_non_null(second);
	control_close(rig->control);
	rig->control = NULL;
	control_close(second);
	assert_int_equal(control_socket(rig->dir_fd, false), -1);
	assert_int_equal(errno, ENOENT);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_when_the_checkpoint_is_complete),
		cmocka_unit_test(a_savepoint_is_answered_with_its_path),
		cmocka_unit_test(a_failure_says_why),
		cmocka_unit_test(wrong_requests_are_told_what_would_be_right),
		cmocka_unit_test(a_line_may_come_in_pieces_and_two_at_once),
		cmocka_unit_test(a_line_without_end_is_refused),
		cmocka_unit_test(a_client_that_goes_leaves_nothing_behind),
		cmocka_unit_test(too_many_requests_are_refused),
		cmocka_unit_test(the_socket_is_for_its_owner_alone),
		cmocka_unit_test(what_a_killed_job_left_is_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
