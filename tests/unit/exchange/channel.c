#include "exchange/channel.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/arena.h"
#include "row/random.h"

enum { N_BLOCKS = 8 };

static struct schema *new_schema(struct arena *arena)
{
	struct schema *schema = schema_new(arena, 1);

	schema->fields[0] = (struct field){"n", type_of(TYPE_BIGINT)};
	return schema;
}

static void blocks_arrive_in_the_order_sent(void **)
{
	struct arena *arena = arena_new();
	struct channel *channel = channel_new(&mem_libc, new_schema(arena), N_BLOCKS, 0);
	struct random random = {1};
	uint64_t n_sent = 0, n_received = 0;

	for (int step = 0; step < 10000; step++) {
		struct block_store *store;

		assert_int_equal(channel_credit(channel), N_BLOCKS - (n_sent - n_received));
		assert_int_equal(channel_is_empty(channel), n_sent == n_received);
		if (random_below(&random, 2)) {
			store = channel_take(channel);
			assert_int_equal(store == NULL, n_sent - n_received == N_BLOCKS);
			if (store == NULL)
				continue;
			assert_int_equal(store->block.n_rows, 0); // as new
			store->block.n_rows = 1;
			store->block.checkpoint_id = n_sent++;
			channel_send(channel, store);
		} else {
			store = channel_receive(channel);
			assert_int_equal(store == NULL, n_sent == n_received);
			if (store == NULL)
				continue;
			assert_int_equal(store->block.checkpoint_id, n_received++);
			channel_release(channel, store);
		}
	}
	channel_free(channel);
	arena_free(arena);
}

static void frees_blocks_that_are_on_their_way(void **)
{
	struct arena *arena = arena_new();
	struct channel *channel = channel_new(&mem_libc, new_schema(arena), N_BLOCKS, 100);

	channel_send(channel, channel_take(channel));
	channel_take(channel);
	channel_free(channel); // the address sanitizer says when one is left
	channel_free(NULL);
	arena_free(arena);
}

static void refuses_sizes_it_has_no_ring_for(void **)
{
	static const uint32_t sizes[] = {0, 1, 2, 5, CHANNEL_BLOCKS_MAX * 2};
	struct arena *arena = arena_new();

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		errno = 0;
		assert_null(channel_new(&mem_libc, new_schema(arena), sizes[i], 0));
		assert_int_equal(errno, EINVAL);
	}
	arena_free(arena);
}

struct failing_mem {
	struct mem mem;
	int n_left; // allocations that succeed
};

static void *failing_alloc(struct mem *mem, size_t size, size_t align)
{
	return ((struct failing_mem *)mem)->n_left-- > 0 ? mem_libc.alloc(&mem_libc, size, align)
							 : NULL;
}

static void failing_free(struct mem *mem, void *ptr)
{
	mem_libc.free(&mem_libc, ptr);
}

static void gives_all_back_when_memory_runs_out(void **)
{
	struct arena *arena = arena_new();
	struct channel *channel = NULL;
	int n = 0;

	for (; channel == NULL; n++) {
		struct failing_mem mem = {.mem = {failing_alloc, failing_free}, .n_left = n};

		errno = 0;
		channel = channel_new(&mem.mem, new_schema(arena), N_BLOCKS, 100);
		if (channel == NULL)
			assert_int_equal(errno, ENOMEM);
		else
			channel_free(channel);
	}
	assert_true(n > N_BLOCKS);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_arrive_in_the_order_sent),
		cmocka_unit_test(frees_blocks_that_are_on_their_way),
		cmocka_unit_test(refuses_sizes_it_has_no_ring_for),
		cmocka_unit_test(gives_all_back_when_memory_runs_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
