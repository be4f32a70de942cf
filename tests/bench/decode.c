// Decoding messages into row blocks, for each format: out of a set of messages that the cache
// holds, as frames are that a NIC has just written, and out of one that is larger than it.
#include "bench.h"
#include "format/format.h"
#include "rows.h"
#include <endian.h>

enum {
	SET_HOT = 2048, // messages: less than a second-level cache
	SET_COLD = 131072, // more than it
	MESSAGE_MAX = 256,
};

struct decode_state {
	struct decoder *decoder;
	struct block_store *out;
	uint8_t *bytes;
	struct message *messages;
	uint32_t n_messages;
};

typedef uint32_t write_message_fn(uint8_t *at);

static const struct rows_column raw_columns[] = {
	{"order_id", TYPE_BIGINT, 0, 0},
	{"ts", TYPE_TIMESTAMP, 3, 0},
	{"price", TYPE_BIGINT, 0, 0},
	{"quantity", TYPE_INT, 0, 0},
	{"flags", TYPE_INT, 0, 0},
	{"symbol", TYPE_CHAR, 8, 0},
	{"bid", TYPE_DOUBLE, 0, 0},
	{"ask", TYPE_DOUBLE, 0, 0},
	{"last", TYPE_DOUBLE, 0, 0},
};

static const struct rows_column csv_columns[] = {
	{"tx_id", TYPE_BIGINT, 0, 0},
	{"ts", TYPE_TIMESTAMP, 3, 0},
	{"card", TYPE_CHAR, 16, 0},
	{"user_id", TYPE_CHAR, 6, 0},
	{"amount", TYPE_DECIMAL, 10, 2},
	{"currency", TYPE_CHAR, 3, 0},
	{"merchant", TYPE_VARCHAR, 8, 0},
	{"items", TYPE_INT, 0, 0},
	{"status", TYPE_VARCHAR, 8, 0},
};

// The job reads the five that are marked; a decoder must step over the others.
static const struct rows_column json_columns[] = {
	{"id", TYPE_BIGINT, 0, 0}, //
	{"ts", TYPE_TIMESTAMP, 3, 0}, // read
	{"card", TYPE_CHAR, 16, 0}, // read
	{"user_id", TYPE_CHAR, 6, 0}, //
	{"merchant", TYPE_VARCHAR, 8, 0}, // read
	{"city", TYPE_VARCHAR, 16, 0}, //
	{"country", TYPE_CHAR, 2, 0}, //
	{"amount", TYPE_DOUBLE, 0, 0}, // read
	{"currency", TYPE_CHAR, 3, 0}, //
	{"status", TYPE_VARCHAR, 8, 0}, // read
};
static const bool json_wanted[] = {0, 1, 1, 0, 1, 0, 0, 1, 0, 1};
static const bool all_wanted[SCHEMA_COLUMNS_MAX] = {[0 ... SCHEMA_COLUMNS_MAX - 1] = true};

static uint32_t below(uint32_t n)
{
	return (uint32_t)(bench_random() % n);
}

static uint32_t write_raw(uint8_t *at)
{
	for (uint32_t i = 0; i < 8; i++) {
		uint64_t word = htobe64(bench_random() >> 16);

		memcpy(at + 8 * i, &word, sizeof(word));
	}
	memcpy(at + 32, "ACME    ", 8);
	return 64;
}

static uint32_t write_csv(uint8_t *at)
{
	return (uint32_t)snprintf((char *)at, MESSAGE_MAX,
		"%u,2026-01-%02u %02u:%02u:%02u.%03u,4000%012u,u%05u,%u.%02u,EUR,m%03u,%u,%s",
		1000000 + below(9000000), 1 + below(28), below(24), below(60), below(60),
		below(1000), below(UINT32_MAX), below(100000), 100 + below(900), below(100),
		below(1000), below(10), below(16) == 0 ? "no" : "ok");
}

static uint32_t write_json(uint8_t *at)
{
	static const char *const cities[] = {"Lyon", "Porto", "Tallinn", "Bergen"};

	return (uint32_t)snprintf((char *)at, MESSAGE_MAX,
		"{\"id\":%u,\"ts\":\"2026-01-%02u %02u:%02u:%02u.%03u\",\"card\":\"4000%012u\","
		"\"user_id\":\"u%05u\",\"merchant\":\"m%03u\",\"city\":\"%s\",\"country\":\"EU\","
		"\"amount\":%u.%02u,\"currency\":\"EUR\",\"status\":\"%s\"}",
		1000000 + below(9000000), 1 + below(28), below(24), below(60), below(60),
		below(1000), below(UINT32_MAX), below(100000), below(1000), cities[below(4)],
		100 + below(900), below(100), below(16) == 0 ? "no" : "ok");
}

static struct decode_state make(struct arena *arena, const char *format,
	const struct rows_column *columns, uint16_t n_columns, const bool *wanted,
	write_message_fn *write_message, uint32_t n_messages)
{
	struct schema *schema = rows_schema(arena, columns, n_columns);
	struct decode_state state = {.n_messages = n_messages, .out = rows_store(schema)};
	struct err err = {0};
	uint8_t *at;

	state.decoder = format_find(format)->decoder_new(&mem_libc, schema, wanted, NULL, 0, &err);
	bench_must(state.decoder, err.text);
	at = state.bytes = bench_must(malloc((size_t)n_messages * MESSAGE_MAX), "messages");
	state.messages = bench_must(calloc(n_messages, sizeof(*state.messages)), "messages");
	for (uint32_t i = 0; i < n_messages; i++) {
		state.messages[i] = (struct message){at, write_message(at)};
		at += state.messages[i].len;
	}
	return state;
}

// A block at a time, as a source does.
static uint64_t decode_all(void *context)
{
	struct decode_state *state = context;
	uint32_t i = 0;

	while (i < state->n_messages) {
		uint32_t left = state->n_messages - i;
		uint16_t n = (uint16_t)(left < BLOCK_ROWS_MAX ? left : BLOCK_ROWS_MAX);

		block_store_reset(state->out);
		i += state->decoder->ops->decode(
			state->decoder, state->messages + i, n, state->out);
	}
	bench_sink = state->out->block.n_rows;
	return state->n_messages;
}

static void drop(struct decode_state *state)
{
	for (int e = 0; e < DECODE_ERRORS; e++)
		if (state->decoder->n_errors[e] > 0) {
			fprintf(stderr, "messages were refused: %s\n", decode_error_names[e]);
			exit(1);
		}
	state->decoder->ops->free(state->decoder);
	block_store_free(&mem_libc, state->out);
	free(state->bytes);
	free(state->messages);
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new();
	struct decode_state states[] = {
		make(arena, "raw", raw_columns, 9, all_wanted, write_raw, SET_HOT),
		make(arena, "raw", raw_columns, 9, all_wanted, write_raw, SET_COLD),
		make(arena, "csv", csv_columns, 9, all_wanted, write_csv, SET_HOT),
		make(arena, "csv", csv_columns, 9, all_wanted, write_csv, SET_COLD),
		make(arena, "json", json_columns, 10, json_wanted, write_json, SET_HOT),
		make(arena, "json", json_columns, 10, json_wanted, write_json, SET_COLD),
	};
	const struct bench benches[] = {
		{"decode/raw_64", 10, decode_all, &states[0]},
		{"decode/raw_64_uncached", 0, decode_all, &states[1]},
		{"decode/csv_76", 30, decode_all, &states[2]},
		{"decode/csv_76_uncached", 0, decode_all, &states[3]},
		{"decode/json_184", 120, decode_all, &states[4]},
		{"decode/json_184_uncached", 0, decode_all, &states[5]},
	};
	int status = bench_main(argc, argv, benches, sizeof(benches) / sizeof(*benches));

	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
		drop(&states[i]);
	arena_free(arena);
	return status;
}
