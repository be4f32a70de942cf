#include "control/control.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include "control/request.h"
#include "control/socket.h"

// A client sends a line, waits for its answer, sends the next:
//
//	READING ──a line──► WAITING ──done──► ANSWERING ──all sent──► READING
//	   └──────────wrong line──────────────────▲
//
// A client that goes while its request runs leaves it to us to ask for the result.
enum phase { FREE, READING, WAITING, ANSWERING };

struct client {
	enum phase phase;
	int fd; // −1: it has gone
	uint64_t ticket;
	uint32_t n_in, n_out, n_sent;
	char savepoint[CONTROL_LINE_MAX]; // of the request, "" = none
	char in[CONTROL_LINE_MAX];
	char out[CONTROL_LINE_MAX * 2];
};

struct control {
	struct control_world world;
	int dir, fd;
	struct client clients[CONTROL_CLIENTS_MAX];
};

static void leave(struct client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
	if (client->phase != WAITING)
		client->phase = FREE;
}

// ---- Answers

static void send_out(struct client *client)
{
	while (client->fd >= 0 && client->n_sent < client->n_out) {
		ssize_t n = send(client->fd, client->out + client->n_sent,
			client->n_out - client->n_sent, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0)
			leave(client);
		else
			client->n_sent += (uint32_t)n;
	}
	if (client->fd >= 0)
		client->phase = READING;
}

// client->out holds a line.
static void answer(struct client *client, uint32_t len)
{
	client->phase = ANSWERING;
	client->n_out = len;
	client->n_sent = 0;
	if (client->fd < 0)
		leave(client);
	else
		send_out(client);
}

static void refuse(struct client *client, const char *text)
{
	answer(client, request_refuse(text, client->out, sizeof(client->out)));
}

static void ask_for_result(struct control *control, struct client *client)
{
	struct checkpoint_result result;

	if (control->world.done(control->world.arg, client->ticket, &result))
		answer(client, request_answer(&result, client->savepoint, client->out,
				       sizeof(client->out)));
}

// ---- Requests

static void begin(struct control *control, struct client *client, const struct request *request)
{
	const char *savepoint = request->savepoint[0] != '\0' ? request->savepoint : NULL;
	const struct control_world *world = &control->world;

	strcpy(client->savepoint, request->savepoint);
	client->ticket = request->is_stop ? world->stop(world->arg, savepoint, request->drains)
					  : world->trigger(world->arg, savepoint);
	if (client->ticket == 0)
		refuse(client, "too many checkpoints are asked for already; try again");
	else
		client->phase = WAITING;
}

// What has come is whole lines, or the beginning of one.
static void take_line(struct control *control, struct client *client)
{
	char *end = memchr(client->in, '\n', client->n_in);
	struct request request;
	struct err err = {0};
	uint32_t len;

	if (end == NULL && client->n_in == sizeof(client->in)) {
		client->n_in = 0;
		refuse(client, "the request is too long");
		return;
	}
	if (end == NULL)
		return;
	len = (uint32_t)(end - client->in);
	if (request_parse(&request, client->in, len, &err) < 0)
		refuse(client, err.text);
	else
		begin(control, client, &request);
	client->n_in -= len + 1;
	memmove(client->in, end + 1, client->n_in);
}

static void read_in(struct control *control, struct client *client)
{
	size_t room = sizeof(client->in) - client->n_in;
	ssize_t n = room > 0 ? recv(client->fd, client->in + client->n_in, room, MSG_DONTWAIT) : 0;

	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		leave(client);
		return;
	}
	if (n == 0 && room > 0) { // it has closed its end, perhaps behind a last request
		if (client->n_in == 0 || memchr(client->in, '\n', client->n_in) == NULL) {
			leave(client);
			return;
		}
	}
	client->n_in += n > 0 ? (uint32_t)n : 0;
	take_line(control, client);
}

static void accept_clients(struct control *control)
{
	for (uint32_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		struct client *client = &control->clients[i];

		if (client->phase != FREE)
			continue;
		client->fd = accept4(control->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (client->fd < 0)
			return;
		client->phase = READING;
		client->n_in = client->n_out = client->n_sent = 0;
	}
}

void control_poll(struct control *control)
{
	accept_clients(control);
	for (uint32_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		struct client *client = &control->clients[i];

		if (client->phase == ANSWERING)
			send_out(client);
		if (client->phase == READING)
			read_in(control, client);
		if (client->phase == WAITING)
			ask_for_result(control, client);
	}
}

// ---- The socket

static int listen_in(struct control *control, const char *dir, struct err *err)
{
	control->dir = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (control->dir < 0)
		return err_set(err, errno, "cannot open %s: %s", dir, strerror(errno));
	unlinkat(control->dir, CONTROL_SOCKET, 0);
	control->fd = control_socket(control->dir, true);
	if (control->fd < 0)
		return err_set(err, errno, "cannot listen on %s/" CONTROL_SOCKET ": %s", dir,
			strerror(errno));
	return 0;
}

struct control *control_open(const char *dir, const struct control_world *world, struct err *err)
{
	struct control *control = calloc(1, sizeof(*control));

	if (control == NULL) {
		err_set(err, ENOMEM, "no memory for the control socket");
		return NULL;
	}
	control->world = *world;
	control->dir = control->fd = -1;
	for (uint32_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
		control->clients[i].fd = -1;
	if (listen_in(control, dir, err) == 0)
		return control;
	control_close(control);
	return NULL;
}

void control_close(struct control *control)
{
	if (control == NULL)
		return;
	if (control->fd >= 0) {
		control_poll(control);
		unlinkat(control->dir, CONTROL_SOCKET, 0);
		close(control->fd);
	}
	for (uint32_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		struct client *client = &control->clients[i];

		if (client->phase == WAITING)
			refuse(client, "the job has ended before");
		leave(client);
	}
	if (control->dir >= 0)
		close(control->dir);
	free(control);
}
