// Random events for the tests of window operators, and blocks made of them.
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "row/block.h"
#include "row/random.h"

enum event_column {
	EVENT_TS,
	EVENT_USER, // BIGINT
	EVENT_CITY, // STRING
	EVENT_AMOUNT, // INT
	EVENT_SCORE, // DOUBLE: small integers, so that sums are exact in any order
	EVENT_NOTE, // STRING
	EVENT_PRICE, // DECIMAL(10, 2)
	EVENT_PASSES, // BOOLEAN
	EVENT_COLUMNS
};

enum { EVENT_TEXT_MAX = 64 };

struct event {
	int64_t ts;
	int64_t mark; // the watermark before it
	int64_t user;
	int32_t amount;
	double score;
	decimal price;
	uint8_t passes;
	char city[EVENT_TEXT_MAX], note[EVENT_TEXT_MAX];
	bool is_null[EVENT_COLUMNS];
};

// What a stream of events looks like.
struct event_settings {
	uint32_t n;
	uint32_t n_users;
	int64_t first_ts;
	int64_t step; // of time from event to event, on average
	int64_t disorder; // how far an event may be behind the newest; a few are 8 times that
	int64_t delay; // of the watermark
	bool nulls;
};

static inline struct schema *event_schema(struct arena *arena)
{
	static const char *const names[EVENT_COLUMNS] = {
		"ts", "user", "city", "amount", "score", "note", "price", "passes"};
	struct schema *schema = schema_new(arena, EVENT_COLUMNS);
	struct type types[EVENT_COLUMNS] = {
		type_timestamp(TYPE_TIMESTAMP, 3),
		type_of(TYPE_BIGINT),
		type_of(TYPE_VARCHAR),
		type_of(TYPE_INT),
		type_of(TYPE_DOUBLE),
		type_of(TYPE_VARCHAR),
		type_decimal(10, 2),
		type_of(TYPE_BOOLEAN),
	};

	for (int i = 0; i < EVENT_COLUMNS; i++)
		schema->fields[i] = (struct field){names[i], types[i]};
	return schema;
}

static inline void event_fill(
	struct event *event, struct random *random, const struct event_settings *settings)
{
	event->user = (int64_t)random_below(random, settings->n_users) - 2;
	event->amount = (int32_t)random_bits(random) >> random_below(random, 32);
	event->score = (double)random_below(random, 1000) - 500;
	event->price = (decimal)random_below(random, 200000) - 100000;
	event->passes = (uint8_t)random_below(random, 2);
	// Inline and long ones; the users' number keeps few different ones.
	snprintf(event->city, sizeof(event->city), "%.*s-%d", (int)random_below(random, 2) * 20,
		"a city whose name is long", (int)event->user % 3);
	snprintf(event->note, sizeof(event->note), "%0*u", (int)random_below(random, 40) + 1,
		random_below(random, 100));
	for (int c = EVENT_USER; c < EVENT_COLUMNS; c++)
		event->is_null[c] = settings->nulls && random_below(random, 6) == 0;
}

// settings->n events with the watermarks before them; free() them.
static inline struct event *events_new(const struct event_settings *settings, struct random *random)
{
	struct event *events = calloc(settings->n, sizeof(*events));
	int64_t newest = settings->first_ts, watermark = WATERMARK_NONE;

	for (uint32_t i = 0; i < settings->n; i++) {
		struct event *event = &events[i];

		newest += random_below(random, (uint32_t)(2 * settings->step + 1));
		event->ts = newest;
		if (settings->disorder > 0 && random_below(random, 3) == 0)
			event->ts -= random_below(random, (uint32_t)settings->disorder) *
				     (random_below(random, 20) == 0 ? 8 : 1);
		event->mark = watermark;
		if (event->ts - settings->delay > watermark)
			watermark = event->ts - settings->delay;
		event_fill(event, random, settings);
		if (i > 0 && random_below(random, 20) == 0) { // a duplicate
			int64_t mark = event->mark;

			*event = events[i - 1];
			event->mark = mark;
		}
	}
	return events;
}

// A block and its vectors. Slots that are not selected hold nonsense.
struct event_block {
	struct block block;
	struct column columns[EVENT_COLUMNS];
	uint64_t nulls[EVENT_COLUMNS][BLOCK_NULL_WORDS];
	uint16_t rows[BLOCK_ROWS_MAX];
	int64_t marks[BLOCK_ROWS_MAX];
	int64_t ts[BLOCK_ROWS_MAX], user[BLOCK_ROWS_MAX];
	int32_t amount[BLOCK_ROWS_MAX];
	double score[BLOCK_ROWS_MAX];
	struct str city[BLOCK_ROWS_MAX], note[BLOCK_ROWS_MAX];
	decimal price[BLOCK_ROWS_MAX];
	uint8_t passes[BLOCK_ROWS_MAX];
};

static inline void event_block_put(
	struct event_block *block, uint16_t slot, const struct event *event)
{
	block->marks[slot] = event->mark;
	block->ts[slot] = event->ts;
	block->user[slot] = event->user;
	block->amount[slot] = event->amount;
	block->score[slot] = event->score;
	block->city[slot] = str_view(event->city, (uint32_t)strlen(event->city));
	block->note[slot] = str_view(event->note, (uint32_t)strlen(event->note));
	block->price[slot] = event->price;
	block->passes[slot] = event->passes;
	for (int c = 0; c < EVENT_COLUMNS; c++)
		if (event->is_null[c])
			nulls_set(block->nulls[c], slot);
}

// A block of events[:n], n ≤ BLOCK_ROWS_MAX: dense, or with a selection when there is room for
// gaps.
static inline void event_block_fill(
	struct event_block *block, const struct event *events, uint16_t n, struct random *random)
{
	void *values[EVENT_COLUMNS] = {block->ts, block->user, block->city, block->amount,
		block->score, block->note, block->price, block->passes};
	bool gaps = n <= BLOCK_ROWS_MAX / 2 && random_below(random, 2);

	memset(block, 0x5a, sizeof(*block));
	memset(block->nulls, gaps ? 0x5a : 0, sizeof(block->nulls));
	for (int c = 0; c < EVENT_COLUMNS; c++)
		block->columns[c] = (struct column){.values = values[c], .nulls = block->nulls[c]};
	for (uint16_t i = 0; i < n; i++) {
		block->rows[i] = gaps ? i * 2 + 1 : i;
		for (int c = 0; c < EVENT_COLUMNS; c++)
			block->nulls[c][block->rows[i] / 64] &= ~(1ull << block->rows[i] % 64);
		event_block_put(block, block->rows[i], &events[i]);
	}
	block->block = (struct block){
		.kind = BLOCK_ROWS,
		.n_slots = gaps ? n * 2 : n,
		.n_rows = n,
		.rows = gaps ? block->rows : NULL,
		.n_columns = EVENT_COLUMNS,
		.columns = block->columns,
		.late_marks = block->marks,
	};
}
