#include "model.h"
#include <string.h>

enum { VALUE_MAX = 9000 };

static uint64_t digest_of(const struct record_key *key, const char *value, size_t len)
{
	uint64_t digest = hash_mix(len + 1);

	digest = hash_mix(digest ^ key->op);
	digest = hash_mix(digest ^ key->part << 16 ^ key->instance);
	digest = hash_mix(digest ^ key->space);
	digest = hash_mix(digest ^ key->place);
	for (size_t i = 0; i < len; i++)
		digest = (digest ^ (uint8_t)value[i]) * 0x100000001b3u;
	return hash_mix(digest);
}

static bool is_same(const struct record_key *a, const struct record_key *b)
{
	return a->op == b->op && a->part == b->part && a->instance == b->instance &&
	       a->space == b->space && a->place == b->place;
}

static struct record_key draw_key(struct model *model)
{
	struct random *random = &model->random;

	return (struct record_key){
		.op = 1 + random_below(random, 3),
		.part = (uint16_t)random_below(random, 2),
		.instance = (uint16_t)random_below(random, 2),
		.space = model->spaces[random_below(random, MODEL_SPACES)],
		.place = (uint64_t)random_below(random, 40) << 58 | random_below(random, 3),
	};
}

static void put_one(struct model *model, struct record_out *out, uint64_t checkpoint)
{
	static char value[VALUE_MAX];
	struct record_key key = draw_key(model);
	uint32_t len = random_below(&model->random, 8) == 0
			       ? random_below(&model->random, VALUE_MAX)
			       : random_below(&model->random, 300);
	uint32_t i = 0;

	for (uint32_t k = 0; k < len; k++)
		value[k] = (char)random_bits(&model->random);
	record_write(out, &key, checkpoint, value, len);
	while (i < model->n && !is_same(&model->records[i].key, &key))
		i++;
	if (i == model->n)
		model->n++;
	model->records[i] = (struct model_record){key, digest_of(&key, value, len)};
}

static void drop_one(struct model *model, struct record_out *out, uint64_t checkpoint)
{
	struct record_key key = draw_key(model);
	uint32_t n_kept = 0;

	key.place = 0;
	for (uint32_t i = 0; i < MODEL_SPACES; i++)
		if (model->spaces[i] == key.space)
			model->spaces[i] = ++model->n_spaces;
	record_drop(out, &key, checkpoint);
	for (uint32_t i = 0; i < model->n; i++) {
		struct record_key *other = &model->records[i].key;

		if (other->op != key.op || other->part != key.part ||
			other->instance != key.instance || other->space != key.space)
			model->records[n_kept++] = model->records[i];
	}
	model->n = n_kept;
}

void model_write(
	struct model *model, struct record_out *out, uint64_t checkpoint, uint32_t n_changes)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < MODEL_SPACES && model->spaces[i] == 0; i++)
		model->spaces[i] = ++model->n_spaces;
	for (uint32_t i = 0; i < n_changes; i++) {
		if (random_below(&model->random, 20) == 0)
			drop_one(model, out, checkpoint);
		else
			put_one(model, out, checkpoint);
	}
	record_done(out, checkpoint);
	for (uint32_t i = 0; i < model->n; i++)
		sum += model->records[i].digest;
	model->digests[checkpoint] = sum;
	model->counts[checkpoint] = model->n;
}

int model_add(void *arg, const struct record *record)
{
	struct model_sum *sum = arg;

	sum->digest += digest_of(&record->key, record->value, record->len);
	sum->count++;
	return 0;
}

bool model_matches(const struct model *model, uint64_t checkpoint, const struct model_sum *sum)
{
	return model->digests[checkpoint] == sum->digest && model->counts[checkpoint] == sum->count;
}
