// The lcore's side of a journal, and its thread.
#include "snapshot/journal.h"
#include <assert.h>
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <rte_common.h>
#include <rte_ring.h>
#include "dataplane/receiver.h"

// Of the sync interval, a datagram waits a half in an open buffer, and a half to be synced.
enum { HOLD_DIVISOR = 2, NS_PER_SECOND = 1000000000 };
// Left over in a buffer: for JOURNAL_LOST in front of a datagram, and the pad.
enum { BUFFER_RESERVE = 3 * sizeof(struct journal_record) };
// Buffers that a burst of datagrams of any size may need, and the one that is open.
enum {
	RECORD_MAX = sizeof(struct journal_record) + UINT16_MAX + 1,
	RECORDS_A_BUFFER = (JOURNAL_BUFFER - BUFFER_RESERVE) / RECORD_MAX,
	BUFFERS_A_BURST = 1 + (RECEIVER_BURST + RECORDS_A_BUFFER - 1) / RECORDS_A_BUFFER,
};
static_assert(BUFFERS_A_BURST <= JOURNAL_BUFFERS / 2, "else it is seldom ready");

static int make_buffers(struct journal *journal)
{
	struct handoff *handoff = &journal->handoff;
	int result = handoff_init(
		handoff, journal->options.mem, JOURNAL_BUFFERS, JOURNAL_BUFFER + JOURNAL_PAGE, 0);

	for (uint32_t i = 0; result == 0 && i < handoff->n_buffers; i++) {
		handoff->buffers[i].data = RTE_PTR_ALIGN(handoff->buffers[i].data, JOURNAL_PAGE);
		handoff->buffers[i].size = JOURNAL_BUFFER;
	}
	return result;
}

struct journal *journal_new(const struct journal_options *options, struct err *err)
{
	struct mem *mem = options->mem;
	struct journal *journal = mem_zalloc(mem, sizeof(*journal));
	int result = -ENOMEM;

	assert(options->segment_size % JOURNAL_PAGE == 0 && options->max_segments >= 2 &&
		options->segment_size >= JOURNAL_BUFFER + JOURNAL_PAGE);
	if (journal == NULL)
		goto fail;
	journal->options = *options;
	journal->file = -1;
	journal->hold_ticks = (uint64_t)((double)options->sync_interval_ns / NS_PER_SECOND *
					 (double)options->tsc_hz / HOLD_DIVISOR);
	journal->page = mem_zalloc_aligned(mem, JOURNAL_PAGE, JOURNAL_PAGE);
	journal->firsts = mem_zalloc(mem, options->max_segments * sizeof(*journal->firsts));
	if (journal->page == NULL || journal->firsts == NULL)
		goto free_journal;
	result = make_buffers(journal);
	if (result == 0)
		return journal;

free_journal:
	mem_free(mem, journal->firsts);
	mem_free(mem, journal->page);
	mem_free(mem, journal);
fail:
	err_set(err, -result, "no memory for a journal");
	errno = -result;
	return NULL;
}

void journal_free(struct journal *journal)
{
	struct mem *mem;

	if (journal == NULL)
		return;
	mem = journal->options.mem;
	if (journal->file >= 0)
		journal->options.disk->ops->close(journal->options.disk, journal->file);
	handoff_free(&journal->handoff);
	mem_free(mem, journal->old);
	mem_free(mem, journal->firsts);
	mem_free(mem, journal->page);
	mem_free(mem, journal);
}

int journal_adopt(struct journal *journal, const char *name)
{
	struct mem *mem = journal->options.mem;
	void *more = mem_zalloc(mem, (journal->n_old + 1) * sizeof(*journal->old));

	if (more == NULL)
		return -ENOMEM;
	if (journal->n_old > 0)
		memcpy(more, journal->old, journal->n_old * sizeof(*journal->old));
	mem_free(mem, journal->old);
	journal->old = more;
	memcpy(journal->old[journal->n_old++], name, strlen(name) + 1);
	return 0;
}

// ---- The rx lcore.

bool journal_ready(struct journal *journal)
{
	bool ready = journal->options.policy == JOURNAL_CONTINUE ||
		     rte_ring_count(journal->handoff.empty) >= BUFFERS_A_BURST;

	journal->n_stalls += !ready && !journal->is_stalled;
	journal->is_stalled = !ready;
	return ready;
}

void journal_flush(struct journal *journal)
{
	struct handoff_buffer *open = journal->open;

	if (open == NULL)
		return;
	open->len = journal_pad(open->data, open->len, journal->next);
	open->flags = (uint32_t)(journal->next - open->position);
	handoff_send(&journal->handoff, open);
	journal->open = NULL;
}

// Room for len bytes of payload in the open buffer. False: there is none.
static bool make_room(struct journal *journal, uint16_t len, uint64_t now_tsc)
{
	struct handoff_buffer *open = journal->open;

	if (open != NULL && open->len + journal_record_size(len) + BUFFER_RESERVE <= JOURNAL_BUFFER)
		return true;
	journal_flush(journal);
	open = handoff_take(&journal->handoff);
	if (open == NULL)
		return false;
	open->len = 0;
	open->position = journal->next;
	journal->open = open;
	journal->open_tsc = now_tsc;
	return true;
}

static void add(struct journal *journal, enum journal_kind kind, int64_t arrival_ns,
	const void *payload, uint16_t len)
{
	struct handoff_buffer *open = journal->open;

	open->len +=
		journal_put(open->data + open->len, kind, journal->next, arrival_ns, payload, len);
}

void journal_append(struct journal *journal, const void *payload, uint16_t len, int64_t arrival_ns,
	uint64_t now_tsc)
{
	if (!make_room(journal, len, now_tsc)) {
		journal->n_lost++;
		journal->n_unsaid++;
		return;
	}
	if (unlikely(journal->n_unsaid > 0)) {
		add(journal, JOURNAL_LOST, arrival_ns, &journal->n_unsaid,
			sizeof(journal->n_unsaid));
		journal->n_unsaid = 0;
	}
	add(journal, JOURNAL_DATAGRAM, arrival_ns, payload, len);
	journal->next++;
}

void journal_tick(struct journal *journal, uint64_t now_tsc)
{
	if (journal->open != NULL && now_tsc - journal->open_tsc >= journal->hold_ticks)
		journal_flush(journal);
}

void journal_mark(struct journal *journal, uint64_t checkpoint, bool is_replayed)
{
	struct journal_mark *mark = &journal->marks[checkpoint % JOURNAL_MARKS];

	// Whoever reads it looks at the number before and after.
	atomic_store(&mark->checkpoint, 0);
	atomic_store(&mark->position, journal->next);
	atomic_store(&mark->is_replayed, is_replayed);
	atomic_store(&mark->checkpoint, checkpoint);
}

const char *journal_failure(const struct journal *journal)
{
	return atomic_load_explicit(&journal->has_failed, memory_order_acquire) ? journal->failure
										: NULL;
}

uint64_t journal_lost(const struct journal *journal)
{
	return journal->n_lost + atomic_load_explicit(&journal->n_dropped, memory_order_relaxed);
}

uint64_t journal_behind(const struct journal *journal)
{
	uint64_t durable = atomic_load_explicit(&journal->durable, memory_order_relaxed);

	return journal->next > durable ? journal->next - durable : 0;
}

// ---- The main lcore.

void journal_committed(struct journal *journal, uint64_t oldest)
{
	atomic_store(&journal->oldest, oldest);
}

// ---- The thread.

static int64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

static void *run(void *arg)
{
	struct journal *journal = arg;
	bool stop;

	do {
		stop = atomic_load_explicit(&journal->handoff.stop, memory_order_acquire);
		if (!journal_step(journal, clock_ns()) && !stop)
			usleep(HANDOFF_POLL_US);
	} while (!stop);
	journal->options.sync_interval_ns = 0; // everything is due
	while (journal_step(journal, clock_ns()))
		;
	return NULL;
}

int journal_start(struct journal *journal, struct err *err)
{
	int result = handoff_start(&journal->handoff, "tw-journal", run, journal);

	return result == 0 ? 0 : err_set(err, -result, "cannot start the journal's thread");
}

void journal_stop(struct journal *journal)
{
	handoff_stop(&journal->handoff);
}
