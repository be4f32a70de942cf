#include "exchange/channel.h"
#include <assert.h>
#include <errno.h>
#include <rte_ring.h>

struct channel {
	struct mem *mem;
	struct rte_ring *sent; // to the consumer
	struct rte_ring *spare; // and back
	uint32_t n_blocks;
	struct block_store *blocks[];
};

// Room for all blocks: a ring of n holds n − 1.
static struct rte_ring *ring_new(struct mem *mem, uint32_t n_blocks)
{
	uint32_t size = n_blocks * 2;
	struct rte_ring *ring = mem_zalloc(mem, (size_t)rte_ring_get_memsize(size));

	if (ring != NULL)
		rte_ring_init(ring, "channel", size, RING_F_SP_ENQ | RING_F_SC_DEQ);
	return ring;
}

struct channel *channel_new(
	struct mem *mem, const struct schema *schema, uint32_t n_blocks, uint32_t heap_size)
{
	struct channel *channel;

	if (n_blocks < CHANNEL_BLOCKS_MIN || n_blocks > CHANNEL_BLOCKS_MAX ||
		(n_blocks & (n_blocks - 1)) != 0) {
		errno = EINVAL;
		return NULL;
	}
	channel = mem_zalloc(mem, sizeof(*channel) + n_blocks * sizeof(channel->blocks[0]));
	if (channel == NULL)
		return NULL;
	channel->mem = mem;
	channel->sent = ring_new(mem, n_blocks);
	channel->spare = ring_new(mem, n_blocks);
	if (channel->sent == NULL || channel->spare == NULL)
		goto free_channel;
	for (; channel->n_blocks < n_blocks; channel->n_blocks++) {
		struct block_store *store = block_store_new(mem, schema, heap_size);

		if (store == NULL)
			goto free_channel;
		channel->blocks[channel->n_blocks] = store;
		rte_ring_sp_enqueue(channel->spare, store);
	}
	return channel;

free_channel:
	channel_free(channel);
	errno = ENOMEM;
	return NULL;
}

void channel_free(struct channel *channel)
{
	if (channel == NULL)
		return;
	for (uint32_t i = 0; i < channel->n_blocks; i++)
		block_store_free(channel->mem, channel->blocks[i]);
	mem_free(channel->mem, channel->sent);
	mem_free(channel->mem, channel->spare);
	mem_free(channel->mem, channel);
}

struct block_store *channel_take(struct channel *channel)
{
	void *store = NULL;

	if (rte_ring_sc_dequeue(channel->spare, &store) != 0)
		return NULL;
	block_store_reset(store);
	return store;
}

uint32_t channel_credit(const struct channel *channel)
{
	return rte_ring_count(channel->spare);
}

void channel_send(struct channel *channel, struct block_store *store)
{
	int err = rte_ring_sp_enqueue(channel->sent, store);

	assert(err == 0); // the ring has room for every block there is
	(void)err;
}

struct block_store *channel_receive(struct channel *channel)
{
	void *store = NULL;

	return rte_ring_sc_dequeue(channel->sent, &store) == 0 ? store : NULL;
}

void channel_release(struct channel *channel, struct block_store *store)
{
	int err = rte_ring_sp_enqueue(channel->spare, store);

	assert(err == 0);
	(void)err;
}

bool channel_is_empty(const struct channel *channel)
{
	return rte_ring_empty(channel->sent);
}
