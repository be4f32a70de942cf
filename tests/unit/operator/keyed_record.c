// Buckets as records: what is read is what was in the store, at any length of the keys' strings;
// and a record that ends too early is told.
#include "operator/keyed_record.h"
#include "checkpointed.h"

enum { KEYS = 500, STRING_MAX = 300 };

struct rig {
	struct page_pool pool;
	struct hash_seed seed;
	struct key_layout layout;
	struct keyed_store store;
	struct keyed_track track;
	struct random random;
	struct op_task task;
	struct op_spec spec;
	struct op op;
	struct checkpointed saved;
	char texts[KEYS][STRING_MAX]; // of the key, a letter again and again
	int32_t lens[KEYS]; // -1 = NULL
	bool is_seen[KEYS];
};

static void pack(void *owner, const struct keyed_bucket *bucket)
{
	keyed_record_write_flat(owner, 1, bucket);
}

static void lay_out(struct rig *rig)
{
	struct schema *schema = calloc(1, sizeof(*schema) + 3 * sizeof(struct field));
	static const uint16_t columns[] = {0, 1, 2};

	schema->n_fields = 3;
	schema->fields[0].type = type_of(TYPE_VARCHAR);
	schema->fields[1].type = type_of(TYPE_BIGINT);
	schema->fields[2].type = type_of(TYPE_VARCHAR);
	key_layout_init(&rig->layout, schema, columns, 3);
	free(schema);
}

static struct rig *rig_new(uint64_t seed)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	rig->random.state = seed;
	hash_seed_from(&rig->seed, seed);
	lay_out(rig);
	assert_int_equal(page_pool_init(&rig->pool, &mem_libc, 1000 * PAGE_SIZE), 0);
	assert_int_equal(
		keyed_store_init(&rig->store, &rig->pool, &rig->layout, &rig->seed, 16), 0);
	rig->op.task = &rig->task;
	rig->op.spec = &rig->spec;
	rig->op.checkpoint = 1;
	keyed_track_init(&rig->track, pack, &rig->op);
	keyed_store_track(&rig->store, &rig->track, 7);
	checkpointed_begin(&rig->saved);
	checkpointed_add(&rig->saved, &rig->task);
	return rig;
}

static void rig_free(struct rig *rig)
{
	checkpointed_end(&rig->saved);
	keyed_store_clear(&rig->store);
	page_pool_destroy(&rig->pool, &mem_libc);
	free(rig);
}

// Short ones, long ones, and those that just fit or do not.
static int32_t random_len(struct rig *rig)
{
	enum { N = 8 };
	static const int32_t lens[N] = {-1, 0, 5, STR_INLINE_MAX, STR_INLINE_MAX + 1, 16, 17, 40};
	uint64_t i = random_below(&rig->random, N + 1);

	return i < N ? lens[i] : (int32_t)random_below(&rig->random, STRING_MAX);
}

// Key i: its string, i, and a string that is long only where i is odd.
static void insert(struct rig *rig, int64_t i)
{
	struct str first = {0}, last = str_view("a string for odd keys", i % 2 ? 21 : 4);
	uint64_t nulls[BLOCK_NULL_WORDS] = {rig->lens[i] < 0}, image[16] = {0}, hash;
	struct column columns[] = {{&first, nulls}, {&i, NULL}, {&last, NULL}};
	struct block block = {.n_rows = 1, .n_slots = 1, .n_columns = 3, .columns = columns};
	int64_t *state;

	if (rig->lens[i] >= 0)
		first = str_view(rig->texts[i], (uint32_t)rig->lens[i]);
	key_images(&rig->layout, &block, image);
	key_hashes(&rig->layout, &rig->seed, image, 1, &hash);
	assert_int_equal(keyed_store_upsert(&rig->store, image, &hash, 1, (void **)&state), 0);
	state[0] = i;
	state[1] = ~i;
}

static void fill(struct rig *rig)
{
	for (int64_t i = 0; i < KEYS; i++) {
		rig->lens[i] = random_len(rig);
		memset(rig->texts[i], 'a' + (char)(i % 26), STRING_MAX);
		insert(rig, i);
	}
}

static void check_key(struct rig *rig, const void *image, const int64_t *state)
{
	struct str first, last = {0};
	uint64_t nulls[BLOCK_NULL_WORDS] = {0};
	struct column column = {&first, nulls}, last_column = {&last, NULL};
	int64_t i = state[0];

	assert_in_range(i, 0, KEYS - 1);
	assert_int_equal(state[1], ~i);
	assert_false(rig->is_seen[i]);
	rig->is_seen[i] = true;
	key_load(&rig->layout, image, 0, &column, 0);
	key_load(&rig->layout, image, 2, &last_column, 0);
	assert_int_equal(nulls_get(nulls, 0), rig->lens[i] < 0);
	if (rig->lens[i] >= 0) {
		assert_int_equal(first.len, rig->lens[i]);
		assert_memory_equal(str_data(&first), rig->texts[i], first.len);
	}
	assert_int_equal(last.len, i % 2 ? 21 : 4);
	assert_memory_equal(str_data(&last), "a string for odd keys", last.len);
}

// How many keys a record has, as far as it can be read; -1 when it cannot. With a rig they are
// checked.
static int read_bucket(
	const struct key_layout *layout, const struct record *record, struct rig *rig)
{
	struct keyed_record keyed;
	const void *image;
	int n = 0;

	if (keyed_record_open(&keyed, record, layout) < 0)
		return -1;
	while ((image = keyed_record_next(&keyed)) != NULL) {
		int64_t state[2];

		record_get(&keyed.in, state, sizeof(state));
		if (rig != NULL)
			check_key(rig, image, state);
		n++;
	}
	return keyed.in.is_short ? -1 : n;
}

static void cut_short(const struct key_layout *layout, const struct checkpointed_record *whole)
{
	for (size_t len = 0; len < whole->len; len += 1 + len / 7) {
		char *bytes = malloc(len + 1);
		struct record record = {whole->key, bytes, len};

		memcpy(bytes, whole->value, len);
		assert_int_equal(read_bucket(layout, &record, NULL), -1);
		free(bytes);
	}
}

static void a_flat_bucket_comes_back_with_its_strings(void **)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct rig *rig = rig_new(seed);
		int32_t n_left = INT32_MAX;
		int n = 0;

		fill(rig);
		keyed_track_freeze(&rig->track);
		assert_true(keyed_store_pack(&rig->store, &n_left));
		record_done(rig->task.out, 1);
		checkpointed_drain(&rig->saved);
		for (uint32_t i = 0; i < rig->saved.n_records; i++) {
			const struct checkpointed_record *kept = &rig->saved.records[i];
			struct record record = {kept->key, kept->value, kept->len};

			n += read_bucket(&rig->layout, &record, rig);
			cut_short(&rig->layout, kept);
		}
		assert_int_equal(n, KEYS);
		rig_free(rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_flat_bucket_comes_back_with_its_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
