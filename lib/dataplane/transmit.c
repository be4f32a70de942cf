#include "dataplane/transmit.h"

#include <rte_ethdev.h>
#include <rte_mbuf.h>

// Of a control frame: dropped when it cannot go now, as its sender will repeat it.
static void send_frame(struct inet_out *out, const uint8_t *frame, uint16_t len)
{
	struct transmit *transmit = (struct transmit *)out;
	struct rte_mbuf *mbuf = rte_pktmbuf_alloc(transmit->pool);
	char *bytes;

	if (mbuf == NULL)
		goto drop;
	bytes = rte_pktmbuf_append(mbuf, len);
	if (bytes == NULL)
		goto drop;
	memcpy(bytes, frame, len);
	if (transmit_put(transmit, mbuf))
		return;

drop:
	rte_pktmbuf_free(mbuf); // may be NULL
	transmit->n_dropped++;
}

void transmit_init(
	struct transmit *transmit, struct rte_mempool *pool, uint16_t port_id, uint16_t queue)
{
	*transmit = (struct transmit){
		.out = {.send = send_frame}, .pool = pool, .port_id = port_id, .queue = queue};
}

bool transmit_put(struct transmit *transmit, struct rte_mbuf *mbuf)
{
	if (transmit->n == TRANSMIT_FRAMES_MAX && transmit_flush(transmit) == TRANSMIT_FRAMES_MAX)
		return false;
	transmit->mbufs[transmit->n++] = mbuf;
	return true;
}

uint16_t transmit_flush(struct transmit *transmit)
{
	uint16_t n_sent;

	if (transmit->n == 0)
		return 0;
	n_sent = rte_eth_tx_burst(transmit->port_id, transmit->queue, transmit->mbufs, transmit->n);
	transmit->n_sent += n_sent;
	transmit->n -= n_sent;
	memmove(transmit->mbufs, transmit->mbufs + n_sent, transmit->n * sizeof(void *));
	return transmit->n;
}

void transmit_close(struct transmit *transmit)
{
	rte_pktmbuf_free_bulk(transmit->mbufs, transmit->n);
	transmit->n = 0;
}
