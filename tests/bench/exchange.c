// From task to task. channel: a block of rows is taken, sent, received and given back, by one
// thread and between two. shard: rows are hashed, scattered to 1, 2 or 4 channels and taken out of
// the gates, by one thread; the difference to channel is what hashing and copying cost.
#include "bench.h"
#include "exchange/gate.h"
#include "exchange/sharder.h"
#include "rows.h"
#include <pthread.h>
#include <rte_pause.h>

enum { N_BLOCKS = 16, TARGETS_MAX = 4, SMALL_BLOCK = 32, BLOCKS_A_RUN = 4096 };

static const struct rows_column columns[] = {
	{"card", TYPE_BIGINT, 0, 0},
	{"ts", TYPE_TIMESTAMP, 3, 0},
	{"user_id", TYPE_CHAR, 10, 0},
	{"amount", TYPE_DOUBLE, 0, 0},
	{"items", TYPE_INT, 0, 0},
};

struct shard_state {
	const struct block *block;
	struct channel *channels[TARGETS_MAX];
	struct gate gates[TARGETS_MAX];
	uint32_t n_targets;
	struct key_layout keys;
	struct hash_seed seed;
	struct sharder *sharder;
};

struct channel_state {
	struct channel *channel;
	uint16_t n_rows; // a block
};

static void fill(struct block_store *store)
{
	for (uint16_t i = 0; i < BLOCK_ROWS_MAX; i++) {
		((int64_t *)store->columns[0].values)[i] = (int64_t)(bench_random() % 1000000);
		((int64_t *)store->columns[1].values)[i] = 1767225600000 + i;
		((struct str *)store->columns[2].values)[i] = str_view("u000012345", 10);
		((double *)store->columns[3].values)[i] = (double)(bench_random() % 10000) / 100;
		((int32_t *)store->columns[4].values)[i] = 1;
	}
	store->block.n_rows = store->block.n_slots = BLOCK_ROWS_MAX;
}

static struct channel *channel(const struct schema *schema)
{
	return bench_must(channel_new(&mem_libc, schema, N_BLOCKS, ROWS_HEAP), "a channel");
}

static void shard_init(
	struct shard_state *state, const struct block_store *store, uint32_t n_targets)
{
	*state = (struct shard_state){.block = &store->block, .n_targets = n_targets};
	for (uint32_t i = 0; i < n_targets; i++) {
		state->channels[i] = channel(store->schema);
		if (gate_init(&state->gates[i], &mem_libc, &state->channels[i], 1) < 0)
			exit(1);
	}
	if (key_layout_init(&state->keys, store->schema, (uint16_t[]){0}, 1) < 0)
		exit(1);
	hash_seed_from(&state->seed, 1);
	state->sharder = bench_must(
		sharder_new(&mem_libc, state->channels, n_targets, &state->keys, &state->seed),
		"a sharder");
}

static void shard_destroy(struct shard_state *state)
{
	sharder_free(state->sharder);
	for (uint32_t i = 0; i < state->n_targets; i++) {
		gate_destroy(&state->gates[i]);
		channel_free(state->channels[i]);
	}
}

static uint64_t shard(void *context)
{
	struct shard_state *state = context;
	uint64_t n_rows = 0;

	sharder_send(state->sharder, state->block);
	for (uint32_t i = 0; i < state->n_targets; i++) {
		const struct block *block;

		while ((block = gate_take(&state->gates[i], 0)) != NULL)
			n_rows += block->n_rows;
	}
	bench_sink = n_rows;
	return state->block->n_rows;
}

static void send_one(const struct channel_state *state, struct block_store *store)
{
	store->block.n_rows = state->n_rows;
	channel_send(state->channel, store);
}

static uint64_t hand_over(void *context)
{
	struct channel_state *state = context;

	for (uint32_t i = 0; i < N_BLOCKS / 2; i++)
		send_one(state, channel_take(state->channel));
	for (uint32_t i = 0; i < N_BLOCKS / 2; i++)
		channel_release(state->channel, channel_receive(state->channel));
	return (uint64_t)N_BLOCKS / 2 * state->n_rows;
}

static void *produce(void *context)
{
	struct channel_state *state = context;

	for (uint32_t i = 0; i < BLOCKS_A_RUN; i++) {
		struct block_store *store;

		while ((store = channel_take(state->channel)) == NULL)
			rte_pause();
		send_one(state, store);
	}
	return NULL;
}

static uint64_t hand_over_to_a_thread(void *context)
{
	struct channel_state *state = context;
	uint64_t n_rows = 0;
	pthread_t thread;

	if (pthread_create(&thread, NULL, produce, state) != 0)
		exit(1);
	for (uint32_t i = 0; i < BLOCKS_A_RUN;) {
		struct block_store *store = channel_receive(state->channel);

		if (store == NULL) {
			rte_pause();
			continue;
		}
		n_rows += store->block.n_rows;
		channel_release(state->channel, store);
		i++;
	}
	pthread_join(thread, NULL);
	return n_rows;
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new();
	struct block_store *store = rows_store(rows_schema(arena, columns, 5));
	struct channel_state full = {channel(store->schema), BLOCK_ROWS_MAX};
	struct channel_state small = {channel(store->schema), SMALL_BLOCK};
	static struct shard_state states[3];
	const struct bench benches[] = {
		{"exchange/channel_256_rows", 2, hand_over, &full},
		{"exchange/channel_32_rows", 2, hand_over, &small},
		{"exchange/channel_256_rows_threads", 2, hand_over_to_a_thread, &full},
		{"exchange/shard_to_1", 0, shard, &states[0]},
		{"exchange/shard_to_2", 0, shard, &states[1]},
		{"exchange/shard_to_4", 0, shard, &states[2]},
	};
	int status;

	fill(store);
	for (uint32_t i = 0; i < 3; i++)
		shard_init(&states[i], store, 1u << i);
	status = bench_main(argc, argv, benches, sizeof(benches) / sizeof(*benches));
	for (uint32_t i = 0; i < 3; i++)
		shard_destroy(&states[i]);
	channel_free(full.channel);
	channel_free(small.channel);
	block_store_free(&mem_libc, store);
	arena_free(arena);
	return status;
}
