// Encoding rows as sinks do, one at a time.
#include "bench.h"
#include "format/format.h"
#include "rows.h"

enum { TEXT_MAX = 4096 };

static const struct rows_column columns[] = {
	{"card", TYPE_CHAR, 16, 0},
	{"window_end", TYPE_TIMESTAMP, 3, 0},
	{"n", TYPE_BIGINT, 0, 0},
	{"total", TYPE_DECIMAL, 18, 2},
	{"average", TYPE_DOUBLE, 0, 0},
};

struct encode_state {
	struct encoder *encoder;
	const struct block *block;
};

static void fill(struct block_store *store)
{
	static char cards[BLOCK_ROWS_MAX][17];

	for (uint16_t i = 0; i < BLOCK_ROWS_MAX; i++) {
		uint64_t cents = bench_random() % 10000000;

		snprintf(cards[i], sizeof(cards[i]), "4000%012lu", bench_random() % 1000000);
		((struct str *)store->columns[0].values)[i] = str_view(cards[i], 16);
		((int64_t *)store->columns[1].values)[i] = 1767225600000 + 60000 * (i % 7);
		((int64_t *)store->columns[2].values)[i] = (int64_t)(bench_random() % 1000);
		((decimal *)store->columns[3].values)[i] = (decimal)cents;
		((double *)store->columns[4].values)[i] = (double)cents / 100;
	}
	store->block.n_rows = store->block.n_slots = BLOCK_ROWS_MAX;
}

static uint64_t encode_all(void *context)
{
	struct encode_state *state = context;
	char text[TEXT_MAX];
	uint64_t sum = 0;

	for (uint16_t i = 0; i < state->block->n_rows; i++)
		sum += state->encoder->ops->encode(
			state->encoder, state->block, i, text, sizeof(text));
	bench_sink = sum;
	return state->block->n_rows;
}

static struct encode_state make(const char *format, const struct block_store *store)
{
	struct encode_state state = {.block = &store->block};
	struct err err = {0};

	if (format == NULL)
		state.encoder = print_encoder_new(&mem_libc, store->schema);
	else
		state.encoder =
			format_find(format)->encoder_new(&mem_libc, store->schema, NULL, 0, &err);
	bench_must(state.encoder, err.text);
	return state;
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new();
	struct block_store *store = rows_store(rows_schema(arena, columns, 5));
	struct encode_state states[] = {
		make(NULL, store), make("json", store), make("csv", store), make("raw", store)};
	const struct bench benches[] = {
		{"encode/print_5_columns", 0, encode_all, &states[0]},
		{"encode/json_5_columns", 0, encode_all, &states[1]},
		{"encode/csv_5_columns", 0, encode_all, &states[2]},
		{"encode/raw_5_columns", 0, encode_all, &states[3]},
	};
	int status;

	fill(store);
	status = bench_main(argc, argv, benches, sizeof(benches) / sizeof(*benches));
	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
		states[i].encoder->ops->free(states[i].encoder);
	block_store_free(&mem_libc, store);
	arena_free(arena);
	return status;
}
