// In the first piece of the heap: pointers to the pieces of counters, then the heads of lists of
// counters by hash, then the counters' numbers as a binary heap, the one that counts least in
// front.
#include "operator/aggregate/heavy.h"
#include <errno.h>
#include "operator/aggregate/packed.h"
#include "operator/aggregate/sketch.h"
#include "operator/aggregate/string_room.h"

enum { NONE = UINT16_MAX };
enum { HEADS_MAX = 512 };
_Static_assert(HEAVY_PIECES * sizeof(void *) + HEADS_MAX * 2 + HEAVY_MAX * 2 <= STATE_HEAP_MAX,
	"the first piece of a sketch");

// ---- The first piece

struct heavy_of heavy_of(struct state_heap *heap, enum type_kind kind, uint16_t n_max)
{
	struct heavy_of of = {.heap = heap, .kind = kind, .n_max = n_max, .n_heads = 8};

	of.n_pieces = (uint16_t)((n_max + HEAVY_PIECE - 1) / HEAVY_PIECE);
	while (of.n_heads < n_max && of.n_heads < HEADS_MAX)
		of.n_heads *= 2;
	return of;
}

static uint32_t first_size(const struct heavy_of *of)
{
	return of->n_pieces * (uint32_t)sizeof(void *) +
	       (of->n_heads + of->n_max) * (uint32_t)sizeof(uint16_t);
}

static uint16_t *head_of(const struct heavy *heavy, const struct heavy_of *of, uint32_t hash)
{
	uint16_t *heads = (void *)(heavy->pieces + of->n_pieces);

	return &heads[hash & (of->n_heads - 1u)];
}

static uint16_t *order_of(const struct heavy *heavy, const struct heavy_of *of)
{
	return head_of(heavy, of, 0) + of->n_heads;
}

static bool make_first(struct heavy *heavy, const struct heavy_of *of)
{
	heavy->pieces = state_heap_take(of->heap, first_size(of));
	if (heavy->pieces == NULL)
		return false;
	memset(heavy->pieces, 0, of->n_pieces * sizeof(*heavy->pieces));
	memset(head_of(heavy, of, 0), 0xff, of->n_heads * sizeof(uint16_t));
	return true;
}

// ---- The heap by counts

static uint64_t count_of(const struct heavy *heavy, uint16_t i)
{
	return heavy_at(heavy, i)->count;
}

static void put(const struct heavy *heavy, uint16_t *order, uint32_t place, uint16_t i)
{
	order[place] = i;
	heavy_at(heavy, i)->place = (uint16_t)place;
}

static void sift_down(const struct heavy *heavy, uint16_t *order, uint32_t place)
{
	uint16_t i = order[place];
	uint64_t count = count_of(heavy, i);

	for (;;) {
		uint32_t child = 2 * place + 1;

		if (child >= heavy->n)
			break;
		if (child + 1 < heavy->n &&
			count_of(heavy, order[child + 1]) < count_of(heavy, order[child]))
			child++;
		if (count_of(heavy, order[child]) >= count)
			break;
		put(heavy, order, place, order[child]);
		place = child;
	}
	put(heavy, order, place, i);
}

static void sift_up(const struct heavy *heavy, uint16_t *order, uint32_t place)
{
	uint16_t i = order[place];
	uint64_t count = count_of(heavy, i);

	for (; place > 0 && count_of(heavy, order[(place - 1) / 2]) > count;
		place = (place - 1) / 2)
		put(heavy, order, place, order[(place - 1) / 2]);
	put(heavy, order, place, i);
}

// ---- Values

static bool equal(enum type_kind kind, const struct kept *kept, const void *value)
{
	return type_is_view(kind) ? str_equal(&kept->str, value)
				  : memcmp(kept, value, type_width(kind)) == 0;
}

static uint16_t find(
	const struct heavy *heavy, const struct heavy_of *of, uint32_t hash, const void *value)
{
	uint16_t i = *head_of(heavy, of, hash);

	while (i != NONE && (heavy_at(heavy, i)->hash != hash ||
				    !equal(of->kind, &heavy_at(heavy, i)->value, value)))
		i = heavy_at(heavy, i)->next;
	return i;
}

static void link_to(struct heavy *heavy, const struct heavy_of *of, uint16_t i)
{
	uint16_t *head = head_of(heavy, of, heavy_at(heavy, i)->hash);

	heavy_at(heavy, i)->next = *head;
	*head = i;
}

static void unlink_from(struct heavy *heavy, const struct heavy_of *of, uint16_t i)
{
	uint16_t *link = head_of(heavy, of, heavy_at(heavy, i)->hash);

	while (*link != i)
		link = &heavy_at(heavy, *link)->next;
	*link = heavy_at(heavy, i)->next;
}

// Room for the value; what the counter had is as it was when there is none.
static bool keep(struct heavy_counter *counter, const struct heavy_of *of, const void *value)
{
	if (!type_is_view(of->kind)) {
		counter->value = (struct kept){0};
		memcpy(&counter->value, value, type_width(of->kind));
		return true;
	}
	// What it had is not read any more: a string in its room may be lost with the old room.
	return string_room_keep(
		&counter->room, &counter->room_size, value, &counter->value.str, of->heap);
}

// ---- Counters

// A counter behind the others, zeroed, not yet one of them.
static struct heavy_counter *new_counter(struct heavy *heavy, const struct heavy_of *of)
{
	struct heavy_counter **piece;

	if (heavy->pieces == NULL && !make_first(heavy, of))
		return NULL;
	piece = &heavy->pieces[heavy->n / HEAVY_PIECE];
	if (*piece == NULL) {
		*piece = state_heap_take(of->heap, HEAVY_PIECE * sizeof(**piece));
		if (*piece == NULL)
			return NULL;
		memset(*piece, 0, HEAVY_PIECE * sizeof(**piece));
	}
	return heavy_at(heavy, heavy->n);
}

static bool append(struct heavy *heavy, const struct heavy_of *of, const void *value, uint32_t hash,
	uint64_t count, uint64_t error)
{
	struct heavy_counter *counter = new_counter(heavy, of);
	uint16_t i = heavy->n;

	if (counter == NULL || !keep(counter, of, value))
		return false;
	counter->hash = hash;
	counter->count = count;
	counter->error = error;
	link_to(heavy, of, i);
	heavy->n++;
	order_of(heavy, of)[i] = i;
	sift_up(heavy, order_of(heavy, of), i);
	return true;
}

// The lowest counter becomes the value's.
static bool replace(struct heavy *heavy, const struct heavy_of *of, const void *value,
	uint32_t hash, uint64_t count, uint64_t error)
{
	uint16_t i = order_of(heavy, of)[0];
	struct heavy_counter *counter = heavy_at(heavy, i);

	if (!keep(counter, of, value))
		return false;
	unlink_from(heavy, of, i);
	counter->hash = hash;
	counter->count = count;
	counter->error = error;
	link_to(heavy, of, i);
	sift_down(heavy, order_of(heavy, of), 0);
	return true;
}

// What a value without a counter may have come at most.
static uint64_t lowest(const struct heavy *heavy, const struct heavy_of *of)
{
	return heavy->n < of->n_max ? 0 : count_of(heavy, order_of(heavy, of)[0]);
}

bool heavy_add(struct heavy *heavy, const struct heavy_of *of, const void *raw)
{
	const void *value = sketch_value(of->kind, raw);
	uint32_t hash = (uint32_t)sketch_hash(of->kind, value);
	uint16_t i = heavy->n > 0 ? find(heavy, of, hash, value) : NONE;
	uint64_t error;

	if (i != NONE) {
		heavy_at(heavy, i)->count++;
		sift_down(heavy, order_of(heavy, of), heavy_at(heavy, i)->place);
		return true;
	}
	if (heavy->n < of->n_max)
		return append(heavy, of, value, hash, 1, 0);
	error = lowest(heavy, of);
	return replace(heavy, of, value, hash, error + 1, error);
}

// ---- Merging

// A copy that goes on as from would, into a sketch of nothing.
static bool copy(struct heavy *into, const struct heavy *from, const struct heavy_of *of)
{
	bool all = true;

	for (uint32_t place = 0; place < from->n; place++) {
		const struct heavy_counter *counter = heavy_at(from, order_of(from, of)[place]);

		all &= append(
			into, of, &counter->value, counter->hash, counter->count, counter->error);
	}
	return all;
}

// What into has: both counts where both have one.
static void add_common(struct heavy *into, const struct heavy *from, const struct heavy_of *of)
{
	uint64_t least = lowest(from, of);

	for (uint16_t i = 0; i < into->n; i++) {
		struct heavy_counter *counter = heavy_at(into, i);
		uint16_t other = find(from, of, counter->hash, &counter->value);
		const struct heavy_counter *found = other != NONE ? heavy_at(from, other) : NULL;

		counter->count += found != NULL ? found->count : least;
		counter->error += found != NULL ? found->error : least;
	}
	for (uint32_t place = into->n / 2u; place-- > 0;)
		sift_down(into, order_of(into, of), place);
}

// What only from has; the lowest make way for what counts more.
static bool add_others(
	struct heavy *into, const struct heavy *from, const struct heavy_of *of, uint64_t least)
{
	bool all = true;

	for (uint32_t place = 0; place < from->n; place++) {
		const struct heavy_counter *counter = heavy_at(from, order_of(from, of)[place]);
		uint64_t count = counter->count + least, error = counter->error + least;

		if (find(into, of, counter->hash, &counter->value) != NONE)
			continue;
		if (into->n < of->n_max)
			all &= append(into, of, &counter->value, counter->hash, count, error);
		else if (count > lowest(into, of))
			all &= replace(into, of, &counter->value, counter->hash, count, error);
	}
	return all;
}

bool heavy_merge(struct heavy *into, const struct heavy *from, const struct heavy_of *of)
{
	uint64_t least;

	if (from->n == 0)
		return true;
	if (into->n == 0)
		return copy(into, from, of);
	least = lowest(into, of);
	add_common(into, from, of);
	return add_others(into, from, of, least);
}

void heavy_release(struct heavy *heavy, const struct heavy_of *of)
{
	if (heavy->pieces == NULL)
		return;
	for (uint32_t p = 0; p < of->n_pieces && heavy->pieces[p] != NULL; p++) {
		for (uint32_t i = 0; i < HEAVY_PIECE; i++) {
			struct heavy_counter *counter = &heavy->pieces[p][i];

			if (counter->room_size > 0)
				state_heap_give(of->heap, counter->room, counter->room_size);
		}
		state_heap_give(of->heap, heavy->pieces[p], HEAVY_PIECE * sizeof(**heavy->pieces));
	}
	state_heap_give(of->heap, heavy->pieces, first_size(of));
	*heavy = (struct heavy){0};
}

// ---- Checkpoints

void heavy_pack(const struct heavy *heavy, const struct heavy_of *of, struct record_out *out)
{
	record_put_u32(out, heavy->n);
	for (uint32_t place = 0; place < heavy->n; place++) {
		const struct heavy_counter *counter = heavy_at(heavy, order_of(heavy, of)[place]);

		record_put_u64(out, counter->count);
		record_put_u64(out, counter->error);
		packed_put(out, &counter->value, of->kind);
	}
}

int heavy_unpack(
	struct heavy *heavy, const struct heavy_of *of, struct type type, struct record_reader *in)
{
	uint32_t n = record_get_u32(in);

	if (in->is_short || n > of->n_max)
		return -EINVAL;
	for (uint32_t place = 0; place < n; place++) {
		uint64_t count = record_get_u64(in), error = record_get_u64(in), parent;
		struct kept value;
		uint32_t hash;

		if (packed_get(in, &value, type) != 0 || count == 0 || error >= count)
			return -EINVAL;
		hash = (uint32_t)sketch_hash(of->kind, &value);
		parent = place > 0 ? count_of(heavy, order_of(heavy, of)[(place - 1) / 2]) : 0;
		if (count < parent || (place > 0 && find(heavy, of, hash, &value) != NONE))
			return -EINVAL;
		if (!append(heavy, of, &value, hash, count, error))
			return -ENOMEM;
	}
	return 0;
}
