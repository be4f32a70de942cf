#include "operator/keyed_record.h"
#include <errno.h>
#include <string.h>

struct keyed_record_head {
	uint8_t bits, is_flat;
	uint16_t n;
	uint32_t image_size, state_size, reserved;
};

void keyed_record_freeze(struct op *op, struct keyed_track *track)
{
	track->ticks = op->task->tsc != NULL ? &op->task->out->ticks : NULL;
	track->tsc = op->task->tsc;
	keyed_track_freeze(track);
}

static void begin(struct op *op, uint16_t part, const struct keyed_bucket *bucket, bool is_flat,
	uint32_t state_size)
{
	struct record_key key = op_record_key(op, part, bucket->store->space, bucket->prefix);
	struct keyed_record_head head = {
		.bits = bucket->bits,
		.is_flat = is_flat,
		.n = bucket->n,
		.image_size = bucket->store->keys->size,
		.state_size = state_size,
	};

	record_begin(op->task->out, &key, keyed_record_checkpoint(op, bucket));
	record_put(op->task->out, &head, sizeof(head));
}

void keyed_record_begin(
	struct op *op, uint16_t part, const struct keyed_bucket *bucket, uint32_t state_size)
{
	begin(op, part, bucket, false, state_size);
}

static void put_long_strings(
	struct record_out *out, const struct key_layout *keys, const void *image)
{
	for (uint16_t i = 0; i < keys->n_columns; i++) {
		struct str view;

		if (key_long_string(keys, image, i, &view))
			record_put(out, view.ptr, view.len);
	}
}

void keyed_record_key(struct op *op, const struct key_layout *keys, const void *image)
{
	struct record_out *out = op->task->out;

	record_put(out, image, keys->size);
	record_put_u32(out, keys->has_strings ? key_extra_size(keys, image) : 0);
	if (keys->has_strings)
		put_long_strings(out, keys, image);
}

// The long strings of a key of the bucket in hand, which lie one behind the other.
struct strings {
	const char *at;
	uint32_t len;
};

// Where each key's are, on their way into the cache: they may be anywhere.
static void find_strings(const struct keyed_bucket *bucket, struct strings *found)
{
	const struct key_layout *keys = bucket->store->keys;
	const char *image = bucket->entries;

	for (uint16_t i = 0; i < bucket->n; i++, image += bucket->store->entry_size) {
		found[i] = (struct strings){0};
		for (uint16_t v = 0; v < keys->n_strings; v++) {
			const struct str *view = key_string_at(image, keys->strings[v]);

			if (view->len <= keys->strings[v].room)
				continue;
			if (found[i].len == 0)
				found[i].at = view->ptr;
			found[i].len += view->len;
		}
		__builtin_prefetch(found[i].at);
	}
}

// Most are short: then two words that overlap.
static inline void copy_strings(char *to, const struct strings *strings)
{
	enum { WORD = 8 };
	uint32_t rest = strings->len - WORD;

	if (strings->len > 2 * WORD) {
		memcpy(to, strings->at, strings->len);
	} else if (strings->len > 0) {
		memcpy(to, strings->at, WORD);
		memcpy(to + rest, strings->at + rest, WORD);
	}
}

static void put_strings(struct record_out *out, const struct strings *found, uint16_t n)
{
	char bytes[2 * KEY_STRING_MAX];
	size_t len = 0;

	for (uint16_t i = 0; i < n; i++) {
		if (len + found[i].len > sizeof(bytes)) {
			record_put(out, bytes, len);
			len = 0;
		}
		copy_strings(bytes + len, &found[i]);
		len += found[i].len;
	}
	record_put(out, bytes, len);
}

void keyed_record_write_flat(struct op *op, uint16_t part, const struct keyed_bucket *bucket)
{
	const struct keyed_store *store = bucket->store;
	struct strings found[PAGE_SIDE_SIZE];

	if (store->keys->has_strings)
		find_strings(bucket, found);
	begin(op, part, bucket, true, store->state_size);
	record_put(op->task->out, bucket->entries, (size_t)bucket->n * store->entry_size);
	if (store->keys->has_strings)
		put_strings(op->task->out, found, bucket->n);
	record_end(op->task->out);
}

// Of a flat record: what stands behind its entries.
static void open_flat(struct keyed_record *keyed)
{
	size_t size = (size_t)keyed->n * (keyed->keys->size + keyed->state_size);

	keyed->strings = keyed->in;
	if (record_take(&keyed->strings, size) == NULL)
		keyed->in.is_short = true;
	else
		keyed->in.n_left = size;
}

int keyed_record_open(
	struct keyed_record *keyed, const struct record *record, const struct key_layout *keys)
{
	struct keyed_record_head head;

	keyed->in = record_read(record);
	keyed->keys = keys;
	keyed->prefix = record->key.place;
	keyed->i = 0;
	record_get(&keyed->in, &head, sizeof(head));
	keyed->bits = head.bits;
	keyed->is_flat = head.is_flat;
	keyed->n = head.n;
	keyed->state_size = head.state_size;
	if (head.is_flat)
		open_flat(keyed);
	return keyed->in.is_short || head.image_size != keys->size || head.bits > 64 ? -EINVAL : 0;
}

bool keyed_record_concerns(const struct keyed_record *keyed, const struct op *op)
{
	uint64_t rest = keyed->bits == 0 ? ~0ull : keyed->bits == 64 ? 0 : ~0ull >> keyed->bits;
	uint32_t n = op->task->n_instances;
	uint32_t first = key_group_owner(key_group(keyed->prefix), n);
	uint32_t last = key_group_owner(key_group(keyed->prefix | rest), n);

	return first <= op->task->instance && op->task->instance <= last;
}

bool keyed_record_image(struct record_reader *in, const struct key_layout *keys, void *image)
{
	const char *extra;
	uint32_t size;

	record_get(in, image, keys->size);
	size = record_get_u32(in);
	extra = record_take(in, size);
	if (in->is_short || !key_attach(keys, image, extra, size))
		in->is_short = true;
	return !in->is_short;
}

static bool next_flat(struct keyed_record *keyed)
{
	const struct key_layout *keys = keyed->keys;
	const char *strings;
	uint32_t size;

	record_get(&keyed->in, keyed->image, keys->size);
	size = keys->has_strings ? key_extra_size(keys, keyed->image) : 0;
	strings = record_take(&keyed->strings, size);
	if (strings == NULL || !key_attach(keys, keyed->image, strings, size))
		keyed->in.is_short = true;
	return !keyed->in.is_short;
}

const void *keyed_record_next(struct keyed_record *keyed)
{
	bool is_there;

	if (keyed->i == keyed->n || keyed->in.is_short)
		return NULL;
	keyed->i++;
	is_there = keyed->is_flat ? next_flat(keyed)
				  : keyed_record_image(&keyed->in, keyed->keys, keyed->image);
	return is_there ? keyed->image : NULL;
}
