// Sharders and gates, connected by small channels, driven in random order: what goes in comes out.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/arena.h"
#include "exchange/gate.h"
#include "exchange/sharder.h"
#include "row/random.h"

enum { PRODUCERS_MAX = 4, CONSUMERS_MAX = 5, ROWS_PER_PRODUCER = 12000, BARRIERS = 3 };
enum { COLUMN_ID, COLUMN_KEY, COLUMN_TEXT, COLUMNS };
enum { HEAP_BYTES = 4000, DISORDER = 50, N_KEYS = 300 };

// What a producer hands out, row by row; ids say who and in which order.
struct producer {
	struct sharder *sharder;
	struct random random;
	uint32_t index;
	int64_t n_rows; // made so far
	int64_t watermark; // of the rows so far
	uint64_t n_barriers;
	uint64_t n_barriers_max; // it ends when it has sent so many, whatever comes later
	int end_step; // 0 rows, 1 END sent
	// the block in hand
	int64_t ids[BLOCK_ROWS_MAX], keys[BLOCK_ROWS_MAX], marks[BLOCK_ROWS_MAX];
	char bytes[BLOCK_ROWS_MAX][32];
	struct str texts[BLOCK_ROWS_MAX];
	struct column columns[COLUMNS];
};

struct consumer {
	struct gate gate;
	int64_t last_id[PRODUCERS_MAX][N_KEYS]; // of each key
	int64_t n_rows[PRODUCERS_MAX];
	int64_t watermark;
	uint64_t n_barriers;
	bool ended, idle;
};

struct network {
	struct arena *arena;
	struct schema *schema;
	struct hash_seed seed;
	struct key_layout keys;
	struct random random;
	uint32_t n_producers, n_consumers;
	struct producer producers[PRODUCERS_MAX];
	struct consumer consumers[CONSUMERS_MAX];
	struct channel *channels[PRODUCERS_MAX][CONSUMERS_MAX];
	int64_t rows_at_barrier[PRODUCERS_MAX][BARRIERS + 1]; // how many went before barrier n
	uint8_t *seen[PRODUCERS_MAX]; // by row
};

static void network_init(
	struct network *net, uint32_t n_producers, uint32_t n_consumers, uint64_t seed)
{
	static const uint16_t key[] = {COLUMN_KEY};

	*net = (struct network){.arena = arena_new(),
		.random = {seed},
		.n_producers = n_producers,
		.n_consumers = n_consumers};
	net->schema = schema_new(net->arena, COLUMNS);
	net->schema->fields[COLUMN_ID] = (struct field){"id", type_of(TYPE_BIGINT)};
	net->schema->fields[COLUMN_KEY] = (struct field){"key", type_of(TYPE_BIGINT)};
	net->schema->fields[COLUMN_TEXT] = (struct field){"text", type_of(TYPE_VARCHAR)};
	hash_seed_from(&net->seed, 5);
	key_layout_init(&net->keys, net->schema, key, 1);
	for (uint32_t p = 0; p < n_producers; p++) {
		struct producer *producer = &net->producers[p];

		for (uint32_t c = 0; c < n_consumers; c++)
			net->channels[p][c] =
				channel_new(&mem_libc, net->schema, CHANNEL_BLOCKS_MIN, HEAP_BYTES);
		*producer = (struct producer){.index = p, .watermark = WATERMARK_NONE};
		producer->random.state = seed + p;
		producer->n_barriers_max = BARRIERS;
		if (p > 0 && random_below(&producer->random, 2) == 0)
			producer->n_barriers_max = random_below(&producer->random, BARRIERS);
		producer->sharder = sharder_new(
			&mem_libc, net->channels[p], n_consumers, &net->keys, &net->seed);
		net->seen[p] = calloc(1, ROWS_PER_PRODUCER);
	}
	for (uint32_t c = 0; c < n_consumers; c++) {
		struct channel *inputs[PRODUCERS_MAX];

		for (uint32_t p = 0; p < n_producers; p++)
			inputs[p] = net->channels[p][c];
		net->consumers[c].watermark = WATERMARK_NONE;
		assert_int_equal(
			gate_init(&net->consumers[c].gate, &mem_libc, inputs, n_producers), 0);
	}
}

static void network_free(struct network *net)
{
	for (uint32_t p = 0; p < net->n_producers; p++) {
		sharder_free(net->producers[p].sharder);
		free(net->seen[p]);
		for (uint32_t c = 0; c < net->n_consumers; c++)
			channel_free(net->channels[p][c]);
	}
	for (uint32_t c = 0; c < net->n_consumers; c++)
		gate_destroy(&net->consumers[c].gate);
	arena_free(net->arena);
}

// A row's key says its id in part, so that the consumer can tell whether they still fit.
static int64_t key_of(uint32_t producer, int64_t row)
{
	return (int64_t)(hash_mix((uint64_t)row * 8 + producer) % N_KEYS);
}

// Some rows, thousands in a row, have no string that needs the heap.
static int text_width(int64_t row)
{
	return (int)(row / 3000 % 2 == 0 ? row % 30 : row % STR_INLINE_MAX);
}

static void make_row(struct producer *producer, uint16_t slot)
{
	int64_t row = producer->n_rows++;
	int64_t mark = row - DISORDER;
	int len;

	producer->ids[slot] = row * PRODUCERS_MAX + producer->index;
	producer->keys[slot] = key_of(producer->index, row);
	len = sprintf(producer->bytes[slot], "%*ld", text_width(row), row);
	producer->texts[slot] = str_view(producer->bytes[slot], (uint32_t)len);
	producer->marks[slot] = producer->watermark;
	if (mark > producer->watermark)
		producer->watermark = mark;
}

// The header is on our stack, as that of an operator is.
static void send_rows(struct producer *producer)
{
	struct block block = {.kind = BLOCK_ROWS, .n_columns = COLUMNS};

	block.n_rows = (uint16_t)(1 + random_below(&producer->random, BLOCK_ROWS_MAX));
	if (block.n_rows > ROWS_PER_PRODUCER - producer->n_rows)
		block.n_rows = (uint16_t)(ROWS_PER_PRODUCER - producer->n_rows);
	block.n_slots = block.n_rows;
	for (uint16_t slot = 0; slot < block.n_rows; slot++)
		make_row(producer, slot);
	producer->columns[COLUMN_ID].values = producer->ids;
	producer->columns[COLUMN_KEY].values = producer->keys;
	producer->columns[COLUMN_TEXT].values = producer->texts;
	block.columns = producer->columns;
	block.late_marks = producer->marks;
	sharder_send(producer->sharder, &block);
	block = (struct block){.kind = BLOCK_WATERMARK, .watermark = producer->watermark};
	sharder_send(producer->sharder, &block);
}

static void send_control(struct producer *producer, enum block_kind kind)
{
	struct block block = {.kind = kind, .checkpoint_id = producer->n_barriers};

	sharder_send(producer->sharder, &block);
}

static void producer_step(struct network *net, struct producer *producer)
{
	if (sharder_is_blocked(producer->sharder)) {
		sharder_resume(producer->sharder);
		return;
	}
	switch (random_below(&producer->random, 8)) {
	case 0:
		sharder_flush(producer->sharder);
		break;
	case 1:
		if (producer->n_barriers >= producer->n_barriers_max ||
			producer->n_rows * (BARRIERS + 1) <
				(int64_t)(producer->n_barriers + 1) * ROWS_PER_PRODUCER)
			break;
		producer->n_barriers++;
		net->rows_at_barrier[producer->index][producer->n_barriers] = producer->n_rows;
		send_control(producer, BLOCK_BARRIER);
		break;
	default:
		if (producer->n_rows < ROWS_PER_PRODUCER) {
			send_rows(producer);
		} else if (producer->n_barriers == producer->n_barriers_max &&
			   producer->end_step == 0) {
			producer->end_step = 1;
			send_control(producer, BLOCK_END);
		}
	}
}

static void check_row(struct network *net, uint32_t c, const struct block *block, uint16_t slot)
{
	struct consumer *consumer = &net->consumers[c];
	int64_t id = ((int64_t *)block->columns[COLUMN_ID].values)[slot];
	int64_t key = ((int64_t *)block->columns[COLUMN_KEY].values)[slot];
	const struct str *text = (struct str *)block->columns[COLUMN_TEXT].values + slot;
	int64_t mark = block->late_marks != NULL ? block->late_marks[slot] : block->late_mark;
	uint32_t p = (uint32_t)(id % PRODUCERS_MAX);
	int64_t row = id / PRODUCERS_MAX;
	char wanted[40];
	uint64_t image[2] = {0, (uint64_t)key}, hash;

	key_hashes(&net->keys, &net->seed, image, 1, &hash);
	assert_int_equal(key_group_owner(key_group(hash), net->n_consumers), c);
	assert_int_equal(key, key_of(p, row));
	assert_int_equal(text->len, sprintf(wanted, "%*ld", text_width(row), row));
	assert_memory_equal(str_data(text), wanted, text->len);
	assert_int_equal(net->seen[p][row], 0);
	net->seen[p][row] = 1;
	assert_true(row >= consumer->last_id[p][key]); // one key's rows keep their order
	consumer->last_id[p][key] = row;
	consumer->n_rows[p]++;
	// Travelling makes no row late: what its split had reached, the gate has not passed.
	assert_int_equal(mark, row == 0 ? WATERMARK_NONE : row - 1 - DISORDER);
	assert_true(consumer->watermark <= mark);
	// Rows behind a barrier wait until it is out, and those behind it too.
	assert_true(consumer->n_barriers == BARRIERS ||
		    row < net->rows_at_barrier[p][consumer->n_barriers + 1] ||
		    net->producers[p].n_barriers <= consumer->n_barriers);
}

// All rows that went before the barrier have come.
static void check_barrier(struct network *net, struct consumer *consumer)
{
	uint32_t c = (uint32_t)(consumer - net->consumers);

	consumer->n_barriers++;
	for (uint32_t p = 0; p < net->n_producers; p++) {
		bool has_ended = net->producers[p].n_barriers_max < consumer->n_barriers;
		int64_t n_rows = has_ended ? ROWS_PER_PRODUCER
					   : net->rows_at_barrier[p][consumer->n_barriers];

		assert_true(has_ended || net->producers[p].n_barriers >= consumer->n_barriers);
		for (int64_t row = 0; row < n_rows; row++) {
			uint64_t image[2] = {0, (uint64_t)key_of(p, row)}, hash;

			key_hashes(&net->keys, &net->seed, image, 1, &hash);
			if (key_group_owner(key_group(hash), net->n_consumers) == c)
				assert_int_equal(net->seen[p][row], 1);
		}
	}
}

static void consumer_step(struct network *net, uint32_t c)
{
	struct consumer *consumer = &net->consumers[c];
	const struct block *block;

	// Now and then it is not ready for a barrier: then what is behind it waits as well.
	consumer->gate.holds_barriers = random_below(&net->random, 4) == 0;
	block = gate_take(&consumer->gate, 0);
	if (block == NULL)
		return;
	assert_false(block->kind == BLOCK_BARRIER && consumer->gate.holds_barriers);
	assert_false(consumer->ended);
	switch (block->kind) {
	case BLOCK_ROWS:
		BLOCK_FOREACH_ROW (block, slot)
			check_row(net, c, block, slot);
		break;
	case BLOCK_WATERMARK:
		assert_true(block->watermark > consumer->watermark);
		consumer->watermark = block->watermark;
		break;
	case BLOCK_BARRIER:
		assert_int_equal(block->checkpoint_id, consumer->n_barriers + 1);
		check_barrier(net, consumer);
		break;
	case BLOCK_END:
		consumer->ended = true;
		break;
	case BLOCK_IDLE:
		consumer->idle = true;
		break;
	}
}

static bool is_over(const struct network *net)
{
	for (uint32_t c = 0; c < net->n_consumers; c++)
		if (!net->consumers[c].ended)
			return false;
	return true;
}

static void run(uint32_t n_producers, uint32_t n_consumers, uint64_t seed)
{
	struct network *net = malloc(sizeof(*net));

	network_init(net, n_producers, n_consumers, seed);
	for (uint64_t step = 0; !is_over(net); step++) {
		assert_true(step < 10000000); // or it is stuck
		// Some are slow for a while, so that channels are full or empty.
		if (random_below(&net->random, 2 + step / 1000 % 3))
			producer_step(
				net, &net->producers[random_below(&net->random, n_producers)]);
		else
			consumer_step(net, random_below(&net->random, n_consumers));
	}
	for (uint32_t p = 0; p < n_producers; p++) {
		int64_t n_rows = 0;

		for (uint32_t c = 0; c < n_consumers; c++)
			n_rows += net->consumers[c].n_rows[p];
		assert_int_equal(n_rows, ROWS_PER_PRODUCER);
		assert_int_equal(sharder_n_too_long(net->producers[p].sharder), 0);
	}
	for (uint32_t c = 0; c < n_consumers; c++) {
		assert_int_equal(net->consumers[c].n_barriers, BARRIERS);
		assert_int_equal(net->consumers[c].watermark, WATERMARK_END);
	}
	network_free(net);
	free(net);
}

static void rows_arrive_once_in_order_and_in_time(void **)
{
	for (uint64_t seed = 1; seed < 6; seed++) {
		run(1, 1, seed);
		run(1, CONSUMERS_MAX, seed);
		run(PRODUCERS_MAX, 1, seed);
		run(PRODUCERS_MAX, CONSUMERS_MAX, seed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_arrive_once_in_order_and_in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
