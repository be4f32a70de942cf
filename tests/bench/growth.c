// Keyed state that grows from nothing: rows of keys that are all new, in random order, a block at a
// time.
//
//   block    what a block of 256 new keys costs: no rehash, no stall
//   close    the same of a step of the window's close, when all are there; the last one gives
//            its pages back
//   again    what a block costs in the next window, which grows over these pages
//            (steps.h says what is counted)
//   bytes    memory per key when all are there, directory and free room in buckets included; the
//            state itself, key and aggregates, is 64 bytes
#include "keyed_rig.h"
#include "steps.h"

struct size {
	const char *name;
	uint64_t n_keys;
};

enum { STATE_BYTES = 64 };

// The i-th of n keys, each once: multiplication by a number without a common divisor (n is a power
// of ten).
static int64_t scattered(uint64_t i, uint64_t n)
{
	return (int64_t)(i * 7654321 % n);
}

static void next_keys(struct keyed *keyed, uint64_t first)
{
	for (uint64_t i = 0; i < BLOCK_ROWS_MAX; i++)
		keyed->columns[1][i] = scattered((first + i) % keyed->n_keys, keyed->n_keys);
	keyed->at = 0;
}

// Pages that nobody has touched cost what the kernel takes to find them; an appliance has its
// memory from the start.
static void touch(struct page_pool *pool)
{
	for (uint64_t page = 0; page < pool->n_pages; page++)
		*(volatile char *)page_at(pool, (uint32_t)page) = 0;
}

static void grow(struct keyed *keyed, struct steps *steps)
{
	for (uint64_t key = 0; key < keyed->n_keys; key += BLOCK_ROWS_MAX) {
		next_keys(keyed, key);
		steps_begin(steps);
		feed(keyed, 1);
		steps_end(steps);
	}
}

// The watermark, and what it takes until all keys are out.
static void close_window(struct keyed *keyed, struct steps *steps)
{
	struct block control = {.kind = BLOCK_WATERMARK, .watermark = SLIDE - 1};

	steps_begin(steps);
	op_feed(keyed->window, &control);
	steps_end(steps);
	while (keyed->window->pending) {
		keyed->task.blocked = false;
		steps_begin(steps);
		keyed->window->ops->resume(keyed->window);
		steps_end(steps);
	}
}

struct measured {
	struct steps grown, closed, again;
	uint64_t n_used; // pages, when all keys were there
};

// Once from an empty pool to an empty pool.
static void go_through(const struct size *size, struct measured *measured)
{
	struct keyed keyed = {.n_keys = size->n_keys, .n_overlapping = 1};

	keyed.arena = arena_new();
	make_events(&keyed);
	configure(&keyed);
	make_window(&keyed);
	touch(&keyed.pool);
	steps_round(&measured->grown);
	grow(&keyed, &measured->grown);
	measured->n_used = keyed.pool.n_used;
	steps_round(&measured->closed);
	close_window(&keyed, &measured->closed);
	for (uint64_t i = 0; i < N_EVENTS; i++)
		keyed.columns[0][i] = SLIDE; // rows of the next window
	steps_round(&measured->again);
	grow(&keyed, &measured->again);
	free_keyed(&keyed);
}

static void measure(const struct size *size, int n_rounds)
{
	static struct measured measured;
	double begin = bench_seconds(), us;
	uint64_t start = rte_rdtsc();

	measured = (struct measured){0};
	for (int round = 0; round < n_rounds; round++)
		go_through(size, &measured);
	us = (bench_seconds() - begin) * 1e6 / (double)(rte_rdtsc() - start);
	steps_report("growth", size->name, "block", &measured.grown, us);
	steps_report("growth", size->name, "close", &measured.closed, us);
	steps_report("growth", size->name, "again", &measured.again, us);
	printf("growth/%s/bytes_per_key %.4g B %d\n", size->name,
		(double)measured.n_used * PAGE_COST / (double)size->n_keys, 2 * STATE_BYTES);
}

static const struct size sizes[] = {{"100k", 100000}, {"1m", 1000000}, {"10m", 10000000}};
static const struct size quick = {"quick", 10000};

int main(int argc, char **argv)
{
	if (bench_is_quick(argc, argv)) {
		measure(&quick, 1);
		return 0;
	}
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		char name[64];

		snprintf(name, sizeof(name), "growth/%s", sizes[i].name);
		if (bench_selects(argc, argv, name))
			measure(&sizes[i], STEPS_ROUNDS);
	}
	return 0;
}
