#include "row/store.h"
#include <assert.h>

enum { CACHE_LINE = 64, PARTIAL_ALIGN = 8 };

static size_t round_up(size_t size)
{
	return (size + CACHE_LINE - 1) & ~(size_t)(CACHE_LINE - 1);
}

// Hands out one allocation piece by piece. The first walk, with at = 0, only adds up the size.
static void *take(uintptr_t *at, size_t size)
{
	uintptr_t piece = *at;

	*at += round_up(size);
	return (void *)piece;
}

// Where everything lies, from at on. Returns the end. A column's NULL bits follow its values, so
// that columns do not start at multiples of 4096 from each other (they would share cache sets).
static uintptr_t lay_out(struct block_store *store, const struct schema *schema, uint32_t heap_size,
	uintptr_t at, struct column *columns)
{
	take(&at, sizeof(*store));
	take(&at, schema->n_fields * sizeof(struct column));
	for (uint16_t i = 0; i < schema->n_fields; i++) {
		columns[i].values =
			take(&at, (size_t)BLOCK_ROWS_MAX * type_width(schema->fields[i].type.kind));
		columns[i].nulls = take(&at, BLOCK_NULL_WORDS * sizeof(uint64_t));
	}
	store->late_marks = take(&at, BLOCK_ROWS_MAX * sizeof(int64_t));
	store->kinds = take(&at, BLOCK_ROWS_MAX);
	store->partials = take(&at, BLOCK_ROWS_MAX * sizeof(*store->partials));
	store->heap = take(&at, heap_size);
	return at;
}

struct block_store *block_store_new(
	struct mem *mem, const struct schema *schema, uint32_t heap_size)
{
	struct column columns[SCHEMA_COLUMNS_MAX];
	struct block_store sizing, *store;

	assert(schema->n_fields <= SCHEMA_COLUMNS_MAX);
	store = mem_zalloc(mem, lay_out(&sizing, schema, heap_size, 0, columns));
	if (store == NULL)
		return NULL;
	store->columns = (struct column *)((char *)store + round_up(sizeof(*store)));
	lay_out(store, schema, heap_size, (uintptr_t)store, store->columns);
	store->schema = schema;
	store->heap_size = heap_size;
	block_store_reset(store);
	return store;
}

void block_store_free(struct mem *mem, struct block_store *store)
{
	mem_free(mem, store);
}

void block_store_reset(struct block_store *store)
{
	store->block = (struct block){
		.kind = BLOCK_ROWS,
		.n_columns = store->schema->n_fields,
		.columns = store->columns,
		.late_mark = WATERMARK_NONE,
		.watermark = WATERMARK_NONE,
	};
	for (uint16_t i = 0; i < store->schema->n_fields; i++)
		nulls_clear_all(store->columns[i].nulls);
	store->heap_used = 0;
}

// Bytes that a value needs in the heap.
static inline uint32_t view_extra(const struct column *column, uint16_t slot)
{
	uint32_t len = ((const struct str *)column->values)[slot].len;

	return len <= STR_INLINE_MAX || nulls_get(column->nulls, slot) ? 0 : len;
}

static inline const struct partial *partial_of(const struct block *from, uint16_t slot)
{
	return from->partials != NULL ? from->partials[slot] : NULL;
}

// Bytes that a row's partial needs there, wherever they begin.
static inline uint32_t partial_extra(const struct block *from, uint16_t slot)
{
	return partial_of(from, slot) != NULL ? from->partial_size + PARTIAL_ALIGN - 1 : 0;
}

static uint64_t row_extra(const struct schema *schema, const struct block *from, uint16_t slot)
{
	uint64_t extra = partial_extra(from, slot);

	for (uint16_t c = 0; c < schema->n_fields; c++)
		if (type_is_view(schema->fields[c].type.kind))
			extra += view_extra(&from->columns[c], slot);
	return extra;
}

bool block_store_can_hold(const struct block_store *store, const struct block *from, uint16_t slot)
{
	return row_extra(store->schema, from, slot) <= store->heap_size;
}

uint32_t block_store_partial_bytes(const struct block *from, const uint16_t *slots, uint16_t n)
{
	uint32_t n_bytes = 0;

	for (uint16_t i = 0; from->partials != NULL && i < n; i++)
		n_bytes += partial_extra(from, slots[i]);
	return n_bytes;
}

// How many of the rows slots[:n] have room, counted from the first. Mostly all have: one sum over
// the columns says so.
static uint16_t count_fitting(const struct block_store *store, const struct block *from,
	const uint16_t *slots, uint16_t n)
{
	uint64_t room = store->heap_size - store->heap_used;
	uint64_t extra = 0;

	if (n > BLOCK_ROWS_MAX - store->block.n_rows)
		n = BLOCK_ROWS_MAX - store->block.n_rows;
	for (uint16_t c = 0; c < store->schema->n_fields; c++)
		if (type_is_view(store->schema->fields[c].type.kind))
			for (uint16_t i = 0; i < n; i++)
				extra += view_extra(&from->columns[c], slots[i]);
	extra += block_store_partial_bytes(from, slots, n);
	if (extra <= room)
		return n;
	for (uint16_t i = 0; i < n; i++) {
		extra = row_extra(store->schema, from, slots[i]);
		if (extra > room)
			return i;
		room -= extra;
	}
	return n;
}

// Inlined with a constant width, so that each width has its own loop of plain moves.
static inline __attribute__((always_inline)) void gather(char *restrict to,
	const char *restrict values, const uint16_t *restrict slots, uint16_t n, size_t width)
{
	for (uint16_t i = 0; i < n; i++)
		memcpy(to + i * width, values + slots[i] * width, width);
}

static void append_values(
	void *to, const void *values, uint32_t width, const uint16_t *slots, uint16_t n)
{
	switch (width) {
	case 1:
		gather(to, values, slots, n, 1);
		break;
	case 2:
		gather(to, values, slots, n, 2);
		break;
	case 4:
		gather(to, values, slots, n, 4);
		break;
	case 8:
		gather(to, values, slots, n, 8);
		break;
	default:
		gather(to, values, slots, n, 16);
		break;
	}
}

// Views are copied as they are first; then long ones get their bytes into the heap. A NULL's view
// may point anywhere and becomes an empty string.
static void append_views(struct block_store *store, struct str *to, const struct column *column,
	const uint16_t *slots, uint16_t n)
{
	gather((char *)to, column->values, slots, n, sizeof(*to));
	for (uint16_t i = 0; i < n; i++) {
		char *bytes;

		if (str_is_inline(&to[i]))
			continue;
		if (nulls_get(column->nulls, slots[i])) {
			to[i] = (struct str){0};
			continue;
		}
		bytes = block_store_alloc(store, to[i].len);
		memcpy(bytes, to[i].ptr, to[i].len);
		to[i].ptr = bytes;
	}
}

static void append_nulls(
	uint64_t *to, uint16_t first, const uint64_t *nulls, const uint16_t *slots, uint16_t n)
{
	uint64_t any = 0;

	for (int i = 0; i < BLOCK_NULL_WORDS; i++)
		any |= nulls[i];
	if (any == 0)
		return;
	for (uint16_t i = 0; i < n; i++) {
		uint64_t bit = nulls[slots[i] / 64] >> (slots[i] % 64) & 1;

		to[(first + i) / 64] |= bit << ((first + i) % 64);
	}
}

static void append_kinds(
	struct block_store *store, const uint8_t *kinds, const uint16_t *slots, uint16_t n)
{
	uint16_t first = store->block.n_rows;

	if (kinds == NULL && store->block.kinds == NULL)
		return;
	if (store->block.kinds == NULL)
		memset(store->kinds, ROW_INSERT, first);
	store->block.kinds = store->kinds;
	if (kinds != NULL)
		gather((char *)store->kinds + first, (const char *)kinds, slots, n, 1);
	else
		memset(store->kinds + first, ROW_INSERT, n);
}

static const struct partial *copy_partial(
	struct block_store *store, const struct block *from, uint16_t slot)
{
	char *bytes = block_store_alloc(store, partial_extra(from, slot));

	bytes += -(uintptr_t)bytes % PARTIAL_ALIGN;
	return memcpy(bytes, from->partials[slot], from->partial_size);
}

// The partial of the row at place at, or none. There is no vector as long as no row has one.
static void append_partial(
	struct block_store *store, const struct block *from, uint16_t slot, uint16_t at)
{
	struct block *block = &store->block;
	bool has_partial = partial_of(from, slot) != NULL;

	if (has_partial && block->partials == NULL) {
		for (uint16_t i = 0; i < at; i++)
			store->partials[i] = NULL;
		block->partials = store->partials;
		block->partial_size = from->partial_size;
	}
	if (block->partials != NULL)
		store->partials[at] = has_partial ? copy_partial(store, from, slot) : NULL;
}

// Marks stay one number as long as all rows have the same.
static void append_late_marks(
	struct block_store *store, const struct block *from, const uint16_t *slots, uint16_t n)
{
	struct block *block = &store->block;
	uint16_t first = block->n_rows;

	if (block->late_marks == NULL && from->late_marks == NULL) {
		if (first == 0)
			block->late_mark = from->late_mark;
		if (block->late_mark == from->late_mark)
			return;
	}
	if (block->late_marks == NULL)
		for (uint16_t i = 0; i < first; i++)
			store->late_marks[i] = block->late_mark;
	block->late_marks = store->late_marks;
	for (uint16_t i = 0; i < n; i++)
		store->late_marks[first + i] =
			from->late_marks != NULL ? from->late_marks[slots[i]] : from->late_mark;
}

uint16_t block_store_append(
	struct block_store *store, const struct block *from, const uint16_t *slots, uint16_t n)
{
	struct block *block = &store->block;
	uint16_t first = block->n_rows;

	n = count_fitting(store, from, slots, n);
	if (n == 0)
		return 0;
	for (uint16_t c = 0; c < store->schema->n_fields; c++) {
		const struct column *column = &from->columns[c];
		uint32_t width = type_width(store->schema->fields[c].type.kind);
		char *to = (char *)store->columns[c].values + first * width;

		if (type_is_view(store->schema->fields[c].type.kind))
			append_views(store, (struct str *)to, column, slots, n);
		else
			append_values(to, column->values, width, slots, n);
		if (column->nulls != NULL)
			append_nulls(store->columns[c].nulls, first, column->nulls, slots, n);
	}
	append_kinds(store, from->kinds, slots, n);
	if (from->partials != NULL || block->partials != NULL)
		for (uint16_t i = 0; i < n; i++)
			append_partial(store, from, slots[i], first + i);
	append_late_marks(store, from, slots, n);
	if (block->rx_tsc == 0 || (from->rx_tsc != 0 && from->rx_tsc < block->rx_tsc))
		block->rx_tsc = from->rx_tsc;
	block->n_rows += n;
	block->n_slots = block->n_rows;
	return n;
}

bool block_store_is_plain(
	const struct schema *schema, const struct block *from, const uint16_t *slots, uint16_t n)
{
	if (from->kinds != NULL)
		return false;
	for (uint16_t c = 0; c < schema->n_fields; c++) {
		const struct str *views = from->columns[c].values;
		bool any_long = false;

		if (nulls_any(from->columns[c].nulls))
			return false;
		if (!type_is_view(schema->fields[c].type.kind))
			continue;
		for (uint16_t i = 0; i < n; i++)
			any_long |= !str_is_inline(&views[slots[i]]);
		if (any_long)
			return false;
	}
	return true;
}

// The mark of the row behind the last one (see block_store_append()).
static inline void append_mark(struct block_store *store, int64_t mark)
{
	struct block *block = &store->block;
	uint16_t at = block->n_rows;

	if (block->late_marks == NULL) {
		if (at == 0)
			block->late_mark = mark;
		if (block->late_mark == mark)
			return;
		for (uint16_t i = 0; i < at; i++)
			store->late_marks[i] = block->late_mark;
		block->late_marks = store->late_marks;
	}
	store->late_marks[at] = mark;
}

// Values to where[i], at[i]. Inlined with a constant width, as gather().
static inline __attribute__((always_inline)) void scatter(struct block_store *const *where,
	const uint16_t *at, uint16_t c, const char *values, const uint16_t *slots, uint16_t n,
	size_t width)
{
	for (uint16_t i = 0; i < n; i++)
		memcpy((char *)where[i]->columns[c].values + at[i] * width,
			values + slots[i] * width, width);
}

static void scatter_column(struct block_store *const *where, const uint16_t *at, uint16_t c,
	const void *values, const uint16_t *slots, uint16_t n)
{
	switch (type_width(where[0]->schema->fields[c].type.kind)) {
	case 1:
		scatter(where, at, c, values, slots, n, 1);
		break;
	case 2:
		scatter(where, at, c, values, slots, n, 2);
		break;
	case 4:
		scatter(where, at, c, values, slots, n, 4);
		break;
	case 8:
		scatter(where, at, c, values, slots, n, 8);
		break;
	default:
		scatter(where, at, c, values, slots, n, 16);
		break;
	}
}

void block_store_scatter(struct block_store *const *stores, const struct block *from,
	const uint16_t *slots, const uint16_t *owners, uint16_t n)
{
	struct block_store *where[BLOCK_ROWS_MAX];
	uint16_t at[BLOCK_ROWS_MAX];

	for (uint16_t i = 0; i < n; i++) {
		struct block_store *store = stores[owners[i]];
		struct block *block = &store->block;

		where[i] = store;
		append_mark(store, block_late_mark(from, slots[i]));
		if (block->rx_tsc == 0 || (from->rx_tsc != 0 && from->rx_tsc < block->rx_tsc))
			block->rx_tsc = from->rx_tsc;
		if (from->partials != NULL || block->partials != NULL)
			append_partial(store, from, slots[i], block->n_rows);
		at[i] = block->n_rows++;
		block->n_slots = block->n_rows;
	}
	for (uint16_t c = 0; c < from->n_columns; c++)
		scatter_column(where, at, c, from->columns[c].values, slots, n);
}
