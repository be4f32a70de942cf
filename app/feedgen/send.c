// The network: a kernel UDP socket, datagrams handed over in batches (sendmmsg).
#include "feedgen/out.h"
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 64, PORT_MAX = 65535, SNDBUF_BYTES = 4 << 20, SNDBUF_WAIT_MS = 10 };

struct udp_out {
	struct out out;
	const char *name; // for errors
	int fd;
	uint32_t n; // datagrams that wait: messages[:n]
	struct mmsghdr messages[BATCH];
	struct iovec vectors[BATCH];
	char payloads[BATCH][OUT_PAYLOAD_MAX];
};

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

// "1.2.3.4:5" or "[::1]:5".
static int parse_address(const char *text, union address *address, socklen_t *len, struct err *err)
{
	const char *host = text, *colon = strrchr(text, ':');
	char name[INET6_ADDRSTRLEN + 2] = "", *end;
	unsigned long port;

	memset(address, 0, sizeof(*address));
	if (colon == NULL || (size_t)(colon - host) >= sizeof(name))
		goto malformed;
	port = strtoul(colon + 1, &end, 10);
	if (colon[1] < '0' || colon[1] > '9' || *end != '\0' || port == 0 || port > PORT_MAX)
		goto malformed;
	memcpy(name, host, (size_t)(colon - host));
	if (inet_pton(AF_INET, name, &address->v4.sin_addr) == 1) {
		address->v4.sin_family = AF_INET;
		address->v4.sin_port = htons((uint16_t)port);
		*len = sizeof(address->v4);
		return 0;
	}
	end = strchr(name, ']');
	if (name[0] == '[' && end != NULL && end[1] == '\0') {
		*end = '\0';
		if (inet_pton(AF_INET6, name + 1, &address->v6.sin6_addr) == 1) {
			address->v6.sin6_family = AF_INET6;
			address->v6.sin6_port = htons((uint16_t)port);
			*len = sizeof(address->v6);
			return 0;
		}
	}
malformed:
	return err_set(err, EINVAL,
		"udp://%s is no address: give udp://192.0.2.1:9000 or udp://[2001:db8::1]:9000",
		text);
}

static int use_interface(int fd, const char *interface, union address *address, struct err *err)
{
	uint32_t index = if_nametoindex(interface);

	if (index == 0)
		return err_set(err, ENODEV, "there is no interface %s", interface);
	if (address->any.sa_family == AF_INET6)
		address->v6.sin6_scope_id = index;
	// For unicast too, and for multicast without a route.
	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface,
		    (socklen_t)strlen(interface) + 1) < 0)
		return err_set(
			err, errno, "cannot send through %s: %s", interface, strerror(errno));
	return 0;
}

static int open_socket(const struct out_options *options, struct err *err)
{
	union address address;
	socklen_t len = 0;
	int size = SNDBUF_BYTES, fd;

	if (parse_address(options->to + strlen("udp://"), &address, &len, err) < 0)
		return -EINVAL;
	fd = socket(address.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_set(err, errno, "cannot open a socket: %s", strerror(errno));
	if (options->interface[0] != '\0' &&
		use_interface(fd, options->interface, &address, err) < 0)
		goto close_socket;
	// As much as the system allows.
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	if (connect(fd, &address.any, len) < 0) {
		err_set(err, errno, "cannot send to %s: %s", options->to, strerror(errno));
		goto close_socket;
	}
	return fd;

close_socket:
	close(fd);
	return -EINVAL;
}

// What to do about a datagram that could not be sent now. Returns 0 when it is to be tried again.
static int after_failure(struct udp_out *udp, int error, struct err *err)
{
	struct pollfd writable = {.fd = udp->fd, .events = POLLOUT};

	switch (error) {
	case EINTR:
		return 0;
	case ECONNREFUSED: // the answer to an earlier datagram
		udp->out.counters.n_refused++;
		return 0;
	case ENOBUFS:
	case EAGAIN:
		poll(&writable, 1, SNDBUF_WAIT_MS);
		return 0;
	default:
		return err_set(err, error, "cannot send to %s: %s", udp->name, strerror(error));
	}
}

static int udp_flush(struct out *out, struct err *err)
{
	struct udp_out *udp = (struct udp_out *)out;
	uint32_t done = 0;

	while (done < udp->n) {
		int n = sendmmsg(udp->fd, udp->messages + done, udp->n - done, 0);
		int rc = n < 0 ? after_failure(udp, errno, err) : 0;

		if (rc < 0)
			return rc;
		done += n > 0 ? (uint32_t)n : 0;
	}
	udp->n = 0;
	return 0;
}

static int udp_put(struct out *out, const char *data, uint32_t len, int64_t at_ms, struct err *err)
{
	struct udp_out *udp = (struct udp_out *)out;

	memcpy(udp->payloads[udp->n], data, len);
	udp->vectors[udp->n].iov_len = len;
	udp->n++;
	return udp->n == BATCH ? udp_flush(out, err) : 0;
}

static int udp_close(struct out *out, struct err *err)
{
	struct udp_out *udp = (struct udp_out *)out;
	int rc = udp_flush(out, err);

	close(udp->fd);
	return rc;
}

static const struct out_ops udp_ops = {
	.put_payload = udp_put, .flush = udp_flush, .close = udp_close, .datagrams = true};

struct out *out_udp_open(const struct out_options *options, struct err *err)
{
	struct udp_out *udp = calloc(1, sizeof(*udp));

	if (udp == NULL) {
		err_set(err, ENOMEM, "out of memory");
		return NULL;
	}
	udp->fd = open_socket(options, err);
	if (udp->fd < 0) {
		free(udp);
		return NULL;
	}
	for (uint32_t i = 0; i < BATCH; i++) {
		udp->vectors[i].iov_base = udp->payloads[i];
		udp->messages[i].msg_hdr.msg_iov = &udp->vectors[i];
		udp->messages[i].msg_hdr.msg_iovlen = 1;
	}
	udp->name = options->to;
	udp->out.ops = &udp_ops;
	return &udp->out;
}
