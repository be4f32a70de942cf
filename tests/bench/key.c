// From the key columns of a block to hashes: images, hashes, and a prefetch of where each key's
// bucket would be, as the keyed store does in its first passes.
#include "bench.h"
#include "row/key.h"
#include "rows.h"
#include <rte_prefetch.h>

enum { TABLE_BYTES = 64 << 20, LINE = 64 };

static const struct rows_column columns[] = {
	{"id", TYPE_BIGINT, 0, 0},
	{"other_id", TYPE_BIGINT, 0, 0},
	{"user_id", TYPE_VARCHAR, 12, 0},
	{"device", TYPE_VARCHAR, 32, 0},
};

struct key_state {
	const struct block *block;
	struct key_layout layout;
	struct hash_seed seed;
	const char *table;
};

static void fill(struct block_store *store)
{
	static char texts[BLOCK_ROWS_MAX][64];

	for (uint16_t i = 0; i < BLOCK_ROWS_MAX; i++) {
		snprintf(
			texts[i], sizeof(texts[i]), "%016lx%016lx", bench_random(), bench_random());
		((int64_t *)store->columns[0].values)[i] = (int64_t)bench_random();
		((int64_t *)store->columns[1].values)[i] = (int64_t)bench_random();
		((struct str *)store->columns[2].values)[i] = str_view(texts[i], 10);
		((struct str *)store->columns[3].values)[i] = str_view(texts[i], 32);
	}
	store->block.n_rows = store->block.n_slots = BLOCK_ROWS_MAX;
}

static uint64_t hash_block(void *context)
{
	struct key_state *state = context;
	_Alignas(64) char images[BLOCK_ROWS_MAX * 32];
	uint64_t hashes[BLOCK_ROWS_MAX];
	uint16_t n = state->block->n_rows;

	key_images(&state->layout, state->block, images);
	key_hashes(&state->layout, &state->seed, images, n, hashes);
	for (uint16_t i = 0; i < n; i++)
		rte_prefetch0(state->table + hashes[i] % (TABLE_BYTES / LINE) * LINE);
	bench_sink = hashes[0];
	return n;
}

static struct key_state make(
	const struct block_store *store, const char *table, const uint16_t *of, uint16_t n)
{
	struct key_state state = {.block = &store->block, .table = table};

	hash_seed_from(&state.seed, 1);
	if (key_layout_init(&state.layout, store->schema, of, n) < 0)
		exit(1);
	return state;
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new();
	struct block_store *store = rows_store(rows_schema(arena, columns, 4));
	char *table = bench_must(calloc(1, TABLE_BYTES), "a table");
	struct key_state states[] = {
		make(store, table, (uint16_t[]){0}, 1),
		make(store, table, (uint16_t[]){0, 1}, 2),
		make(store, table, (uint16_t[]){2}, 1),
		make(store, table, (uint16_t[]){3}, 1),
	};
	const struct bench benches[] = {
		{"key/bigint", 20, hash_block, &states[0]},
		{"key/two_bigints", 20, hash_block, &states[1]},
		{"key/string_10", 20, hash_block, &states[2]},
		{"key/string_32", 20, hash_block, &states[3]},
	};
	int status;

	fill(store);
	memset(table, 1, TABLE_BYTES); // pages of its own
	status = bench_main(argc, argv, benches, sizeof(benches) / sizeof(*benches));
	free(table);
	block_store_free(&mem_libc, store);
	arena_free(arena);
	return status;
}
