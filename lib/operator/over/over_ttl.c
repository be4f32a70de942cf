// Time to live (table.exec.state.ttl) of keys whose frames are never empty, by the wall clock.
//
// As in Flink, and so for the same results: aggregates over all rows by processing time begin anew
// when the last row was the time ago or longer (StateTtlConfig). Others have a cleanup time, half
// as long again after a row, which is moved when less than the time is left
// (KeyedProcessFunctionWithCleanupState, whose maximum is TableConfigUtils' 3/2); a key with rows
// that wait for the watermark is not cleaned then, but gets another one. Frames that are all
// bounded by time have no time to live.
//
// Nobody can tell whether a key went at its time or when it is looked at after that. So there are
// no timers: a key is looked at when it has a row, and a sweep looks at all keys four times within
// the time to live, a bucket at once.
#include "operator/over/over_state.h"

enum { SWEEPS = 4 };

static int64_t now_ms(const struct over *over)
{
	return over->op.task->now.wall_ns / 1000000;
}

void over_ttl_init(struct over *over)
{
	const struct over_config *config = over->config;
	bool is_exact = config->is_proctime && !over->has_records;

	if (over->forgets)
		return;
	over->ttl_ms = config->ttl_ms;
	over->ttl_max_ms = is_exact ? config->ttl_ms : config->ttl_ms / 2 * 3 + config->ttl_ms % 2;
}

static void begin_anew(struct over *over, struct over_key *key)
{
	over_key_release(over, key);
	memset(key, 0, over->state_size);
	op_count(&over->op, over->expired_keys, 1);
}

void over_ttl_note(struct over *over, struct over_key *key)
{
	int64_t now = now_ms(over);

	if (key->forget_at != 0 && key->forget_at <= now) {
		if (key->n_waiting == 0)
			begin_anew(over, key);
		else
			key->forget_at +=
				((now - key->forget_at) / over->ttl_max_ms + 1) * over->ttl_max_ms;
	}
	if (key->forget_at == 0 || now + over->ttl_ms > key->forget_at)
		key->forget_at = now + over->ttl_max_ms;
}

void over_ttl_arrive(struct over *over, const struct block *block)
{
	struct segment *segment = &over->segment;
	uint16_t n = block->n_rows;

	key_images(&over->keys, block, over->key_images);
	key_hashes(&over->keys, over->op.task->seed, over->key_images, n, segment->hashes);
	if (keyed_store_upsert(
		    &over->store, over->key_images, segment->hashes, n, segment->states) > 0 &&
		over->op.task->evict_idle)
		over_evict_for(over, over->key_images, segment->hashes, n, segment->states);
	for (uint16_t i = 0; i < n; i++) {
		struct over_key *key = segment->states[i];

		if (key == NULL)
			continue;
		over_ttl_note(over, key);
		key->n_waiting++;
	}
}

void over_ttl_refuse(struct over *over, uint16_t n_rows, const uint16_t *refused, uint16_t n)
{
	struct segment *segment = &over->segment;

	if (n == 0)
		return;
	keyed_store_find(&over->store, over->key_images, segment->hashes, n_rows, segment->states);
	for (uint16_t i = 0; i < n; i++) {
		struct over_key *key = segment->states[refused[i]];

		if (key != NULL)
			key->n_waiting--;
	}
}

static bool is_over(const struct over_key *key, int64_t now)
{
	return key->forget_at != 0 && key->forget_at <= now && key->n_waiting == 0;
}

void over_ttl_sweep(struct over *over)
{
	const void *images[BLOCK_ROWS_MAX];
	void *states[BLOCK_ROWS_MAX];
	int64_t now = now_ms(over);
	uint16_t n;

	if (over->swept_to == 0 && now < over->next_sweep_ms)
		return;
	n = keyed_store_bucket(&over->store, &over->swept_to, images, states);
	// From the last to the first: the last one takes the place of one that goes.
	while (n-- > 0) {
		if (!is_over(states[n], now))
			continue;
		over_key_forget(over, states[n]);
		op_count(&over->op, over->expired_keys, 1);
	}
	if (over->swept_to == 0)
		over->next_sweep_ms = now + over->ttl_ms / SWEEPS;
}
