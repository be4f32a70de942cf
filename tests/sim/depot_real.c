// The real store and its writer. A death comes between any two steps of the writer; what it has not
// committed is gone.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "snapshot/checkpoint_writer.h"
#include "depot_ops.h"

enum { FAILS_ONE_IN = 4, CALLS_MAX = 200 };

struct real {
	struct depot depot; // first
	struct random *random;
	struct storage *storage; // what survives
	uint64_t newest;
	// the process
	struct checkpoint_store *open;
	struct checkpoint_writer *writer;
	int64_t now_ns;
};

// As a process that starts finds it.
static uint64_t find_newest(struct storage *storage)
{
	struct err err = {0};
	struct checkpoint_store *open = checkpoint_store_on(storage, &err);
	uint64_t numbers[8], newest = 0;
	int n;

	if (open == NULL)
		return 0; // nothing was ever committed
	n = checkpoint_list(open, numbers, 8);
	if (n > 0 && n <= 8)
		newest = numbers[n - 1];
	if (newest > 0 && checkpoint_verify(open, newest, &err) < 0) {
		fprintf(stderr, "sim: the newest checkpoint does not verify: %s\n", err.text);
		abort();
	}
	checkpoint_store_close(open);
	return newest;
}

static uint64_t real_newest(struct depot *depot)
{
	return ((struct real *)depot)->newest;
}

static int real_read(
	struct depot *depot, int (*take)(void *arg, const struct record *record), void *arg)
{
	struct real *real = (struct real *)depot;
	struct err err = {0};

	return checkpoint_read(real->open, real->newest, take, arg, &err);
}

static int real_open(struct depot *depot, const struct checkpoint_plan *plan,
	struct record_out *const *outs, uint32_t n)
{
	struct real *real = (struct real *)depot;
	struct checkpoint_options options = {
		.n_retained = 2,
		.plan = plan,
		.first_checkpoint = real->newest + 1,
		.storage = real->storage,
	};
	struct err err = {0};

	hash_seed_from(&options.seed, 1);
	real->open = checkpoint_store_open(&options, &err);
	if (real->open == NULL)
		return -EIO;
	real->writer = checkpoint_writer_new(real->open, outs, n, &err);
	return real->writer != NULL ? 0 : -ENOMEM;
}

static void real_die(struct depot *depot)
{
	struct real *real = (struct real *)depot;

	checkpoint_writer_free(real->writer);
	checkpoint_store_close(real->open);
	real->writer = NULL;
	real->open = NULL;
	storage_fail(real->storage, 0, 0, false);
	real->newest = find_newest(real->storage);
}

static void fail_some_call(struct real *real)
{
	static const int errors[] = {EIO, ENOSPC, ENOBUFS};
	uint64_t k = 1 + random_below(real->random, CALLS_MAX);
	int error = errors[random_below(real->random, 3)];
	bool after = random_below(real->random, 2) == 0;

	// A map that is full lets nothing be done.
	storage_fail(real->storage, k, error, after && error != ENOBUFS);
}

static void real_begin(struct depot *depot, uint64_t checkpoint)
{
	struct real *real = (struct real *)depot;

	if (random_below(real->random, FAILS_ONE_IN) == 0)
		fail_some_call(real);
	checkpoint_writer_begin(real->writer, checkpoint);
}

static void real_abort(struct depot *depot, uint64_t checkpoint)
{
	checkpoint_writer_abort(((struct real *)depot)->writer, checkpoint);
}

static bool real_result(struct depot *depot, struct checkpoint_result *result)
{
	return checkpoint_writer_result(((struct real *)depot)->writer, result);
}

static void real_step(struct depot *depot)
{
	struct real *real = (struct real *)depot;

	if (real->writer != NULL)
		checkpoint_writer_step(real->writer, ++real->now_ns);
}

static void real_free(struct depot *depot)
{
	struct real *real = (struct real *)depot;

	storage_free(real->storage);
	free(real);
}

static const struct depot_ops real_ops = {
	.newest = real_newest,
	.read = real_read,
	.open = real_open,
	.die = real_die,
	.begin = real_begin,
	.abort = real_abort,
	.result = real_result,
	.step = real_step,
	.free = real_free,
};

struct depot *depot_real(struct random *random)
{
	struct real *real = calloc(1, sizeof(*real));

	real->depot.ops = &real_ops;
	real->random = random;
	real->storage = storage_new_memory();
	return &real->depot;
}
