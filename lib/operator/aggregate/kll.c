#include "operator/aggregate/kll.h"
#include <math.h>
#include <string.h>

enum { ROOM_MIN = 8, UPPER_MIN = 4 };

// Room of the levels, the top one first; those below the last have as much.
static const uint16_t rooms[] = {KLL_K, 668, 446, 298, 198, 132, 88, 60, 40, 32};

static uint32_t n_levels(const struct kll *kll)
{
	return 1 + kll->n_upper;
}

static struct kll_level *level_at(struct kll *kll, uint32_t h)
{
	return h == 0 ? &kll->bottom : &kll->upper[h - 1];
}

static const struct kll_level *const_level_at(const struct kll *kll, uint32_t h)
{
	return h == 0 ? &kll->bottom : &kll->upper[h - 1];
}

static uint32_t room_below_top(uint32_t n)
{
	uint32_t last = sizeof(rooms) / sizeof(*rooms) - 1;

	return rooms[n < last ? n : last];
}

// What each level has, but for a bottom that is alone: that one grows.
static uint32_t room_of(const struct kll *kll, uint32_t h)
{
	return room_below_top(kll->n_upper - h);
}

static bool is_empty(const struct kll *kll)
{
	return kll->bottom.n == 0 && kll->n_upper == 0;
}

static bool add_level(struct kll *kll, struct state_heap *heap)
{
	uint32_t n_max = kll->n_upper_max == 0 ? UPPER_MIN : kll->n_upper_max * 2;
	struct kll_level *upper;

	if (n_levels(kll) == KLL_LEVELS_MAX)
		return false;
	if (kll->n_upper == kll->n_upper_max) {
		n_max = n_max < KLL_LEVELS_MAX ? n_max : KLL_LEVELS_MAX;
		upper = state_heap_take(heap, n_max * (uint32_t)sizeof(*upper));
		if (upper == NULL)
			return false;
		if (kll->n_upper > 0) {
			memcpy(upper, kll->upper, kll->n_upper * sizeof(*upper));
			state_heap_give(
				heap, kll->upper, kll->n_upper_max * (uint32_t)sizeof(*upper));
		}
		kll->upper = upper;
		kll->n_upper_max = n_max;
	}
	kll->upper[kll->n_upper++] = (struct kll_level){0};
	return true;
}

// ---- Room

// A new level on top. Each level is halved into the one above and gives it its pieces, so that each
// has the room of its new place; the bottom gets a small piece.
static bool grow(struct kll *kll, struct state_heap *heap)
{
	struct kll_level bottom = {0};

	if (!kll_level_resize(&bottom, room_below_top(kll->n_upper + 1), heap))
		return false;
	if (!add_level(kll, heap)) {
		kll_level_release(&bottom, heap);
		return false;
	}
	kll_level_sort(&kll->bottom);
	for (uint32_t h = kll->n_upper; h > 0; h--)
		kll_level_halve(level_at(kll, h - 1), level_at(kll, h));
	*kll_item(&bottom, 0) = kll->bottom.left;
	bottom.n = kll->bottom.n;
	bottom.coin = kll->bottom.coin;
	bottom.is_second = kll->bottom.is_second;
	kll->bottom = bottom;
	return true;
}

static bool fits_above(const struct kll *kll, uint32_t h)
{
	const struct kll_level *above = const_level_at(kll, h + 1);

	return above->n + const_level_at(kll, h)->n / 2u <= above->room;
}

// Empty level h, and before that what is above as far as there is no room for it.
static bool compact(struct kll *kll, uint32_t h, struct state_heap *heap)
{
	uint32_t top = h;

	while (top < kll->n_upper && !fits_above(kll, top))
		top++;
	if (top == kll->n_upper)
		return grow(kll, heap);
	if (h == 0)
		kll_level_sort(&kll->bottom);
	for (top++; top > h; top--)
		kll_level_halve(level_at(kll, top - 1), level_at(kll, top));
	return true;
}

// Room for one more item at least in level h.
static bool make_room(struct kll *kll, uint32_t h, struct state_heap *heap)
{
	struct kll_level *level = level_at(kll, h);
	uint32_t room, next;

	if (level->n >= room_of(kll, h) && !compact(kll, h, heap))
		return false;
	level = level_at(kll, h);
	if (level->n < level->room)
		return true;
	room = next = room_of(kll, h);
	if (kll->n_upper == 0) // small as long as there are few
		next = level->room == 0 ? ROOM_MIN : level->room * 2u;
	return kll_level_resize(level, next < room ? next : room, heap);
}

static bool add_item(struct kll *kll, uint64_t value, struct state_heap *heap)
{
	struct kll_level *bottom = &kll->bottom;

	if ((bottom->n >= bottom->room || bottom->n >= room_of(kll, 0)) && !make_room(kll, 0, heap))
		return false;
	*kll_item(bottom, bottom->n) = value;
	bottom->n++;
	return true;
}

bool kll_add(struct kll *kll, uint64_t value, struct state_heap *heap)
{
	bool is_first = is_empty(kll);

	if (!add_item(kll, value, heap))
		return false;
	if (is_first || value < kll->min)
		kll->min = value;
	if (is_first || value > kll->max)
		kll->max = value;
	return true;
}

// ---- Merging

static bool add_sorted(
	struct kll *kll, uint32_t h, const struct kll_level *from, struct state_heap *heap)
{
	uint32_t at = 0;

	while (at < from->n) {
		struct kll_level *level = level_at(kll, h);
		uint32_t n = from->n - at, n_free;

		if (level->n >= level->room && !make_room(kll, h, heap))
			return false;
		level = level_at(kll, h);
		n_free = level->room - level->n;
		n = n < n_free ? n : n_free;
		kll_level_merge(level, from, at, n);
		at += n;
	}
	return true;
}

// A copy of its own, into a sketch of nothing: it goes on as from would.
static bool copy(struct kll *into, const struct kll *from, struct state_heap *heap)
{
	for (uint32_t h = 0; h < n_levels(from); h++) {
		const struct kll_level *level = const_level_at(from, h);
		struct kll_level *to;

		if (h > 0 && !add_level(into, heap))
			return false;
		to = level_at(into, h);
		if (level->room > 0 && !kll_level_resize(to, level->room, heap))
			return false;
		for (uint32_t i = 0; i < level->n; i++)
			*kll_item(to, i) = kll_get(level, i);
		to->n = level->n;
		to->coin = level->coin;
		to->is_second = level->is_second;
	}
	into->min = from->min;
	into->max = from->max;
	return true;
}

// Of from, which has no more levels than into.
static bool merge_levels(struct kll *into, const struct kll *from, struct state_heap *heap)
{
	bool all = true;

	for (uint32_t h = from->n_upper; h > 0; h--)
		all &= add_sorted(into, h, const_level_at(from, h), heap);
	for (uint32_t i = 0; i < from->bottom.n; i++)
		all &= add_item(into, kll_get(&from->bottom, i), heap);
	into->min = from->min < into->min ? from->min : into->min;
	into->max = from->max > into->max ? from->max : into->max;
	return all;
}

bool kll_merge(struct kll *into, const struct kll *from, struct state_heap *heap)
{
	struct kll sum = {0};
	bool all;

	if (is_empty(from))
		return true;
	if (!is_empty(into) && into->n_upper >= from->n_upper)
		return merge_levels(into, from, heap);
	if (!copy(&sum, from, heap)) {
		kll_release(&sum, heap);
		return false;
	}
	all = is_empty(into) || merge_levels(&sum, into, heap);
	kll_release(into, heap);
	*into = sum;
	return all;
}

void kll_release(struct kll *kll, struct state_heap *heap)
{
	for (uint32_t h = 0; h < n_levels(kll); h++)
		kll_level_release(level_at(kll, h), heap);
	if (kll->n_upper_max > 0)
		state_heap_give(heap, kll->upper, kll->n_upper_max * (uint32_t)sizeof(*kll->upper));
	*kll = (struct kll){0};
}

// ---- The answer

uint64_t kll_count(const struct kll *kll)
{
	uint64_t n = 0;

	for (uint32_t h = 0; h < n_levels(kll); h++)
		n += (uint64_t)const_level_at(kll, h)->n << h;
	return n;
}

// How many values are below this one.
static uint64_t rank_of(const struct kll *kll, uint64_t value)
{
	const struct kll_level *bottom = &kll->bottom;
	uint64_t n = 0;

	for (uint32_t i = 0; i < bottom->n; i++)
		n += kll_get(bottom, i) < value;
	for (uint32_t h = 1; h < n_levels(kll); h++)
		n += (uint64_t)kll_level_below(const_level_at(kll, h), value) << h;
	return n;
}

// The rank-th smallest, from 0: the largest value that no more than so many are below. Found bit by
// bit, the most significant first.
static uint64_t select_rank(const struct kll *kll, uint64_t rank)
{
	uint64_t found = 0;

	for (int bit = 63; bit >= 0; bit--)
		if (rank_of(kll, found | 1ull << bit) <= rank)
			found |= 1ull << bit;
	return found;
}

uint64_t kll_quantile(const struct kll *kll, double p)
{
	uint64_t n = kll_count(kll);
	// 0.07 * 100 is a little more than 7 and means 7.
	double place = ceil(p * (double)n * (1 - 1e-12));

	if (place <= 1)
		return kll->min;
	if (place >= (double)n)
		return kll->max;
	return select_rank(kll, (uint64_t)place - 1);
}

// ---- Checkpoints

void kll_pack(const struct kll *kll, struct record_out *out)
{
	record_put_u64(out, kll->min);
	record_put_u64(out, kll->max);
	record_put_u32(out, n_levels(kll));
	for (uint32_t h = 0; h < n_levels(kll); h++)
		kll_level_pack(const_level_at(kll, h), out);
}

static bool is_sorted(const struct kll_level *level)
{
	for (uint32_t i = 1; i < level->n; i++)
		if (kll_get(level, i - 1) > kll_get(level, i))
			return false;
	return true;
}

// Upper levels are sorted, and each level has its room.
static bool is_possible(const struct kll *kll)
{
	for (uint32_t h = 0; h < n_levels(kll); h++) {
		const struct kll_level *level = const_level_at(kll, h);

		if (kll->n_upper > 0 && level->room != room_of(kll, h))
			return false;
		if (h > 0 && !is_sorted(level))
			return false;
	}
	return kll->min <= kll->max;
}

int kll_unpack(struct kll *kll, struct record_reader *in, struct state_heap *heap)
{
	uint32_t n;
	int result;

	kll->min = record_get_u64(in);
	kll->max = record_get_u64(in);
	n = record_get_u32(in);
	if (in->is_short || n == 0 || n > KLL_LEVELS_MAX)
		return -EINVAL;
	for (uint32_t h = 0; h < n; h++) {
		if (h > 0 && !add_level(kll, heap))
			return -ENOMEM;
		result = kll_level_unpack(level_at(kll, h), in, heap);
		if (result != 0)
			return result;
	}
	return is_possible(kll) ? 0 : -EINVAL;
}
