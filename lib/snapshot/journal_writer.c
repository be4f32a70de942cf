// What the journal's thread does with full buffers.
//
// Group commit: up to JOURNAL_BATCH writes are begun together, and with them, when half a sync
// interval has passed since the last one, a sync. A segment is safe before the next one is begun,
// so that what can be read after a power loss is always the beginning of what was written, up to
// the first failure. After a failed write or sync nobody knows what is on the disk: the segment is
// never touched again.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "snapshot/journal.h"

enum { RETRY_NS = 100000000, SYNC_DIVISOR = 2 };

static int disk_finish(struct journal *journal, bool sync)
{
	return journal->options.disk->ops->finish(journal->options.disk, journal->file, sync);
}

static void close_segment(struct journal *journal)
{
	if (journal->file >= 0)
		journal->options.disk->ops->close(journal->options.disk, journal->file);
	journal->file = -1;
}

static void give_back(struct journal *journal)
{
	for (uint32_t i = 0; i < journal->n_batch; i++)
		handoff_return(&journal->handoff, journal->batch[i]);
	journal->n_batch = 0;
}

// The batch, from `from` on, is in no journal, and so may be what was not synced. The policy is to
// go on without.
static void drop(struct journal *journal, uint32_t from)
{
	uint64_t n = journal->n_unsynced;

	for (uint32_t i = from; i < journal->n_batch; i++)
		n += journal->batch[i]->flags;
	journal->n_unsynced = 0;
	atomic_fetch_add(&journal->n_dropped, n);
	give_back(journal);
}

// The first n_begun of the batch were begun to be written.
static void fail(struct journal *journal, int error, uint32_t n_begun, int64_t now_ns)
{
	close_segment(journal);
	journal->retry_ns = now_ns + RETRY_NS;
	if (journal->options.policy == JOURNAL_CONTINUE) {
		drop(journal, n_begun);
		return;
	}
	snprintf(journal->failure, sizeof(journal->failure),
		"the journal of queue %" PRIu32 " cannot be written: %s; 'journal.on-failure' = "
		"'continue-without' would go on",
		journal->options.queue, strerror(-error));
	atomic_store_explicit(&journal->has_failed, true, memory_order_release);
}

static int begin_segment(struct journal *journal, uint64_t first)
{
	struct journal_disk *disk = journal->options.disk;
	char name[JOURNAL_NAME_MAX];

	if (journal->n_segments == journal->options.max_segments)
		return -ENOSPC;
	journal->segment = (struct journal_segment){
		.run = journal->options.run,
		.queue = journal->options.queue,
		.first = first,
		.size = journal->options.segment_size,
	};
	journal_segment_name(&journal->segment, name);
	journal->file = disk->ops->create(disk, name, journal->segment.size);
	if (journal->file < 0)
		return journal->file;
	journal->firsts[journal->n_segments++] = first;
	journal_segment_put(&journal->segment, journal->page);
	disk->ops->write(disk, journal->file, journal->page, JOURNAL_PAGE, 0);
	journal->offset = JOURNAL_PAGE;
	return 0;
}

static void note_synced(struct journal *journal, int64_t now_ns)
{
	journal->n_unsynced = 0;
	journal->synced_ns = now_ns;
	atomic_store(&journal->durable, journal->written);
}

// A segment with room for buffer. What is in the old one is safe before the new one is begun.
static int make_room(struct journal *journal, const struct handoff_buffer *buffer, int64_t now_ns)
{
	if (journal->file >= 0 && journal->offset + buffer->len <= journal->segment.size)
		return 0;
	if (journal->file >= 0) {
		int result = disk_finish(journal, true);

		if (result < 0)
			return result == -ENOSPC ? -EIO : result; // that is not to be waited for
		note_synced(journal, now_ns);
		close_segment(journal);
	}
	return begin_segment(journal, buffer->position);
}

static void begin_write(struct journal *journal, struct handoff_buffer *buffer)
{
	struct journal_disk *disk = journal->options.disk;

	journal_seal(&journal->segment, buffer->data, buffer->len);
	disk->ops->write(disk, journal->file, buffer->data, buffer->len, journal->offset);
	journal->offset += buffer->len;
	journal->n_unsynced += buffer->flags;
	journal->written = buffer->position + buffer->flags;
	atomic_fetch_add_explicit(&journal->n_bytes, buffer->len, memory_order_relaxed);
}

// No room for another segment: wait for it with what is left of the batch, or go on without.
static void be_full(struct journal *journal, uint32_t n_written, int64_t now_ns)
{
	uint32_t n_left = journal->n_batch - n_written;

	atomic_store(&journal->is_full, true);
	journal->retry_ns = now_ns + RETRY_NS;
	if (journal->options.policy == JOURNAL_CONTINUE) {
		drop(journal, n_written);
		return;
	}
	for (uint32_t i = 0; i < n_written; i++)
		handoff_return(&journal->handoff, journal->batch[i]);
	memmove(journal->batch, journal->batch + n_written, n_left * sizeof(*journal->batch));
	journal->n_batch = n_left;
}

static bool is_sync_due(const struct journal *journal, int64_t now_ns)
{
	return journal->n_unsynced > 0 &&
	       now_ns - journal->synced_ns >= journal->options.sync_interval_ns / SYNC_DIVISOR;
}

static void write_batch(struct journal *journal, int64_t now_ns)
{
	int result = 0, finished = 0;
	uint32_t n = 0;
	bool sync;

	for (; n < journal->n_batch; n++) {
		result = make_room(journal, journal->batch[n], now_ns);
		if (result < 0)
			break;
		begin_write(journal, journal->batch[n]);
	}
	sync = is_sync_due(journal, now_ns);
	if (journal->file >= 0)
		finished = disk_finish(journal, sync);
	if (finished < 0 || (result < 0 && result != -ENOSPC)) {
		fail(journal, finished < 0 ? finished : result, n, now_ns);
		return;
	}
	if (sync)
		note_synced(journal, now_ns);
	if (result == -ENOSPC) {
		be_full(journal, n, now_ns);
		return;
	}
	atomic_store(&journal->is_full, false);
	give_back(journal);
}

// Nobody needs what is before this datagram: of whole segments.
static void remove_below(struct journal *journal, uint64_t position)
{
	struct journal_segment segment = journal->segment;
	char name[JOURNAL_NAME_MAX];
	uint32_t n = 0;

	while (n + 1 < journal->n_segments && journal->firsts[n + 1] <= position) {
		segment.run = journal->options.run;
		segment.queue = journal->options.queue;
		segment.first = journal->firsts[n++];
		journal_segment_name(&segment, name);
		journal->options.disk->ops->remove(journal->options.disk, name);
	}
	memmove(journal->firsts, journal->firsts + n,
		(journal->n_segments - n) * sizeof(*journal->firsts));
	journal->n_segments -= n;
	if (n > 0)
		journal->retry_ns = 0; // there is room
}

static void remove_old(struct journal *journal)
{
	for (uint32_t i = 0; i < journal->n_old; i++)
		journal->options.disk->ops->remove(journal->options.disk, journal->old[i]);
	journal->n_old = 0;
}

// What the oldest checkpoint that may be restored does not need goes.
static bool truncate_journal(struct journal *journal)
{
	uint64_t oldest = atomic_load(&journal->oldest);
	const struct journal_mark *mark = &journal->marks[oldest % JOURNAL_MARKS];
	uint64_t position;
	bool is_replayed;

	if (oldest == journal->done || atomic_load(&mark->checkpoint) != oldest)
		return false; // an earlier process's: we have no position for it
	position = atomic_load(&mark->position);
	is_replayed = atomic_load(&mark->is_replayed);
	if (atomic_load(&mark->checkpoint) != oldest)
		return false;
	remove_below(journal, position);
	if (is_replayed)
		remove_old(journal);
	journal->done = oldest;
	return true;
}

static void take_batch(struct journal *journal)
{
	while (journal->n_batch < JOURNAL_BATCH) {
		struct handoff_buffer *buffer = handoff_receive(&journal->handoff);

		if (buffer == NULL)
			return;
		journal->batch[journal->n_batch++] = buffer;
	}
}

bool journal_step(struct journal *journal, int64_t now_ns)
{
	bool did = truncate_journal(journal);

	if (atomic_load_explicit(&journal->has_failed, memory_order_relaxed))
		return did;
	take_batch(journal);
	if (journal->file < 0 && now_ns < journal->retry_ns) {
		if (journal->n_batch == 0 || journal->options.policy == JOURNAL_STOP)
			return did;
		drop(journal, 0);
		return true;
	}
	if (journal->n_batch == 0 && (journal->file < 0 || !is_sync_due(journal, now_ns)))
		return did;
	write_batch(journal, now_ns);
	return true;
}
