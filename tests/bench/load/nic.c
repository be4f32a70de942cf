#include "load/nic.h"
#include <errno.h>
#include <string.h>
#include <rte_byteorder.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

enum { POOL_CACHE = 256, MBUFS_HELD = 1023, ALERT_OFFSET = 14 + 20 + 8 };

static struct nic *the_nic;

// The port's own counters with what the wire has lost: tidewire puts it into its account. The
// linker sends calls of rte_eth_stats_get() here (--wrap).
int __real_rte_eth_stats_get(uint16_t port_id, struct rte_eth_stats *stats);
int __wrap_rte_eth_stats_get(uint16_t port_id, struct rte_eth_stats *stats);

int __wrap_rte_eth_stats_get(uint16_t port_id, struct rte_eth_stats *stats)
{
	int status = __real_rte_eth_stats_get(port_id, stats);

	stats->imissed += the_nic->wire.n_missed;
	return status;
}

static struct rte_mbuf *take_descriptor(struct nic *nic, struct rte_mbuf *fresh)
{
	struct wire *wire = &nic->wire;
	uint64_t mask = wire->n_descriptors - 1;
	struct rte_mbuf **slot = &nic->ring[nic->next++ & mask];
	struct rte_mbuf *later = nic->ring[(nic->next + WIRE_BURST) & mask], *mbuf = *slot;

	__builtin_prefetch(later, 1);
	__builtin_prefetch(rte_pktmbuf_mtod(later, const void *), 1);
	__builtin_prefetch(rte_pktmbuf_mtod_offset(later, const void *, RTE_CACHE_LINE_SIZE), 1);
	*slot = fresh;
	mbuf->data_len = wire->feed.len;
	mbuf->pkt_len = wire->feed.len;
	mbuf->port = nic->port_id;
	mbuf->ol_flags = RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_GOOD;
	return mbuf;
}

static uint16_t receive(uint16_t port, uint16_t queue, struct rte_mbuf *mbufs[], uint16_t n_none,
	uint16_t n_max, void *context)
{
	struct nic *nic = context;
	struct rte_mbuf *fresh[WIRE_BURST];
	uint64_t now = rte_rdtsc();
	uint32_t n = wire_advance(&nic->wire, now, RTE_MIN(n_max, (uint16_t)WIRE_BURST));

	if (nic->last_poll != 0 && now - nic->last_poll > nic->pause_max)
		nic->pause_max = now - nic->last_poll;
	nic->last_poll = now;
	if (nic->wire.is_over)
		*nic->stop = 1;
	if (n == 0 || rte_pktmbuf_alloc_bulk(nic->pool, fresh, n) != 0)
		return 0;
	for (uint32_t i = 0; i < n; i++) {
		mbufs[i] = take_descriptor(nic, fresh[i]);
		feed_write(&nic->wire.feed, rte_pktmbuf_mtod(mbufs[i], uint8_t *),
			wire_take(&nic->wire));
	}
	return (uint16_t)n;
}

// Every datagram is an alert: the id of an event, a BIGINT. Others are inet's (IGMP).
static uint16_t look_at_sent(
	uint16_t port, uint16_t queue, struct rte_mbuf *mbufs[], uint16_t n, void *context)
{
	struct nic *nic = context;
	uint64_t now = rte_rdtsc(), id;

	for (uint16_t i = 0; i < n; i++) {
		if (mbufs[i]->data_len < ALERT_OFFSET + sizeof(id))
			continue;
		memcpy(&id, rte_pktmbuf_mtod_offset(mbufs[i], const void *, ALERT_OFFSET),
			sizeof(id));
		wire_alert(&nic->wire, rte_be_to_cpu_64(id), now);
	}
	return n;
}

// Every mbuf of the pool holds the frame, and keeps it.
static void fill(struct rte_mempool *pool, void *context, void *object, unsigned index)
{
	struct rte_mbuf *mbuf = object;
	struct nic *nic = context;

	memcpy(rte_pktmbuf_mtod(mbuf, void *), nic->wire.feed.frame, nic->wire.feed.len);
}

static int fill_ring(struct nic *nic)
{
	uint32_t n = nic->wire.n_descriptors;

	nic->pool = rte_pktmbuf_pool_create(
		"wire", n + MBUFS_HELD, POOL_CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (nic->pool == NULL || rte_pktmbuf_alloc_bulk(nic->pool, nic->ring, n) != 0)
		return -ENOMEM;
	rte_pktmbuf_free_bulk(nic->ring, n); // alloc has set their data offsets
	rte_mempool_obj_iter(nic->pool, fill, nic);
	return rte_pktmbuf_alloc_bulk(nic->pool, nic->ring, n);
}

int nic_init(struct nic *nic, volatile sig_atomic_t *stop)
{
	struct rte_eth_conf conf = {0};
	int status = fill_ring(nic);

	nic->stop = stop;
	nic->wire.tsc_hz = (double)rte_get_tsc_hz();
	the_nic = nic;
	if (status < 0)
		return status;
	// The callbacks stay when the port is configured again.
	status = rte_eth_dev_configure(nic->port_id, 1, 2, &conf);
	if (status < 0)
		return status;
	if (rte_eth_add_rx_callback(nic->port_id, 0, receive, nic) == NULL ||
		rte_eth_add_tx_callback(nic->port_id, 1, look_at_sent, nic) == NULL)
		return -ENOTSUP;
	return 0;
}
