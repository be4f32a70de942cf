#include "dataplane/handoff.h"
#include <rte_common.h>
#include <rte_lcore.h>
#include <rte_ring.h>
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static struct rte_ring *ring_new(struct mem *mem, uint32_t n_buffers)
{
	uint32_t n_slots = rte_align32pow2(n_buffers + 1); // a ring holds one less than its slots
	struct rte_ring *ring = mem_zalloc(mem, rte_ring_get_memsize(n_slots));

	if (ring != NULL)
		rte_ring_init(ring, "handoff", n_slots, RING_F_SP_ENQ | RING_F_SC_DEQ);
	return ring;
}

static int allocate(struct handoff *h, size_t stride, size_t headroom, size_t size)
{
	h->full = ring_new(h->mem, h->n_buffers);
	h->empty = ring_new(h->mem, h->n_buffers);
	h->buffers = mem_zalloc(h->mem, h->n_buffers * sizeof(*h->buffers));
	h->bytes = mem_zalloc(h->mem, h->n_buffers * stride);
	if (h->full == NULL || h->empty == NULL || h->buffers == NULL || h->bytes == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < h->n_buffers; i++) {
		h->buffers[i].data = h->bytes + i * stride + headroom;
		h->buffers[i].size = size;
		handoff_return(h, &h->buffers[i]);
	}
	return 0;
}

int handoff_init(
	struct handoff *h, struct mem *mem, uint32_t n_buffers, size_t size, size_t headroom)
{
	size_t stride = RTE_CACHE_LINE_ROUNDUP(headroom + size);
	int err;

	if (n_buffers == 0 || n_buffers > HANDOFF_BUFFERS_MAX || size == 0)
		return -EINVAL;
	*h = (struct handoff){.mem = mem, .n_buffers = n_buffers, .stop_fd = -1};
	err = allocate(h, stride, headroom, size);
	if (err == 0 && (h->stop_fd = eventfd(0, EFD_CLOEXEC)) < 0)
		err = -errno;
	if (err < 0)
		handoff_free(h);
	return err;
}

void handoff_free(struct handoff *h)
{
	if (h->stop_fd >= 0)
		close(h->stop_fd);
	mem_free(h->mem, h->bytes);
	mem_free(h->mem, h->buffers);
	mem_free(h->mem, h->empty);
	mem_free(h->mem, h->full);
}

int handoff_start(struct handoff *h, const char *name, void *(*run)(void *), void *arg)
{
	sigset_t all, old;
	int err;

	// Signals are the main lcore's; SIGPIPE must come back as EPIPE from write().
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	// A plain thread would inherit the CPU of the lcore that creates it, and starve there.
	if (rte_lcore_count() > 0)
		err = rte_ctrl_thread_create(&h->thread, name, NULL, run, arg);
	else
		err = -pthread_create(&h->thread, NULL, run, arg);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return err;
}

void handoff_stop(struct handoff *h)
{
	const uint64_t one = 1;

	atomic_store_explicit(&h->stop, true, memory_order_release);
	if (write(h->stop_fd, &one, sizeof(one)) < 0)
		assert(!"an eventfd takes a one");
	pthread_join(h->thread, NULL);
}

static struct handoff_buffer *dequeue(struct rte_ring *ring)
{
	void *buffer;

	return rte_ring_sc_dequeue(ring, &buffer) == 0 ? buffer : NULL;
}

static void enqueue(struct rte_ring *ring, struct handoff_buffer *buffer)
{
	int err = rte_ring_sp_enqueue(ring, buffer);

	assert(err == 0); // the ring has room for every buffer there is
	(void)err;
}

struct handoff_buffer *handoff_take(struct handoff *h)
{
	return dequeue(h->empty);
}

void handoff_send(struct handoff *h, struct handoff_buffer *buffer)
{
	enqueue(h->full, buffer);
}

struct handoff_buffer *handoff_receive(struct handoff *h)
{
	return dequeue(h->full);
}

void handoff_return(struct handoff *h, struct handoff_buffer *buffer)
{
	enqueue(h->empty, buffer);
}

bool handoff_is_stopped(struct handoff *h)
{
	return atomic_load_explicit(&h->stop, memory_order_acquire);
}

bool handoff_pause(struct handoff *h)
{
	if (handoff_is_stopped(h))
		return false;
	usleep(HANDOFF_POLL_US);
	return true;
}

struct handoff_buffer *handoff_wait_empty(struct handoff *h)
{
	struct handoff_buffer *buffer;

	while (!atomic_load_explicit(&h->stop, memory_order_acquire)) {
		if ((buffer = dequeue(h->empty)) != NULL)
			return buffer;
		usleep(HANDOFF_POLL_US);
	}
	return NULL;
}

bool handoff_wait_fd(struct handoff *h, int fd, short events)
{
	struct pollfd fds[2] = {{.fd = fd, .events = events}, {.fd = h->stop_fd, .events = POLLIN}};

	while (poll(fds, RTE_DIM(fds), -1) < 0 && errno == EINTR)
		;
	return fds[1].revents == 0;
}
