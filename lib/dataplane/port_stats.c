// What a port counted, and for the ports behind which a kernel stands, what the kernel dropped
// before the port could count it. The kernel's numbers come from /proc/thread-self/net/dev: it
// shows the network namespace that this thread is in, which a /sys mounted elsewhere does not.
//
//	net_tap        tx_dropped: the kernel sends to the tap, we did not read fast enough
//	net_af_xdp     rx_dropped: at the interface; the socket's own drops are in imissed
//	net_af_packet  rx_dropped: at the interface. Drops at a full PACKET_MMAP ring are counted
// per 	               socket (PACKET_STATISTICS), and the driver does not give its sockets away: they 	               are unknown here, so is_kernel_known stays false. Sequence numbers
// tell.
#include "dataplane/port_stats.h"
#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

// The kernel's drop counters of one interface.
struct kernel_drops {
	uint64_t rx, tx;
};

// The drivers behind whose ports a kernel stands that drops what the driver does not count.
static const struct backing {
	const char *driver;
	bool is_tx; // the kernel sends to us: our loss is its tx drop
	bool is_complete; // no other place in the kernel drops in silence
} backings[] = {
	{"net_tap", true, true}, {"net_af_xdp", false, true}, {"net_af_packet", false, false},
	{"net_pcap", false, false}, // with an interface; libpcap's ps_drop is not given away either
};

// One line: "name: bytes packets errs drop fifo frame compressed multicast" for receiving, then
// "bytes packets errs drop …" for sending (proc(5)).
static bool parse_line(const char *line, const char *name, struct kernel_drops *drops)
{
	size_t len = strlen(name);

	line += strspn(line, " ");
	if (strncmp(line, name, len) != 0 || line[len] != ':')
		return false;
	return sscanf(line + len + 1,
		       "%*u %*u %*u %" SCNu64 " %*u %*u %*u %*u %*u %*u %*u %" SCNu64, &drops->rx,
		       &drops->tx) == 2;
}

static bool read_drops(unsigned if_index, struct kernel_drops *drops)
{
	char name[IF_NAMESIZE], line[512];
	bool found = false;
	FILE *file;

	if (if_index == 0 || if_indextoname(if_index, name) == NULL)
		return false;
	if ((file = fopen("/proc/thread-self/net/dev", "re")) == NULL)
		return false;
	while (!found && fgets(line, sizeof(line), file) != NULL)
		found = parse_line(line, name, drops);
	fclose(file);
	return found;
}

static void read_kernel(const struct port *port, struct port_stats *stats)
{
	const struct backing *backing = backings;
	struct rte_eth_dev_info info;
	struct kernel_drops drops;

	while (backing < backings + RTE_DIM(backings) && strcmp(backing->driver, port->driver) != 0)
		backing++;
	stats->is_kernel_known = true;
	if (backing == backings + RTE_DIM(backings))
		return; // no kernel between the wire and us
	if (rte_eth_dev_info_get(port->id, &info) < 0 || info.if_index == 0)
		return; // net_pcap with files
	stats->is_kernel_known = false;
	if (!read_drops(info.if_index, &drops))
		return;
	stats->total.kernel_dropped = backing->is_tx ? drops.tx : drops.rx;
	stats->is_kernel_known = backing->is_complete;
}

void port_stats_read(const struct port *port, struct port_stats *stats)
{
	struct rte_eth_stats eth;

	*stats = (struct port_stats){0};
	read_kernel(port, stats);
	if (rte_eth_stats_get(port->id, &eth) < 0)
		return;
	stats->total.ipackets = eth.ipackets;
	stats->total.ibytes = eth.ibytes;
	stats->total.opackets = eth.opackets;
	stats->total.obytes = eth.obytes;
	stats->total.imissed = eth.imissed;
	stats->total.ierrors = eth.ierrors;
	stats->total.nombuf = eth.rx_nombuf;
	stats->total.oerrors = eth.oerrors;
	stats->n_queues = RTE_MIN(port->n_rx_queues, RTE_ETHDEV_QUEUE_STAT_CNTRS);
	for (uint16_t i = 0; i < stats->n_queues; i++) {
		stats->rx[i].ipackets = eth.q_ipackets[i];
		stats->rx[i].ibytes = eth.q_ibytes[i];
		stats->rx[i].errors = eth.q_errors[i];
	}
}

void port_stats(const struct port *port, struct port_stats *stats)
{
	const struct port_stats *start = &port->start;

	port_stats_read(port, stats);
	stats->total.ipackets -= start->total.ipackets;
	stats->total.ibytes -= start->total.ibytes;
	stats->total.opackets -= start->total.opackets;
	stats->total.obytes -= start->total.obytes;
	stats->total.imissed -= start->total.imissed;
	stats->total.ierrors -= start->total.ierrors;
	stats->total.nombuf -= start->total.nombuf;
	stats->total.oerrors -= start->total.oerrors;
	stats->total.kernel_dropped -= start->total.kernel_dropped;
	for (uint16_t i = 0; i < stats->n_queues; i++) {
		stats->rx[i].ipackets -= start->rx[i].ipackets;
		stats->rx[i].ibytes -= start->rx[i].ibytes;
		stats->rx[i].errors -= start->rx[i].errors;
	}
}
