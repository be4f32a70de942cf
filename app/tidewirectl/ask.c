// Requests to the job that runs, over the socket in its state directory.
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <jansson.h>
#include <sys/socket.h>
#include "control/control.h"
#include "control/socket.h"
#include "tidewirectl/commands.h"

static int connect_to(const char *dir, struct err *err)
{
	int dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC), fd, code;

	if (dir_fd < 0)
		return err_set(
			err, errno, "cannot open state directory %s: %s", dir, strerror(errno));
	fd = control_socket(dir_fd, false);
	code = errno;
	close(dir_fd);
	if (fd >= 0)
		return fd;
	if (code == ENOENT || code == ECONNREFUSED)
		return err_set(err, code,
			"no job runs on %s: start one with tidewire --state-dir %s", dir, dir);
	return err_set(err, code, "cannot ask the job on %s: %s", dir, strerror(code));
}

static bool send_line(int fd, const char *line, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, line, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		line += n;
		len -= (size_t)n;
	}
	return true;
}

// Up to the newline, which becomes a NUL.
static bool receive_line(int fd, char *line, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = recv(fd, line + len, size - len, 0);
		char *end;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		end = memchr(line + len, '\n', (size_t)n);
		len += (size_t)n;
		if (end != NULL) {
			*end = '\0';
			return true;
		}
	}
	return false;
}

static int64_t number(const json_t *answer, const char *key)
{
	return json_integer_value(json_object_get(answer, key));
}

static int show(const json_t *answer, struct err *err)
{
	const char *error = json_string_value(json_object_get(answer, "error"));
	const char *savepoint = json_string_value(json_object_get(answer, "savepoint"));

	if (!json_is_true(json_object_get(answer, "ok")))
		return err_set(err, EIO, "%s", error != NULL ? error : "the job said no");
	printf("checkpoint %" PRId64 ": %" PRId64 " records and %" PRId64 " bytes in %" PRId64
	       " ms\n",
		number(answer, "checkpoint"), number(answer, "records"), number(answer, "bytes"),
		number(answer, "milliseconds"));
	if (savepoint != NULL)
		printf("savepoint %s\n", savepoint);
	return 0;
}

static int exchange(int fd, const json_t *request, const char *dir, struct err *err)
{
	char line[CONTROL_LINE_MAX * 2];
	size_t len = json_dumpb(request, line, sizeof(line) - 1, JSON_COMPACT);
	json_t *answer;
	int result;

	if (len == 0 || len >= CONTROL_LINE_MAX)
		return err_set(err, EINVAL, "the path is too long, or not UTF-8");
	line[len++] = '\n';
	if (!send_line(fd, line, len) || !receive_line(fd, line, sizeof(line)))
		return err_set(err, EPIPE, "the job on %s ended before it answered", dir);
	answer = json_loads(line, 0, NULL);
	result = show(answer, err);
	json_decref(answer);
	return result;
}

static int ask(const struct ctl_options *options, json_t *request, struct err *err)
{
	int fd = connect_to(options->dir, err), result = fd;

	if (fd >= 0) {
		result = exchange(fd, request, options->dir, err);
		close(fd);
	}
	json_decref(request);
	return result < 0 ? CTL_FAILED : CTL_DONE;
}

// The job may stand in another folder.
static int absolute(const char *path, char *whole, size_t size, struct err *err)
{
	char here[PATH_MAX];
	int len;

	if (path[0] == '/')
		len = snprintf(whole, size, "%s", path);
	else if (getcwd(here, sizeof(here)) == NULL)
		return err_set(err, errno, "where are we? %s", strerror(errno));
	else
		len = snprintf(whole, size, "%s/%s", here, path);
	if (path[0] == '\0' || len >= (int)size)
		return err_set(err, EINVAL, "'%s' is no path for a savepoint", path);
	return 0;
}

int ask_checkpoint(const struct ctl_options *options, struct err *err)
{
	return ask(options, json_pack("{s:s}", "command", "checkpoint"), err);
}

int ask_savepoint(const struct ctl_options *options, struct err *err)
{
	char path[PATH_MAX];

	if (options->path == NULL) {
		err_set(err, EINVAL, "no path for the savepoint: tidewirectl savepoint DIR PATH");
		return CTL_WRONG;
	}
	if (absolute(options->path, path, sizeof(path), err) < 0)
		return CTL_WRONG;
	return ask(options, json_pack("{s:s, s:s}", "command", "savepoint", "path", path), err);
}

int ask_stop(const struct ctl_options *options, struct err *err)
{
	json_t *request;
	char path[PATH_MAX];

	if (options->path != NULL && absolute(options->path, path, sizeof(path), err) < 0)
		return CTL_WRONG;
	request = json_pack("{s:s, s:b}", "command", "stop", "drain", options->drains);
	if (options->path != NULL)
		json_object_set_new(request, "savepoint", json_string(path));
	return ask(options, request, err);
}
