#include "operator/aggregate/kll_level.h"
#include <string.h>
#include "base/hash.h"

// ---- Pieces

static uint32_t piece_bytes(uint32_t room, uint32_t piece)
{
	uint32_t before = piece * KLL_PIECE, n = room > before ? room - before : 0;

	return (n < KLL_PIECE ? n : KLL_PIECE) * (uint32_t)sizeof(uint64_t);
}

static void give(uint64_t *piece, uint32_t size, struct state_heap *heap)
{
	if (size > 0)
		state_heap_give(heap, piece, size);
}

// Pieces whose size stays are the old ones.
static bool take_pieces(
	const struct kll_level *level, uint32_t room, uint64_t **pieces, struct state_heap *heap)
{
	for (uint32_t i = 0; i < KLL_PIECES; i++) {
		uint32_t size = piece_bytes(room, i);

		pieces[i] = level->pieces[i];
		if (size == piece_bytes(level->room, i))
			continue;
		pieces[i] = size > 0 ? state_heap_take(heap, size) : NULL;
		if (pieces[i] != NULL || size == 0)
			continue;
		while (i-- > 0)
			if (pieces[i] != level->pieces[i])
				give(pieces[i], piece_bytes(room, i), heap);
		return false;
	}
	return true;
}

bool kll_level_resize(struct kll_level *level, uint32_t room, struct state_heap *heap)
{
	uint64_t *pieces[KLL_PIECES];

	if (!take_pieces(level, room, pieces, heap))
		return false;
	for (uint32_t i = 0; i < KLL_PIECES; i++) {
		uint32_t old_size = piece_bytes(level->room, i), used = piece_bytes(level->n, i);

		if (pieces[i] == level->pieces[i])
			continue;
		if (used > 0)
			memcpy(pieces[i], level->room > 0 ? level->pieces[i] : &level->left, used);
		give(level->pieces[i], old_size, heap);
		level->pieces[i] = pieces[i];
	}
	level->room = (uint16_t)room;
	return true;
}

void kll_level_release(struct kll_level *level, struct state_heap *heap)
{
	for (uint32_t i = 0; i < KLL_PIECES; i++)
		give(level->pieces[i], piece_bytes(level->room, i), heap);
	*level = (struct kll_level){0};
}

// ---- Order

// Shell sort: most often of a few dozen items (gaps: Ciura 2001).
static void sort(uint64_t *items, uint32_t n)
{
	static const uint32_t gaps[] = {701, 301, 132, 57, 23, 10, 4, 1};

	for (size_t g = 0; g < sizeof(gaps) / sizeof(*gaps); g++)
		for (uint32_t gap = gaps[g], i = gap; i < n; i++) {
			uint64_t moved = items[i];
			uint32_t at = i;

			for (; at >= gap && items[at - gap] > moved; at -= gap)
				items[at] = items[at - gap];
			items[at] = moved;
		}
}

void kll_level_sort(struct kll_level *level)
{
	uint64_t items[KLL_K];

	if (level->n <= KLL_PIECE) {
		sort(kll_item(level, 0), level->n);
		return;
	}
	for (uint32_t i = 0; i < level->n; i++)
		items[i] = kll_get(level, i);
	sort(items, level->n);
	for (uint32_t i = 0; i < level->n; i++)
		*kll_item(level, i) = items[i];
}

// From behind, in place.
void kll_level_merge(
	struct kll_level *level, const struct kll_level *from, uint32_t start, uint32_t n)
{
	uint32_t old = level->n, to = old + n;

	level->n = (uint16_t)to;
	while (n > 0) {
		uint64_t value = kll_get(from, start + n - 1);

		if (old > 0 && kll_get(level, old - 1) > value) {
			*kll_item(level, --to) = kll_get(level, --old);
		} else {
			*kll_item(level, --to) = value;
			n--;
		}
	}
}

uint32_t kll_level_below(const struct kll_level *level, uint64_t value)
{
	uint32_t low = 0, high = level->n;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (kll_get(level, middle) < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

// ---- Halving

static uint32_t throw_coin(struct kll_level *level)
{
	uint64_t sum = 0;

	if (level->is_second) {
		level->coin ^= 1;
	} else {
		for (uint32_t i = 0; i < level->n; i++)
			sum = sum * 31 + kll_get(level, i);
		level->coin = hash_mix(sum) & 1;
	}
	level->is_second = !level->is_second;
	return level->coin;
}

static void hand_over(struct kll_level *level, struct kll_level *above, uint32_t n)
{
	struct kll_level left = *above; // an item, or none

	memcpy(above->pieces, level->pieces, sizeof(above->pieces));
	memset(level->pieces, 0, sizeof(level->pieces));
	above->room = level->room;
	level->room = 0;
	above->n = (uint16_t)n;
	kll_level_merge(above, &left, 0, left.n);
}

void kll_level_halve(struct kll_level *level, struct kll_level *above)
{
	uint32_t n_up = level->n / 2, coin = throw_coin(level);
	uint64_t left = level->n % 2 == 1 ? kll_get(level, level->n - 1u) : 0;

	for (uint32_t i = 0; i < n_up; i++)
		*kll_item(level, i) = kll_get(level, 2 * i + coin);
	if (above->room > 0)
		kll_level_merge(above, level, 0, n_up);
	else
		hand_over(level, above, n_up);
	level->n %= 2;
	*kll_item(level, 0) = left;
}

// ---- Checkpoints

void kll_level_pack(const struct kll_level *level, struct record_out *out)
{
	record_put(out, &level->n, sizeof(level->n));
	record_put(out, &level->room, sizeof(level->room));
	record_put(out, &level->coin, sizeof(level->coin));
	record_put(out, &level->is_second, sizeof(level->is_second));
	if (level->room == 0 && level->n > 0)
		record_put_u64(out, level->left);
	for (uint32_t i = 0; level->room > 0 && i < KLL_PIECES; i++)
		if (piece_bytes(level->n, i) > 0)
			record_put(out, level->pieces[i], piece_bytes(level->n, i));
}

int kll_level_unpack(struct kll_level *level, struct record_reader *in, struct state_heap *heap)
{
	uint16_t n = 0, room = 0;
	uint8_t is_second = 0;

	record_get(in, &n, sizeof(n));
	record_get(in, &room, sizeof(room));
	record_get(in, &level->coin, sizeof(level->coin));
	record_get(in, &is_second, sizeof(is_second));
	if (in->is_short || room > KLL_K || n > (room > 0 ? room : 1) || level->coin > 1 ||
		is_second > 1)
		return -EINVAL;
	level->is_second = is_second;
	if (room > 0 && !kll_level_resize(level, room, heap))
		return -ENOMEM;
	for (level->n = 0; level->n < n; level->n++)
		*kll_item(level, level->n) = record_get_u64(in);
	return in->is_short ? -EINVAL : 0;
}
