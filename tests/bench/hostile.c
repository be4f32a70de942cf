// Those who choose keys to do harm.
//
//   update_*  rows of 100,000 keys that are all there, chosen so that a weaker hash would have them
//             meet: one after another, differing in a few bits, alike in their low bits, or met
//             already under a seed that the attacker knows. At most twice what random ones cost.
//   flood_*   a pool that a million keys fill, and every second block of keys that are new: what
//             a row of the known keys costs without and with it, and what a refused row costs.
//             That memory stays as it is, that all drops are counted and that every row of a known
//             key is, is checked.
//
//	hostile [--quick] [PREFIX…]
//	hostile --flood N       N rows of new keys, each another
#include "keyed_rig.h"
#include "base/hash.h"

enum { CROWD = 100000, KNOWN = 1000000, SEED_BITS = 10, ROUNDS = 3, BLOCKS = 2000 };
enum { CROWD_BITS = 17 }; // of a number below CROWD

// ---- Keys

static int64_t random_key(uint64_t)
{
	return (int64_t)bench_random();
}

static int64_t next_key(uint64_t i)
{
	return (int64_t)i;
}

// The bits of i far from each other.
static int64_t few_bits_key(uint64_t i)
{
	uint64_t key = 0;

	for (int bit = 0; bit < CROWD_BITS; bit++)
		key |= (i >> bit & 1) << (3 * bit);
	return (int64_t)key;
}

static int64_t high_bits_key(uint64_t i)
{
	return (int64_t)(i << (64 - CROWD_BITS));
}

// The next key whose hash begins with SEED_BITS zeros where the seed is 0.
static int64_t seed_0_key(uint64_t)
{
	static uint64_t next;
	struct hash_seed seed;
	uint64_t image[2] = {0}, hash;

	hash_seed_from(&seed, 0);
	do {
		image[1] = next++;
		hash = hash_bytes(&seed, image, sizeof(image));
	} while (hash >> (64 - SEED_BITS) != 0);
	return (int64_t)image[1];
}

static const struct crowd {
	const char *name;
	int64_t (*key)(uint64_t i);
} crowds[] = {
	{"random", random_key},
	{"sequential", next_key},
	{"few_bits", few_bits_key},
	{"high_bits", high_bits_key},
	{"seed_0", seed_0_key},
};
enum { N_CROWDS = sizeof(crowds) / sizeof(*crowds) };

// ---- Rig

static void make(struct keyed *keyed)
{
	keyed->arena = arena_new();
	keyed->n_overlapping = 1;
	make_events(keyed);
	configure(keyed);
	make_window(keyed);
}

// n keys of the block at keyed->columns[1] into the window.
static uint64_t timed_feed(struct keyed *keyed)
{
	uint64_t start = rte_rdtsc();

	keyed->at = 0;
	feed(keyed, 1);
	return rte_rdtsc() - start;
}

static double median(double *values, size_t n)
{
	qsort(values, n, sizeof(*values), bench_compare);
	return values[n / 2];
}

static void print(const char *name, double cycles, double goal)
{
	printf("hostile/%s %.1f cycles/row ", name, cycles);
	if (goal > 0)
		printf("%.1f\n", goal);
	else
		printf("-\n");
}

// ---- Keys that would meet

// A row's cost in cycles, of keys that are all there.
static double update_crowd(const struct crowd *crowd, uint64_t n_keys, uint32_t n_blocks)
{
	static double costs[BLOCKS];
	struct keyed keyed = {.n_keys = n_keys};
	int64_t *keys = huge_alloc(NULL, n_keys * sizeof(*keys), HUGE_PAGE);
	double cost;

	make(&keyed);
	for (uint64_t i = 0; i < n_keys; i++)
		keys[i] = crowd->key(i);
	for (uint64_t at = 0; at + BLOCK_ROWS_MAX <= n_keys; at += BLOCK_ROWS_MAX) {
		memcpy(keyed.columns[1], keys + at, BLOCK_ROWS_MAX * sizeof(*keys));
		timed_feed(&keyed);
	}
	n_keys -= n_keys % BLOCK_ROWS_MAX;
	for (uint32_t b = 0; b < n_blocks; b++) {
		for (int i = 0; i < BLOCK_ROWS_MAX; i++)
			keyed.columns[1][i] = keys[bench_random() % n_keys];
		costs[b] = (double)timed_feed(&keyed) / BLOCK_ROWS_MAX;
	}
	cost = median(costs, n_blocks);
	free_keyed(&keyed);
	free(keys);
	return cost;
}

static void measure_crowds(int argc, char **argv, bool quick)
{
	double random = 0;

	for (size_t i = 0; i < N_CROWDS; i++) {
		char name[64];
		double cost;

		snprintf(name, sizeof(name), "hostile/update_%s", crowds[i].name);
		if (i > 0 && !bench_selects(argc, argv, name))
			continue;
		cost = update_crowd(&crowds[i], quick ? 2048 : CROWD, quick ? 10 : BLOCKS);
		if (i == 0)
			random = cost;
		print(name + strlen("hostile/"), cost, i > 0 ? 2 * random : 0);
	}
}

// ---- A flood

static uint64_t n_refused(const struct keyed *keyed)
{
	for (uint16_t i = 0; i < keyed->window->n_counters; i++)
		if (strcmp(keyed->window->counters[i].name, "state_full") == 0)
			return keyed->window->counters[i].value;
	bench_must(NULL, "sense of the counters");
	return 0;
}

static void must(bool is_so, const char *what)
{
	if (!is_so) {
		fprintf(stderr, "hostile: %s\n", what);
		exit(1);
	}
}

static uint64_t feed_known(struct keyed *keyed)
{
	for (int i = 0; i < BLOCK_ROWS_MAX; i++)
		keyed->columns[1][i] = (int64_t)(bench_random() % keyed->n_keys);
	return timed_feed(keyed);
}

// Keys from *next on.
static uint64_t feed_new(struct keyed *keyed, int64_t *next)
{
	for (int i = 0; i < BLOCK_ROWS_MAX; i++)
		keyed->columns[1][i] = (*next)++;
	return timed_feed(keyed);
}

// A pool with all known keys in it, and not a page left.
static void fill(struct keyed *keyed, int64_t *next)
{
	make(keyed);
	keyed->task.drop_new_keys = true;
	for (*next = 0; *next < (int64_t)keyed->n_keys;)
		feed_new(keyed, next);
	must(n_refused(keyed) == 0, "the pool is too small for the keys that are to be known");
	while (keyed->pool.n_used < keyed->pool.n_pages)
		feed_new(keyed, next);
}

static void measure_flood(uint64_t n_keys, uint32_t n_blocks)
{
	static double alone[BLOCKS], during[BLOCKS], refused[BLOCKS];
	struct keyed keyed = {.n_keys = n_keys, .pool_size = n_keys * 120 + (1 << 20)};
	uint64_t n_before;
	double cost;
	int64_t next;

	fill(&keyed, &next);
	for (uint32_t b = 0; b < n_blocks; b++)
		alone[b] = (double)feed_known(&keyed) / BLOCK_ROWS_MAX;
	n_before = n_refused(&keyed);
	for (uint32_t b = 0; b < n_blocks; b++) {
		refused[b] = (double)feed_new(&keyed, &next) / BLOCK_ROWS_MAX;
		during[b] = (double)feed_known(&keyed) / BLOCK_ROWS_MAX;
	}
	must(keyed.pool.n_used == keyed.pool.n_pages, "pages have come back");
	must(n_refused(&keyed) <= n_before + (uint64_t)n_blocks * BLOCK_ROWS_MAX,
		"rows of known keys were refused");
	cost = median(alone, n_blocks);
	print("flood_known_alone", cost, 0);
	print("flood_known_during", median(during, n_blocks), 2 * cost);
	print("flood_refused", median(refused, n_blocks), 0);
	free_keyed(&keyed);
}

// The long one: n_rows new keys against a pool of a million, a block of known ones now and then.
static void flood(uint64_t n_rows)
{
	enum { KNOWN_EVERY = 1024 }; // blocks
	struct keyed keyed = {.n_keys = KNOWN, .pool_size = KNOWN * 120ull + (1 << 20)};
	uint64_t n_blocks = n_rows / BLOCK_ROWS_MAX, n_known = 0, ticks = 0, n_entered, n_all;
	int64_t next, first;

	fill(&keyed, &next);
	n_entered = n_refused(&keyed);
	first = next;
	for (uint64_t b = 0; b < n_blocks; b++) {
		uint64_t n_before;

		ticks += feed_new(&keyed, &next);
		if (b % KNOWN_EVERY != 0)
			continue;
		n_before = n_refused(&keyed);
		feed_known(&keyed);
		n_known += BLOCK_ROWS_MAX;
		must(n_refused(&keyed) == n_before, "a row of a known key was refused");
	}
	must(keyed.pool.n_used == keyed.pool.n_pages, "pages have come back");
	n_all = (uint64_t)(next - first);
	printf("%llu rows of new keys: %llu refused and counted, %llu found a free place in a "
	       "bucket; %llu rows of known keys between them, all taken; pages %u of %u; %.1f "
	       "cycles a row\n",
		(unsigned long long)n_all, (unsigned long long)(n_refused(&keyed) - n_entered),
		(unsigned long long)(n_all - (n_refused(&keyed) - n_entered)),
		(unsigned long long)n_known, keyed.pool.n_used, keyed.pool.n_pages,
		(double)ticks / (double)n_all);
	free_keyed(&keyed);
}

int main(int argc, char **argv)
{
	bool quick = bench_is_quick(argc, argv);

	if (argc == 3 && strcmp(argv[1], "--flood") == 0) {
		flood(strtoull(argv[2], NULL, 10));
		return 0;
	}
	for (int round = 0; round < (quick ? 1 : ROUNDS); round++) {
		if (bench_selects(argc, argv, "hostile/update"))
			measure_crowds(argc, argv, quick);
		if (bench_selects(argc, argv, "hostile/flood"))
			measure_flood(quick ? 10240 : KNOWN, quick ? 10 : BLOCKS);
	}
	return 0;
}
