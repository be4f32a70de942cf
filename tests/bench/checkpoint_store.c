// What the checkpoint store takes and gives: a full checkpoint of 10 million keys' worth of records
// (buckets of about 44 keys), incremental ones of 1 % of them, and reading one with all its
// checksums. An event is a KiB, so that a million a second are about a GB/s. The directory is
// BENCH_DIR, or /tmp; what a commit waits for is that disk.
#include "bench.h"
#include <unistd.h>
#include "snapshot/checkpoint_store.h"
#include "snapshot/checkpoint_writer.h"

enum { RECORDS = 225000, RECORDS_QUICK = 2000, BYTES = 2816, CHANGED_IN = 100, INCREMENTAL = 5 };

struct run {
	char dir[256];
	struct checkpoint_store *store;
	struct checkpoint_writer *writer;
	struct record_out *out;
	uint32_t n_records;
	uint64_t checkpoint;
};

static const struct checkpoint_operator operators[] = {{0, "GroupAggregate", "k", NULL, 0}};
static const struct checkpoint_plan plan = {"bench", "", 1, operators};

static void must(bool is_good, const char *what)
{
	if (is_good)
		return;
	fprintf(stderr, "cannot %s\n", what);
	exit(1);
}

static void report(const char *name, double seconds, uint64_t start, uint64_t bytes)
{
	double kib = (double)bytes / 1024;

	printf("checkpoint_store/%s %.0f %.2f -\n", name, kib / seconds,
		(double)(rte_rdtsc() - start) / kib);
}

static void write_records(struct run *run, uint32_t every)
{
	static char value[BYTES];
	struct record_key key = {.part = 1};

	for (uint32_t i = 0; i < run->n_records; i += every) {
		uint32_t at = every == 1 ? i : (uint32_t)(bench_random() % run->n_records);

		memcpy(value, &i, sizeof(i));
		key.place = (uint64_t)at << 46;
		record_write(run->out, &key, run->checkpoint, value, sizeof(value));
	}
	record_done(run->out, run->checkpoint);
}

static void take(struct run *run, const char *name, uint32_t every)
{
	struct checkpoint_result result;
	double begin;
	uint64_t start;

	run->checkpoint++;
	write_records(run, every);
	begin = bench_seconds();
	start = rte_rdtsc();
	checkpoint_writer_begin(run->writer, run->checkpoint);
	while (!checkpoint_writer_result(run->writer, &result))
		checkpoint_writer_step(run->writer, 0);
	must(result.is_committed, result.text);
	report(name, bench_seconds() - begin, start, result.n_bytes);
}

static int look(void *arg, const struct record *record)
{
	*(uint64_t *)arg += record->len;
	return 0;
}

static void read_all(struct run *run)
{
	double begin = bench_seconds();
	uint64_t start = rte_rdtsc(), bytes = 0;

	must(checkpoint_read(run->store, run->checkpoint, look, &bytes, NULL) == 0, "read");
	report("read_and_verify", bench_seconds() - begin, start, bytes);
}

static void open_store(struct run *run)
{
	struct checkpoint_options options = {.dir = run->dir,
		.n_retained = 2,
		.plan = &plan,
		.first_checkpoint = run->checkpoint + 1};

	run->store = bench_must(checkpoint_store_open(&options, NULL), "a store");
	run->writer = bench_must(checkpoint_writer_new(run->store, &run->out, 1, NULL), "a writer");
}

static void close_store(struct run *run)
{
	checkpoint_writer_free(run->writer);
	checkpoint_store_close(run->store);
}

static void remove_files(const char *dir)
{
	static const char *const names[] = {"/data.mdb", "/lock.mdb", "/tidewire.pid", ""};
	char path[300];

	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s%s", dir, names[i]);
		remove(path);
	}
}

int main(int argc, char **argv)
{
	struct run run = {.n_records = bench_is_quick(argc, argv) ? RECORDS_QUICK : RECORDS};
	const char *dir = getenv("BENCH_DIR");

	if (!bench_selects(argc, argv, "checkpoint_store"))
		return 0;
	snprintf(run.dir, sizeof(run.dir), "%s/tw_bench_XXXXXX", dir != NULL ? dir : "/tmp");
	must(mkdtemp(run.dir) != NULL, "make a directory");
	setvbuf(stdout, NULL, _IOLBF, 0);
	run.out = bench_must(record_out_new((uint64_t)run.n_records * BYTES * 2), "an out");
	open_store(&run);
	take(&run, "put_full", 1);
	for (int i = 0; i < INCREMENTAL; i++)
		take(&run, "put_1_percent", CHANGED_IN);
	read_all(&run);
	take(&run, "put_all_again", 1);
	close_store(&run);
	open_store(&run); // another process: what the one before has left is in the way
	take(&run, "put_full_behind_another", 1);
	take(&run, "put_1_percent_and_sweep", CHANGED_IN);
	read_all(&run);
	close_store(&run);
	record_out_free(run.out);
	remove_files(run.dir);
	return 0;
}
