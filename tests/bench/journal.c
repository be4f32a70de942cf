// The journal: what keeping a datagram costs the rx lcore (copied into a buffer; the buffers are
// taken away at once, so that it is the lcore alone), and with what the thread does for it, but for
// the disk.
//
//	bench_journal --disk DIRECTORY     writes there for some seconds, and says what it sustained
#include <unistd.h>
#include "base/mem.h"
#include "bench.h"
#include "snapshot/journal.h"
#include "snapshot/journal_cursor.h"

enum { N_DATAGRAMS = 2048, SMALL = 150, LARGE = 1400, DISK_S = 5 };

struct journal_state {
	struct journal *journal;
	uint16_t len;
	bool writes; // what the thread does, too
};

static uint8_t payload[LARGE];

// Files that are written into nothing.
static int no_create(struct journal_disk *disk, const char *name, uint64_t size)
{
	return 0;
}

static void no_write(
	struct journal_disk *disk, int file, const void *bytes, size_t len, uint64_t offset)
{
}

static int no_finish(struct journal_disk *disk, int file, bool sync)
{
	return 0;
}

static void no_close(struct journal_disk *disk, int file)
{
}

static int no_remove(struct journal_disk *disk, const char *name)
{
	return 0;
}

static const struct journal_disk_ops nowhere_ops = {
	.create = no_create,
	.write = no_write,
	.finish = no_finish,
	.close = no_close,
	.remove = no_remove,
};
static struct journal_disk nowhere = {&nowhere_ops};

static struct journal *make(struct journal_disk *disk, uint64_t max_segments)
{
	const struct journal_options options = {
		.mem = &mem_libc,
		.disk = disk,
		.run = 1,
		.segment_size = 64 << 20,
		.max_segments = max_segments,
		.sync_interval_ns = 10000000,
		.tsc_hz = rte_rdtsc() != 0 ? 2600000000 : 0,
	};

	return bench_must(journal_new(&options, NULL), "a journal");
}

// Everything up to here is needed no more.
static void forget(struct journal *journal, uint64_t checkpoint)
{
	journal_mark(journal, checkpoint, false);
	journal_committed(journal, checkpoint);
}

// What the thread would do, as far as the lcore sees it.
static void take_away(struct journal *journal)
{
	struct handoff_buffer *buffer;

	while ((buffer = handoff_receive(&journal->handoff)) != NULL)
		handoff_return(&journal->handoff, buffer);
}

static uint64_t append(void *context)
{
	struct journal_state *state = context;
	struct journal *journal = state->journal;

	for (uint32_t i = 0; i < N_DATAGRAMS; i++) {
		if (i % 32 == 0) {
			if (!state->writes)
				take_away(journal);
			journal_tick(journal, rte_rdtsc());
		}
		journal_append(journal, payload, state->len, 1, rte_rdtsc());
	}
	if (state->writes) {
		journal_flush(journal);
		forget(journal, journal->next);
		while (journal_step(journal, (int64_t)rte_rdtsc()))
			;
	}
	return N_DATAGRAMS;
}

// As fast as it goes, with the thread, until the time is over.
static int run_on_disk(const char *dir, uint16_t len)
{
	struct err err = {0};
	struct journal_disk *disk = journal_disk_open(dir, &err);
	struct journal *journal;
	uint64_t checkpoint = 1;
	double begin, seconds;

	if (disk == NULL) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	journal = make(disk, 16);
	if (journal_start(journal, &err) < 0)
		return 1;
	begin = bench_seconds();
	do {
		while (!journal_ready(journal)) {
			forget(journal, checkpoint++);
			usleep(50);
		}
		for (int i = 0; i < 32; i++)
			journal_append(journal, payload, len, 1, rte_rdtsc());
		journal_tick(journal, rte_rdtsc());
		seconds = bench_seconds() - begin;
	} while (seconds < DISK_S && journal_failure(journal) == NULL);
	journal_stop(journal);
	seconds = bench_seconds() - begin;
	printf("%u bytes: %.0f MB/s, %.2f million datagrams/s%s\n", len,
		(double)atomic_load(&journal->n_bytes) / seconds / 1e6,
		(double)atomic_load(&journal->durable) / seconds / 1e6,
		journal_failure(journal) != NULL ? ", and it failed" : "");
	journal_free(journal);
	disk->ops->free(disk);
	return 0;
}

int main(int argc, char **argv)
{
	struct journal_state small = {.len = SMALL}, large = {.len = LARGE};
	struct journal_state small_written = {.len = SMALL, .writes = true};
	struct journal_state large_written = {.len = LARGE, .writes = true};
	struct journal_state *const states[] = {&small, &large, &small_written, &large_written};
	const struct bench benches[] = {
		{"journal/append_150", 60, append, &small},
		{"journal/append_1400", 150, append, &large},
		{"journal/append_and_write_150", 0, append, &small_written},
		{"journal/append_and_write_1400", 0, append, &large_written},
	};

	memset(payload, 'x', sizeof(payload));
	if (argc == 3 && strcmp(argv[1], "--disk") == 0)
		return run_on_disk(argv[2], SMALL) | run_on_disk(argv[2], LARGE);
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		states[i]->journal = make(&nowhere, 1024);
	return bench_main(argc, argv, benches, sizeof(benches) / sizeof(benches[0]));
}
