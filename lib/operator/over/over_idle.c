// Forgetting keys. Flink's RowTimeRangeBoundedPrecedingFunction keeps a key's state until up to one
// and a half times the frame's length after its last row; so do we, since what is forgotten decides
// which late rows are still taken. A key has one timer, which is not moved while rows come: when it
// fires too early it is armed again.
#include "operator/over/over_state.h"

static int64_t plus(int64_t time, int64_t ms)
{
	int64_t sum;

	return __builtin_add_overflow(time, ms, &sum) ? INT64_MAX : sum;
}

static struct idle_timer *make(struct over *over, const void *image, uint64_t hash)
{
	uint32_t extra_size = over->keys.has_strings ? key_extra_size(&over->keys, image) : 0;
	struct idle_timer *idle = slab_take(&over->slab, (uint32_t)sizeof(*idle) + over->keys.size);

	if (idle == NULL)
		return NULL;
	*idle = (struct idle_timer){.hash = hash, .extra_size = extra_size};
	if (extra_size > 0 && (idle->extra = slab_take(&over->slab, extra_size)) == NULL) {
		slab_give(&over->slab, idle, (uint32_t)sizeof(*idle) + over->keys.size);
		return NULL;
	}
	key_copy(&over->keys, image, idle->image, idle->extra);
	return idle;
}

// When there is no room for a timer the key stays.
void over_idle_arm(struct over *over, struct over_key *key, const void *image, uint64_t hash)
{
	key->timer = make(over, image, hash);
	if (key->timer != NULL)
		wheel_arm(over->idle, &key->timer->timer, key->forget_at);
}

void over_idle_note(
	struct over *over, struct over_key *key, const void *image, uint64_t hash, int64_t time)
{
	int64_t least = plus(time, over->preceding_max + 1);

	if (key->timer != NULL && least <= key->forget_at)
		return;
	key->forget_at = plus(time, over->preceding_max + over->preceding_max / 2 + 1);
	if (key->timer == NULL)
		over_idle_arm(over, key, image, hash);
}

static void free_timer(struct over *over, struct idle_timer *idle)
{
	wheel_cancel(over->idle, &idle->timer);
	if (idle->extra != NULL)
		slab_give(&over->slab, idle->extra, idle->extra_size);
	slab_give(&over->slab, idle, (uint32_t)sizeof(*idle) + over->keys.size);
}

void over_key_strip(struct over *over, struct over_key *key)
{
	if (key->timer != NULL)
		free_timer(over, key->timer);
	over_key_release(over, key);
}

void over_key_forget(struct over *over, struct over_key *key)
{
	const void *image = keyed_store_image(&over->store, key);
	uint64_t hash;

	key_hashes(&over->keys, over->op.task->seed, image, 1, &hash);
	keyed_store_touch(&over->store, hash);
	over_key_strip(over, key);
	keyed_store_remove(&over->store, image, hash);
}

bool over_idle_forget(struct over *over, int64_t watermark, int32_t *n_left)
{
	struct wheel_timer *timer;

	if (!over->forgets || watermark == WATERMARK_END)
		return true;
	while ((timer = wheel_pop(over->idle, watermark)) != NULL) {
		struct idle_timer *idle = (struct idle_timer *)timer; // its first member
		void *state;

		keyed_store_find(&over->store, idle->image, &idle->hash, 1, &state);
		if (((struct over_key *)state)->forget_at > watermark)
			wheel_arm(over->idle, timer, ((struct over_key *)state)->forget_at);
		else
			over_key_forget(over, state);
		if (--*n_left <= 0)
			return false;
	}
	return true;
}
