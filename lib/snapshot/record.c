#include "snapshot/record.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <rte_ring.h>

enum { PIECE_ALIGN = 8, PREPARE_MAX = 64 /* chunks at a time */, OS_PAGE = 4096 };

static uint32_t ring_size(uint32_t n_chunks)
{
	uint32_t size = 2;

	while (size <= n_chunks) // a ring holds one less than its size
		size *= 2;
	return size;
}

static struct rte_ring *ring_new(uint32_t n_chunks)
{
	uint32_t size = ring_size(n_chunks);
	ssize_t bytes = rte_ring_get_memsize(size);
	struct rte_ring *ring = aligned_alloc(RTE_CACHE_LINE_SIZE, (size_t)bytes);

	if (ring != NULL)
		rte_ring_init(ring, "records", size, RING_F_SP_ENQ | RING_F_SC_DEQ);
	return ring;
}

struct record_out *record_out_new(uint64_t max_bytes)
{
	struct record_out *out = calloc(1, sizeof(*out));

	if (out == NULL)
		return NULL;
	out->n_chunks = (uint32_t)(max_bytes / RECORD_CHUNK_SIZE) + 1;
	out->chunks = mmap(NULL, (size_t)out->n_chunks * RECORD_CHUNK_SIZE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (out->chunks == MAP_FAILED)
		out->chunks = NULL;
	out->full = ring_new(out->n_chunks);
	out->empty = ring_new(out->n_chunks);
	if (out->chunks != NULL && out->full != NULL && out->empty != NULL)
		return out;
	record_out_free(out);
	errno = ENOMEM;
	return NULL;
}

void record_out_free(struct record_out *out)
{
	if (out == NULL)
		return;
	if (out->chunks != NULL)
		munmap(out->chunks, (size_t)out->n_chunks * RECORD_CHUNK_SIZE);
	free(out->full);
	free(out->empty);
	free(out);
}

// A chunk that nobody has had, or NULL.
static struct record_chunk *take_new(struct record_out *out)
{
	uint32_t i = atomic_load_explicit(&out->n_touched, memory_order_relaxed);

	while (i < out->n_chunks)
		if (atomic_compare_exchange_weak_explicit(
			    &out->n_touched, &i, i + 1, memory_order_relaxed, memory_order_relaxed))
			return &out->chunks[i];
	return NULL;
}

static struct record_chunk *take_empty(struct record_out *out)
{
	void *chunk;

	return rte_ring_sc_dequeue(out->empty, &chunk) == 0 ? chunk : take_new(out);
}

static void send_open(struct record_out *out)
{
	int result;

	if (out->open == NULL)
		return;
	result = rte_ring_sp_enqueue(out->full, out->open);
	assert(result == 0); // it has room for all there are
	out->open = NULL;
}

// A piece header in the open chunk, with room for some bytes behind it. NULL when there is none.
static struct record_piece *add_piece(struct record_out *out)
{
	enum { LEAST = sizeof(struct record_piece) + PIECE_ALIGN };
	struct record_piece *piece;

	if (out->open != NULL && out->open->used + LEAST > sizeof(out->open->bytes))
		send_open(out);
	if (out->open == NULL) {
		out->open = take_empty(out);
		if (out->open == NULL) {
			out->is_broken = true;
			return NULL;
		}
		out->open->used = 0;
	}
	piece = (struct record_piece *)(out->open->bytes + out->open->used);
	out->open->used += sizeof(*piece);
	*piece = (struct record_piece){0};
	return piece;
}

static void begin_piece(struct record_out *out, const struct record_key *key, uint64_t checkpoint,
	enum record_kind kind)
{
	out->piece = add_piece(out);
	if (out->piece == NULL)
		return;
	out->piece->key = *key;
	out->piece->checkpoint = checkpoint;
	out->piece->kind = (uint8_t)kind;
}

static void begin(struct record_out *out, const struct record_key *key, uint64_t checkpoint,
	enum record_kind kind)
{
	assert(out->piece == NULL);
	if (out->tsc != NULL)
		out->begun_tsc = out->tsc();
	begin_piece(out, key, checkpoint, kind);
}

void record_begin(struct record_out *out, const struct record_key *key, uint64_t checkpoint)
{
	begin(out, key, checkpoint, RECORD_VALUE);
}

static void pad(struct record_chunk *chunk)
{
	chunk->used = (chunk->used + PIECE_ALIGN - 1) & ~(PIECE_ALIGN - 1u);
}

// The chunk is full in the middle of a record.
static void go_on(struct record_out *out)
{
	struct record_piece last = *out->piece; // the chunk is the writer's in a moment

	out->piece->more = true;
	pad(out->open);
	send_open(out);
	begin_piece(out, &last.key, last.checkpoint, last.kind);
}

void record_put(struct record_out *out, const void *bytes, size_t len)
{
	const char *from = bytes;

	out->n_bytes += len;
	while (len > 0 && out->piece != NULL) {
		size_t room = sizeof(out->open->bytes) - out->open->used;
		size_t n = len < room ? len : room;

		memcpy(out->open->bytes + out->open->used, from, n);
		out->open->used += (uint32_t)n;
		out->piece->len += (uint32_t)n;
		from += n;
		len -= n;
		if (len > 0)
			go_on(out);
	}
}

void record_end(struct record_out *out)
{
	if (out->piece != NULL)
		pad(out->open);
	out->piece = NULL;
	out->n_records++;
	if (out->tsc != NULL)
		out->ticks += out->tsc() - out->begun_tsc;
}

void record_write(struct record_out *out, const struct record_key *key, uint64_t checkpoint,
	const void *bytes, size_t len)
{
	record_begin(out, key, checkpoint);
	record_put(out, bytes, len);
	record_end(out);
}

void record_drop(struct record_out *out, const struct record_key *key, uint64_t checkpoint)
{
	begin(out, key, checkpoint, RECORD_DROP);
	record_end(out);
}

void record_row(struct record_out *out, uint32_t op, uint64_t checkpoint, const void *key,
	size_t key_len, const void *row, size_t len)
{
	assert(key_len > 0 && key_len <= RECORD_ROW_KEY_MAX);
	begin(out, &(struct record_key){.op = op}, checkpoint,
		row != NULL ? RECORD_PUT_ROW : RECORD_DELETE_ROW);
	record_put_u32(out, (uint32_t)key_len);
	record_put(out, key, key_len);
	if (row != NULL)
		record_put(out, row, len);
	record_end(out);
}

void record_done(struct record_out *out, uint64_t checkpoint)
{
	begin(out, &(struct record_key){0}, checkpoint, RECORD_DONE);
	record_end(out);
	send_open(out);
}

uint64_t record_room(const struct record_out *out)
{
	uint32_t n_touched = atomic_load_explicit(&out->n_touched, memory_order_relaxed);
	uint64_t n = rte_ring_count(out->empty) + out->n_chunks - n_touched;

	return n * RECORD_CHUNK_SIZE;
}

void record_note_hold(struct record_out *out)
{
	if (out->ticks == 0)
		return;
	hist_record(&out->held, out->ticks, 1);
	out->held_ticks += out->ticks;
	out->ticks = 0;
}

void record_want(struct record_out *out, uint64_t n_bytes)
{
	atomic_store_explicit(
		&out->n_wanted, (uint32_t)(n_bytes / RECORD_CHUNK_SIZE), memory_order_relaxed);
}

struct record_chunk *record_chunk_take(struct record_out *out)
{
	void *chunk;

	return rte_ring_sc_dequeue(out->full, &chunk) == 0 ? chunk : NULL;
}

void record_chunk_give(struct record_out *out, struct record_chunk *chunk)
{
	int result = rte_ring_sp_enqueue(out->empty, chunk);

	assert(result == 0);
}

bool record_prepare(struct record_out *out)
{
	uint32_t n_wanted = atomic_load_explicit(&out->n_wanted, memory_order_relaxed);

	for (int n = 0; n < PREPARE_MAX; n++) {
		struct record_chunk *chunk = NULL;

		if (atomic_load_explicit(&out->n_touched, memory_order_relaxed) < n_wanted)
			chunk = take_new(out);
		if (chunk == NULL)
			return false;
		for (size_t at = 0; at < sizeof(*chunk); at += OS_PAGE)
			((volatile char *)chunk)[at] = 0;
		record_chunk_give(out, chunk);
	}
	return true;
}

const struct record_piece *record_piece_next(const struct record_chunk *chunk, uint32_t *at)
{
	const struct record_piece *piece = (const void *)(chunk->bytes + *at);

	if (*at >= chunk->used)
		return NULL;
	*at += (uint32_t)sizeof(*piece) + ((piece->len + PIECE_ALIGN - 1) & ~(PIECE_ALIGN - 1u));
	return piece;
}

const void *record_take(struct record_reader *reader, size_t len)
{
	const void *at = reader->at;

	if (len > reader->n_left) {
		reader->is_short = true;
		reader->n_left = 0;
		return NULL;
	}
	reader->at += len;
	reader->n_left -= len;
	return at;
}

void record_get(struct record_reader *reader, void *into, size_t len)
{
	const void *from = record_take(reader, len);

	if (from != NULL)
		memcpy(into, from, len);
	else
		memset(into, 0, len);
}

uint64_t record_get_u64(struct record_reader *reader)
{
	uint64_t value;

	record_get(reader, &value, sizeof(value));
	return value;
}

uint32_t record_get_u32(struct record_reader *reader)
{
	uint32_t value;

	record_get(reader, &value, sizeof(value));
	return value;
}

void record_put_u64(struct record_out *out, uint64_t value)
{
	record_put(out, &value, sizeof(value));
}

void record_put_u32(struct record_out *out, uint32_t value)
{
	record_put(out, &value, sizeof(value));
}
