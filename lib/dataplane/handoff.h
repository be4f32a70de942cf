// Buffers that an lcore and a thread that may block pass back and forth: the way to files, without
// the lcore ever waiting for one.
//
//	producer ──handoff_send()──► full ──handoff_receive()──► consumer
//	    ▲                                                        │
//	    └──────handoff_take()◄──── empty ◄──handoff_return()─────┘
//
// Two SPSC rings of pointers; every ring holds all buffers, so that sending and returning cannot
// fail. One side is the lcore's and uses the calls as they are; the other is the helper thread's,
// which sleeps between looks (handoff_wait_*). Without EAL it works in plain memory.
#pragma once
#include "base/err.h"
#include "base/mem.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rte_ring;

enum {
	HANDOFF_BUFFERS_MAX = 64,
	HANDOFF_POLL_US = 50, // how long the helper thread sleeps between two looks
};

struct handoff_buffer {
	uint8_t *data; // data[:size], and headroom bytes of room in front of it
	size_t size;
	// Whoever holds the buffer writes these; what they mean is between the two sides.
	size_t len; // data[:len] is filled
	uint64_t position; // in the stream: of data[0], or of the first record
	uint32_t file; // which of the files this comes from
	uint32_t flags;
};

struct handoff {
	struct mem *mem;
	struct rte_ring *full;
	struct rte_ring *empty;
	struct handoff_buffer *buffers; // buffers[:n_buffers]
	uint32_t n_buffers;
	uint8_t *bytes; // what the buffers' data points into
	pthread_t thread;
	int stop_fd; // an eventfd, readable once the thread is to stop: for poll() next to a pipe
	atomic_bool stop; // the lcore's side writes, the thread reads
};

// n_buffers (1 … HANDOFF_BUFFERS_MAX) of size bytes each, with headroom bytes in front; all start
// empty. Returns 0, -EINVAL, -ENOMEM, or what eventfd() says.
int handoff_init(
	struct handoff *h, struct mem *mem, uint32_t n_buffers, size_t size, size_t headroom);
// Start the helper thread: off the lcores' CPUs when EAL runs, all signals blocked. name: at most
// 15 bytes. Returns 0 or what pthread_create() says, negative.
int handoff_start(struct handoff *h, const char *name, void *(*run)(void *), void *arg);
// Tell the thread to stop and wait until it did.
void handoff_stop(struct handoff *h);
void handoff_free(struct handoff *h);

// The producer's side. An empty buffer, or NULL: all are on their way.
struct handoff_buffer *handoff_take(struct handoff *h);
void handoff_send(struct handoff *h, struct handoff_buffer *buffer);
// The consumer's side. A full buffer, in the order sent, or NULL: none yet.
struct handoff_buffer *handoff_receive(struct handoff *h);
void handoff_return(struct handoff *h, struct handoff_buffer *buffer);

// For the helper thread: the same, but sleep until there is one. NULL: told to stop.
struct handoff_buffer *handoff_wait_empty(struct handoff *h);
// For a helper thread that has other things to look after: sleep a moment. false: told to stop.
bool handoff_pause(struct handoff *h);
bool handoff_is_stopped(struct handoff *h);
// For the helper thread: wait until fd is ready for events (POLLIN or POLLOUT). false: told to
// stop.
bool handoff_wait_fd(struct handoff *h, int fd, short events);
