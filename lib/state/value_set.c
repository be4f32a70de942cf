#include "state/value_set.h"
#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include "row/str.h"

enum { CHILD_BITS = 4, CHILDREN = 1 << CHILD_BITS, LEAF_ROOM_MIN = 4, LEAF_ROOM = 16 };

// Behind it the value: 8 bytes, or 16 of strings and DECIMALs.
struct record {
	uint32_t hash;
	uint32_t times; // UINT32_MAX: that often or more, and for ever
	char value[];
};

struct leaf {
	uint32_t n, room;
	char records[] __attribute__((aligned(8)));
};

struct node {
	void *children[CHILDREN]; // NULL, a leaf, or a node with the lowest bit set
};

static bool is_node(const void *child)
{
	return (uintptr_t)child & 1;
}

static struct node *to_node(const void *child)
{
	return (struct node *)((uintptr_t)child & ~(uintptr_t)1);
}

static void *as_child(struct node *node)
{
	return (void *)((uintptr_t)node | 1);
}

static uint32_t value_size(enum type_kind kind)
{
	return type_width(kind) > 8 ? 16 : 8;
}

static uint32_t record_size(enum type_kind kind)
{
	return (uint32_t)sizeof(struct record) + value_size(kind);
}

static uint32_t leaf_size(enum type_kind kind, uint32_t room)
{
	return (uint32_t)sizeof(struct leaf) + room * record_size(kind);
}

static struct record *record_at(struct leaf *leaf, enum type_kind kind, uint32_t i)
{
	return (struct record *)(leaf->records + i * record_size(kind));
}

// ---- Values

struct probe {
	uint32_t hash;
	_Alignas(8) char value[16];
};

static void make_probe(const struct value_set_of *of, const void *value, struct probe *probe)
{
	*probe = (struct probe){0};
	memcpy(probe->value, value, type_width(of->kind));
	if (type_is_view(of->kind))
		probe->hash = (uint32_t)hash_bytes(of->seed, str_data((const struct str *)value),
			((const struct str *)value)->len);
	else
		probe->hash = (uint32_t)hash_bytes(of->seed, probe->value, value_size(of->kind));
}

static bool is_same(const struct record *record, const struct probe *probe, enum type_kind kind)
{
	if (record->hash != probe->hash)
		return false;
	if (type_is_view(kind))
		return str_equal(
			(const struct str *)record->value, (const struct str *)probe->value);
	return memcmp(record->value, probe->value, value_size(kind)) == 0;
}

// Copy what a long string points to. False when there is no room.
static bool own(const struct value_set_of *of, struct probe *probe)
{
	struct str *view = (struct str *)probe->value;
	char *bytes;

	if (!type_is_view(of->kind) || str_is_inline(view))
		return true;
	bytes = view->len <= STATE_HEAP_MAX ? state_heap_take(of->heap, view->len) : NULL;
	if (bytes == NULL)
		return false;
	memcpy(bytes, view->ptr, view->len);
	view->ptr = bytes;
	return true;
}

static void disown(const struct value_set_of *of, char *value)
{
	struct str *view = (struct str *)value;

	if (type_is_view(of->kind) && !str_is_inline(view))
		state_heap_give(of->heap, (char *)view->ptr, view->len);
}

// ---- The trie

// Where a hash's leaf hangs, and how deep.
struct place {
	void **child;
	uint32_t depth;
};

static uint32_t child_index(uint32_t hash, uint32_t depth)
{
	return hash >> (32 - CHILD_BITS * (depth + 1)) & (CHILDREN - 1);
}

static struct place locate(struct value_set *set, uint32_t hash)
{
	struct place place = {.child = &set->root};

	while (is_node(*place.child)) {
		struct node *node = to_node(*place.child);

		place.child = &node->children[child_index(hash, place.depth)];
		place.depth++;
	}
	return place;
}

static struct record *find(struct leaf *leaf, const struct probe *probe, enum type_kind kind)
{
	for (uint32_t i = 0; leaf != NULL && i < leaf->n; i++)
		if (is_same(record_at(leaf, kind, i), probe, kind))
			return record_at(leaf, kind, i);
	return NULL;
}

static struct leaf *take_leaf(const struct value_set_of *of, uint32_t room)
{
	uint32_t size = leaf_size(of->kind, room);
	struct leaf *leaf = size <= STATE_HEAP_MAX ? state_heap_take(of->heap, size) : NULL;

	if (leaf != NULL)
		*leaf = (struct leaf){.room = room};
	return leaf;
}

static void give_leaf(const struct value_set_of *of, struct leaf *leaf)
{
	state_heap_give(of->heap, leaf, leaf_size(of->kind, leaf->room));
}

// A larger leaf in the place of *child, which may be NULL.
static bool grow(const struct value_set_of *of, void **child)
{
	struct leaf *old = *child;
	struct leaf *leaf = take_leaf(of, old != NULL ? old->room * 2 : LEAF_ROOM_MIN);

	if (leaf == NULL)
		return false;
	if (old != NULL) {
		leaf->n = old->n;
		memcpy(leaf->records, old->records, old->n * record_size(of->kind));
		give_leaf(of, old);
	}
	*child = leaf;
	return true;
}

static void clear_child(const struct value_set_of *of, void *child, bool values_too)
{
	struct leaf *leaf = child;

	if (is_node(child)) {
		struct node *node = to_node(child);

		for (uint32_t i = 0; i < CHILDREN; i++)
			clear_child(of, node->children[i], values_too);
		state_heap_give(of->heap, node, sizeof(*node));
	} else if (leaf != NULL) {
		for (uint32_t i = 0; values_too && i < leaf->n; i++)
			disown(of, record_at(leaf, of->kind, i)->value);
		give_leaf(of, leaf);
	}
}

// A full leaf becomes a node with its records below it. False when there is no room: then nothing
// has changed.
static bool split(const struct value_set_of *of, const struct place *place)
{
	struct leaf *old = *place->child;
	struct node *node = state_heap_take(of->heap, sizeof(*node));

	if (node == NULL)
		return false;
	memset(node, 0, sizeof(*node));
	for (uint32_t i = 0; i < old->n; i++) {
		struct record *record = record_at(old, of->kind, i);
		void **child = &node->children[child_index(record->hash, place->depth)];
		struct leaf *leaf = *child;

		if ((leaf == NULL || leaf->n == leaf->room) && !grow(of, child)) {
			clear_child(of, as_child(node), false);
			return false;
		}
		leaf = *child;
		memcpy(record_at(leaf, of->kind, leaf->n++), record, record_size(of->kind));
	}
	*place->child = as_child(node);
	give_leaf(of, old);
	return true;
}

// Where there is room for one more record of this hash. False when there is none.
static bool make_room(
	struct value_set *set, const struct value_set_of *of, uint32_t hash, struct place *place)
{
	for (;;) {
		struct leaf *leaf = *place->child;

		if (leaf != NULL && leaf->n < leaf->room)
			return true;
		if (leaf == NULL || leaf->room < LEAF_ROOM || place->depth == VALUE_SET_DEPTH_MAX)
			return grow(of, place->child);
		if (!split(of, place))
			return false;
		*place = locate(set, hash);
	}
}

static void add_times(struct record *record, uint64_t times)
{
	uint64_t sum = record->times + times;

	record->times = sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
}

int value_set_add(
	struct value_set *set, const struct value_set_of *of, const void *value, uint64_t times)
{
	struct probe probe;
	struct place place;
	struct record *record;
	struct leaf *leaf;

	make_probe(of, value, &probe);
	place = locate(set, probe.hash);
	record = find(*place.child, &probe, of->kind);
	if (record != NULL) {
		add_times(record, times);
		return 0;
	}
	if (!own(of, &probe))
		return -ENOMEM;
	if (!make_room(set, of, probe.hash, &place)) {
		disown(of, probe.value);
		return -ENOMEM;
	}
	leaf = *place.child;
	record = record_at(leaf, of->kind, leaf->n++);
	*record = (struct record){.hash = probe.hash};
	add_times(record, times);
	memcpy(record->value, probe.value, value_size(of->kind));
	set->n++;
	return 1;
}

bool value_set_remove(struct value_set *set, const struct value_set_of *of, const void *value)
{
	struct probe probe;
	struct place place;
	struct record *record;
	struct leaf *leaf;

	make_probe(of, value, &probe);
	place = locate(set, probe.hash);
	leaf = *place.child;
	record = find(leaf, &probe, of->kind);
	if (record == NULL || record->times == UINT32_MAX || --record->times > 0)
		return false;
	disown(of, record->value);
	memmove(record, record_at(leaf, of->kind, leaf->n - 1), record_size(of->kind));
	if (--leaf->n == 0) {
		give_leaf(of, leaf);
		*place.child = NULL;
	}
	if (--set->n == 0)
		value_set_clear(set, of); // nodes too
	return true;
}

void value_set_clear(struct value_set *set, const struct value_set_of *of)
{
	clear_child(of, set->root, true);
	*set = (struct value_set){0};
}

// ---- Walking

// The leaf at the cursor's path (NULL where nothing hangs), and how deep it is.
static struct leaf *leaf_at(const struct value_set *set, uint32_t path, uint32_t *depth)
{
	void *child = set->root;

	for (*depth = 0; is_node(child); ++*depth)
		child = to_node(child)->children[child_index(path, *depth)];
	return child;
}

const void *value_set_next(const struct value_set *set, enum type_kind kind,
	struct value_set_cursor *cursor, uint64_t *times)
{
	while (!cursor->is_done) {
		uint32_t depth;
		struct leaf *leaf = leaf_at(set, cursor->path, &depth);
		struct record *record;

		if (leaf != NULL && cursor->at < leaf->n) {
			record = record_at(leaf, kind, cursor->at++);
			*times = record->times;
			return record->value;
		}
		cursor->at = 0;
		cursor->is_done =
			depth == 0 || __builtin_add_overflow(cursor->path,
					      1u << (32 - CHILD_BITS * depth), &cursor->path);
	}
	return NULL;
}

uint64_t value_set_times(const void *value)
{
	return ((const struct record *)((const char *)value - offsetof(struct record, value)))
		->times;
}
