// The obvious model of a store and its writer: all that was written is kept, and a commit makes of
// it what counts.
#include "depot_ops.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUTS_MAX = 1024, FAILS_ONE_IN = 8 };

struct version {
	struct record_key key;
	uint64_t checkpoint, seq;
	bool is_drop;
	size_t len;
	char *value;
};

struct versions {
	struct version *at;
	size_t n, size;
};

struct model {
	struct depot depot; // first
	struct random *random;
	// what survives
	uint64_t newest;
	struct versions committed; // of newest, in the order of keys
	// the process
	struct record_out *const *outs;
	uint32_t n_outs;
	uint64_t done[OUTS_MAX];
	struct version open[OUTS_MAX]; // goes on in the next piece
	bool is_open[OUTS_MAX];
	struct versions written; // since its start
	uint64_t asked, aborted;
	bool has_result;
	struct checkpoint_result result;
};

static void versions_clear(struct versions *versions)
{
	for (size_t i = 0; i < versions->n; i++)
		free(versions->at[i].value);
	free(versions->at);
	*versions = (struct versions){0};
}

static void versions_add(struct versions *versions, struct version version)
{
	if (versions->n == versions->size) {
		versions->size = versions->size * 2 + 64;
		versions->at = realloc(versions->at, versions->size * sizeof(*versions->at));
	}
	versions->at[versions->n++] = version;
}

static uint64_t model_newest(struct depot *base)
{
	const struct model *store = (struct model *)base;

	return store->newest;
}

static int model_read(
	struct depot *base, int (*take)(void *arg, const struct record *record), void *arg)
{
	struct model *store = (struct model *)base;

	for (size_t i = 0; i < store->committed.n; i++) {
		const struct version *version = &store->committed.at[i];
		struct record record = {version->key, version->value, version->len};
		int result = take(arg, &record);

		if (result < 0)
			return result;
	}
	return 0;
}

static int model_open(struct depot *base, const struct checkpoint_plan *plan,
	struct record_out *const *outs, uint32_t n)
{
	struct model *store = (struct model *)base;

	assert(n <= OUTS_MAX);
	store->outs = outs;
	store->n_outs = n;
	for (uint32_t i = 0; i < n; i++)
		store->done[i] = store->newest;
	return 0;
}

static void model_die(struct depot *base)
{
	struct model *store = (struct model *)base;

	versions_clear(&store->written);
	for (uint32_t i = 0; i < store->n_outs; i++) {
		free(store->open[i].value);
		store->open[i] = (struct version){0};
		store->is_open[i] = false;
	}
	store->n_outs = 0;
	store->asked = store->aborted = 0;
	store->has_result = false;
}

static void model_free(struct depot *base)
{
	struct model *store = (struct model *)base;

	model_die(base);
	versions_clear(&store->committed);
	free(store);
}

static void model_begin(struct depot *base, uint64_t checkpoint)
{
	struct model *store = (struct model *)base;

	assert(!store->has_result && store->asked == 0);
	store->asked = checkpoint;
}

static void model_abort(struct depot *base, uint64_t checkpoint)
{
	struct model *store = (struct model *)base;

	store->aborted = checkpoint;
}

static bool model_result(struct depot *base, struct checkpoint_result *result)
{
	struct model *store = (struct model *)base;

	if (!store->has_result)
		return false;
	store->has_result = false;
	*result = store->result;
	return true;
}

static void take_piece(struct model *store, uint32_t out, const struct record_piece *piece)
{
	struct version *open = &store->open[out];

	assert(piece->checkpoint > store->done[out]); // what is said to be all is all
	if (piece->kind == RECORD_DONE) {
		assert(!store->is_open[out] && piece->checkpoint == store->done[out] + 1);
		store->done[out]++;
		return;
	}
	if (!store->is_open[out])
		*open = (struct version){.key = piece->key,
			.checkpoint = piece->checkpoint,
			.seq = store->written.n,
			.is_drop = piece->kind == RECORD_DROP};
	open->value = realloc(open->value, open->len + piece->len + 1);
	memcpy(open->value + open->len, piece + 1, piece->len);
	open->len += piece->len;
	store->is_open[out] = piece->more;
	if (piece->more)
		return;
	versions_add(&store->written, *open);
	*open = (struct version){0};
}

static bool take_chunk(struct model *store, uint32_t out)
{
	struct record_chunk *chunk = record_chunk_take(store->outs[out]);
	const struct record_piece *piece;
	uint32_t at = 0;

	if (chunk == NULL)
		return false;
	while ((piece = record_piece_next(chunk, &at)) != NULL)
		take_piece(store, out, piece);
	record_chunk_give(store->outs[out], chunk);
	return true;
}

static int compare_spaces(const struct record_key *a, const struct record_key *b)
{
	if (a->op != b->op)
		return a->op < b->op ? -1 : 1;
	if (a->part != b->part)
		return a->part < b->part ? -1 : 1;
	if (a->instance != b->instance)
		return a->instance < b->instance ? -1 : 1;
	if (a->space != b->space)
		return a->space < b->space ? -1 : 1;
	return 0;
}

// By key; a drop before what is in its space; then the newest first.
static int compare(const void *left, const void *right)
{
	const struct version *a = left, *b = right;
	int spaces = compare_spaces(&a->key, &b->key);

	if (spaces != 0)
		return spaces;
	if (a->is_drop != b->is_drop)
		return a->is_drop ? -1 : 1;
	if (a->key.place != b->key.place)
		return a->key.place < b->key.place ? -1 : 1;
	if (a->checkpoint != b->checkpoint)
		return a->checkpoint > b->checkpoint ? -1 : 1;
	return a->seq > b->seq ? -1 : 1;
}

static struct version copy(const struct version *version)
{
	struct version copied = *version;

	copied.value = malloc(version->len + (version->len == 0));
	memcpy(copied.value, version->value, version->len);
	return copied;
}

static void commit(struct model *store, uint64_t checkpoint)
{
	const struct version *drop = NULL, *last = NULL;
	struct versions *written = &store->written;
	struct version *sorted = malloc((written->n + 1) * sizeof(*sorted));

	memcpy(sorted, written->at, written->n * sizeof(*sorted));
	qsort(sorted, written->n, sizeof(*sorted), compare);
	versions_clear(&store->committed);
	for (size_t i = 0; i < written->n; i++) {
		const struct version *version = &sorted[i];

		if (version->checkpoint > checkpoint)
			continue;
		if (version->is_drop)
			drop = version;
		if (drop != NULL && compare_spaces(&drop->key, &version->key) == 0)
			continue;
		if (last != NULL && compare_spaces(&last->key, &version->key) == 0 &&
			last->key.place == version->key.place)
			continue;
		last = version;
		versions_add(&store->committed, copy(version));
	}
	free(sorted);
	store->newest = checkpoint;
}

static void end(struct model *store)
{
	bool fails = random_below(store->random, FAILS_ONE_IN) == 0;
	// The disk may have it although it says that it has not.
	bool lies = fails && random_below(store->random, 2) == 0;

	store->result = (struct checkpoint_result){.checkpoint = store->asked};
	if (store->aborted == store->asked)
		fails = true;
	if (!fails || (lies && store->aborted != store->asked))
		commit(store, store->asked);
	store->result.is_committed = !fails;
	snprintf(store->result.text, sizeof(store->result.text), "the disk says no");
	store->has_result = true;
	store->asked = 0;
}

static bool all_done(const struct model *store)
{
	for (uint32_t i = 0; i < store->n_outs; i++)
		if (store->done[i] < store->asked)
			return false;
	return true;
}

static void model_step(struct depot *base)
{
	struct model *store = (struct model *)base;

	if (store->n_outs == 0)
		return;
	if (take_chunk(store, (uint32_t)random_below(store->random, store->n_outs)))
		return;
	if (store->asked != 0 && (store->aborted == store->asked || all_done(store)))
		end(store);
}

static const struct depot_ops model_ops = {
	.newest = model_newest,
	.read = model_read,
	.open = model_open,
	.die = model_die,
	.begin = model_begin,
	.abort = model_abort,
	.result = model_result,
	.step = model_step,
	.free = model_free,
};

struct depot *depot_model(struct random *random)
{
	struct model *store = calloc(1, sizeof(*store));

	store->depot.ops = &model_ops;
	store->random = random;
	return &store->depot;
}
