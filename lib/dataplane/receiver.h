// One receive queue: takes bursts of frames from it and gives each listener the messages of its
// datagrams, all of a burst at once.
//
//	rx burst ─► packet.h ─► demux.h ─► by listener ─► framing.h ─► listener->deliver()
//	                │ ARP, ND, ping, IGMP, MLD
//	                └────────► inet.h, or its inbox when another lcore owns it
//
// Messages point into the frames, so frames are freed only when all listeners have taken theirs. A
// listener that takes fewer than offered is behind: the rest stays, the other listeners still get
// theirs, and no new burst is taken until nothing is left; the NIC's queue then fills, and the NIC
// counts what it drops. The order of messages within a listener is kept.
#pragma once
#include "base/message.h"
#include "base/now.h"
#include "dataplane/demux.h"
#include "dataplane/framing.h"
#include "dataplane/packet.h"

struct inet;
struct mem;
struct rte_mbuf;

enum {
	// Frames. On one lcore this is also how many rows an operator gets at a time where each
	// datagram is one event: keyed ones then have as many cache misses under way.
	RECEIVER_BURST = 64,
	RECEIVER_MESSAGES_MAX = 512, // offered to a listener at once
};

struct listener {
	// Take messages[:n], n > 0, in order; they are gone when the call returns. received: the
	// time of the burst, which may be a while ago if this listener was behind. Returns how many
	// were taken; the rest is offered again.
	uint16_t (*deliver)(struct listener *listener, const struct message *messages, uint16_t n,
		const struct now *received);
	struct framing framing;
	// For a listener that keeps datagrams (a journal), else NULL. ready: asked before a burst
	// is taken; false = take none for now. keep: a datagram for this listener, once, before any
	// of its messages is delivered and in the same order.
	bool (*ready)(struct listener *listener);
	void (*keep)(struct listener *listener, const uint8_t *payload, uint16_t len,
		const struct now *received);
};

struct receiver_conf {
	struct mem *mem;
	const struct demux *demux;
	struct listener *const *listeners; // [:n_listeners], by the demux's numbers
	uint8_t n_listeners;
	// NULL: none (a capture); control packets are then dropped by name.
	struct inet *inet;
	bool owns_inet; // this lcore is the one that runs it: queue 0 of the port
	uint16_t port_id;
	uint16_t queue;
	uint64_t tsc_hz; // for inet's milliseconds
};

// n_packets = Σ n_verdicts at any time no burst is in hand. One writer: the receiver's lcore.
struct receiver_counts {
	uint64_t n_packets;
	uint64_t n_verdicts[PACKET_N_VERDICTS]; // PACKET_UDP: delivered to a listener
	uint64_t n_messages[DEMUX_LISTENERS_MAX]; // taken by the listener
};

struct receiver; // opaque

// Returns NULL with errno ENOMEM. Free with receiver_free(), which drops the burst in hand.
struct receiver *receiver_new(const struct receiver_conf *conf);
void receiver_free(struct receiver *receiver); // receiver may be NULL

// One step: what was left over, then inet's timers and inbox, then a new burst from the NIC.
// Returns how many frames it got; 0 also while a listener is behind, or not ready.
uint16_t receiver_poll(struct receiver *receiver, const struct now *now);

// The same for mbufs[:n] (n ≤ RECEIVER_BURST) that come from elsewhere; they become the receiver's.
// Only when receiver_drain() says that nothing is left of the burst before.
void receiver_burst(struct receiver *receiver, struct rte_mbuf *const *mbufs, uint16_t n,
	const struct now *now);

// A frame that is in no mbuf: out of a capture.
struct receiver_frame {
	const uint8_t *data;
	uint32_t len;
};

// The same for frames[:n], which stay the caller's and must stay as they are until receiver_drain()
// says that nothing is left of them. Not for a receiver with an inet.
void receiver_frames(struct receiver *receiver, const struct receiver_frame *frames, uint16_t n,
	const struct now *now);

// Offer what is left of the burst in hand. True when nothing is: the receiver can take another.
bool receiver_drain(struct receiver *receiver);

const struct receiver_counts *receiver_counts(const struct receiver *receiver);
