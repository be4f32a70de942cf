// Brings up ports of virtual devices as drivers-config/ says, in a network namespace of its own,
// and lets packets through and be lost.
#include "dataplane/driver_conf.h"
#include "dataplane/eal_mem.h"
#include "dataplane/port.h"
#include <rte_eal.h>
#include <rte_mbuf.h>
#include <errno.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

enum {
	SKIPPED = 77, // meson's exit status
	FRAME_LEN = 100,
	BURST = 32,
	TAP_QUEUE_LEN = 1000, // the kernel's default txqueuelen for a tap
};

static struct port_options options_for(const char *name, uint16_t n_rx, uint16_t n_tx)
{
	struct port_options options = {.link_wait_ms = 1000};
	struct err err = {0};
	char driver[64];
	uint16_t id;

	if (port_find(name, &id, &err) < 0 || port_driver(id, driver, sizeof(driver), &err) < 0 ||
		driver_conf_load(&options.conf, DRIVERS_CONFIG, driver, &err) < 0)
		fail_msg("%s", err.text);
	memset(options.rss_key, 0x6d, sizeof(options.rss_key));
	options.n_rx_queues = n_rx;
	options.n_tx_queues = n_tx;
	if (port_queues(id, &options.conf, &options.n_rx_queues, &options.n_tx_queues, &err) < 0)
		fail_msg("%s", err.text);
	return options;
}

static struct port start(const char *name, uint16_t n_rx, uint16_t n_tx)
{
	struct port_options options = options_for(name, n_rx, n_tx);
	struct err err = {0};
	struct port port;
	uint16_t id;

	port_find(name, &id, &err);
	if (port_start(&port, id, &options, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(port.n_rx_queues, options.n_rx_queues);
	assert_int_equal(port.n_tx_queues, options.n_tx_queues);
	return port;
}

// Receive until nothing came for 20 ms, from all queues. Returns packets.
static uint64_t drain(const struct port *port)
{
	struct rte_mbuf *mbufs[BURST];
	uint64_t n_seen = 0;

	for (int idle = 0; idle < 20;) {
		uint16_t n = 0;

		for (uint16_t q = 0; q < port->n_rx_queues; q++) {
			uint16_t got = rte_eth_rx_burst(port->id, q, mbufs, BURST);

			rte_pktmbuf_free_bulk(mbufs, got);
			n += got;
		}
		n_seen += n;
		idle = n > 0 ? 0 : idle + 1;
		if (n == 0)
			usleep(1000);
	}
	return n_seen;
}

// Send n frames from the kernel's side of the interface to dst.
static void send_from_kernel(const char *interface, const uint8_t *dst, unsigned n)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(interface),
		.sll_halen = 6,
	};
	uint8_t frame[FRAME_LEN] = {0};
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	memcpy(frame, dst, 6);
	frame[12] = 0x88, frame[13] = 0xb5; // an EtherType for experiments
	for (unsigned i = 0; i < n; i++)
		if (sendto(fd, frame, sizeof(frame), 0, (struct sockaddr *)&to, sizeof(to)) < 0 &&
			errno != ENOBUFS)
			fail_msg("sendto %s: %s", interface, strerror(errno));
	close(fd);
}

static void a_port_is_found_by_name_and_by_id(void **)
{
	struct err err = {0};
	uint16_t id;

	assert_int_equal(port_find("net_ring0", &id, &err), 0);
	assert_int_equal(port_find("0", &id, &err), 0);
	assert_int_equal(id, 0);
	assert_int_equal(port_find("eth9", &id, &err), -ENODEV);
	assert_non_null(strstr(err.text, "there is no port 'eth9'; ports: net_"));
}

static void null_gives_packets_on_every_queue(void **)
{
	struct port port = start("net_null0", 2, 1);
	struct rte_mbuf *mbufs[BURST];
	struct port_stats stats;

	assert_int_equal(port.n_rx_queues, 2);
	for (uint16_t q = 0; q < 2; q++) {
		assert_int_equal(rte_eth_rx_burst(port.id, q, mbufs, BURST), BURST);
		rte_pktmbuf_free_bulk(mbufs, BURST);
	}
	port_stats(&port, &stats);
	assert_int_equal(stats.total.ipackets, 2 * BURST);
	assert_true(stats.is_kernel_known);
	port_stop(&port);
}

static void what_a_ring_sends_it_receives(void **)
{
	struct port port = start("net_ring0", 1, 1);
	struct rte_mbuf *mbufs[BURST];

	assert_true(port.is_link_up);
	assert_int_equal(rte_pktmbuf_alloc_bulk(port.mbufs, mbufs, BURST), 0);
	assert_int_equal(rte_eth_tx_burst(port.id, 0, mbufs, BURST), BURST);
	assert_int_equal(drain(&port), BURST);
	port_stop(&port);
}

// The point of kernel_dropped: what the tap's queue did not hold is in no counter of DPDK's.
static void every_packet_sent_to_a_tap_is_received_or_counted(void **)
{
	const unsigned n_sent = 3 * TAP_QUEUE_LEN;
	struct port port = start("net_tap0", 1, 2);
	struct port_stats stats;
	uint64_t n_seen;

	assert_int_equal(port.n_rx_queues, 2); // as many as tx queues
	assert_true(port.is_link_up);
	n_seen = drain(&port); // what the kernel says to a new interface
	send_from_kernel("twsmoke0", port.mac.addr_bytes, 100);
	n_seen += drain(&port);
	port_stats(&port, &stats);
	assert_true(n_seen >= 100);
	assert_int_equal(stats.total.kernel_dropped, 0);
	send_from_kernel("twsmoke0", port.mac.addr_bytes, n_sent);
	uint64_t n_got = drain(&port);
	port_stats(&port, &stats);
	assert_int_equal(stats.total.ipackets, n_seen + n_got);
	assert_true(stats.is_kernel_known);
	assert_true(stats.total.kernel_dropped > 0);
	assert_in_range(n_got + stats.total.kernel_dropped, n_sent, n_sent + 10);
	port_stop(&port);
}

static void jumbo_frames_are_chained(void **)
{
	struct port_options options = options_for("net_null1", 1, 1);
	struct err err = {0};
	struct port port;
	uint16_t id;

	options.mtu = 9000;
	port_find("net_null1", &id, &err);
	assert_int_equal(port_start(&port, id, &options, &err), 0);
	assert_int_equal(port.mtu, 9000);
	// net_null cannot chain: the buffers are made large enough instead.
	assert_true(rte_pktmbuf_data_room_size(port.mbufs) >= 9000 + RTE_PKTMBUF_HEADROOM);
	port_stop(&port);
}

static void every_queue_of_af_packet_is_read(void **)
{
	struct port port = start("net_af_packet0", 1, 1);
	struct rte_ether_addr group = {{0x01, 0x00, 0x5e, 1, 2, 3}};
	struct err err = {0};
	struct port_stats stats;

	assert_int_equal(port.n_rx_queues, 2); // its devargs' qpairs
	assert_int_equal(port_set_groups(&port, &group, 1, &err), 0);
	assert_int_equal(port.multicast, PORT_MULTICAST_PROMISCUOUS); // it has no filter
	drain(&port);
	send_from_kernel("twsmoke2", group.addr_bytes, 50);
	assert_in_range(drain(&port), 50, 60);
	port_stats(&port, &stats);
	assert_false(stats.is_kernel_known);
	port_stop(&port);
}

static void the_rss_key_is_the_one_handed_in(void **)
{
	struct port_options options = options_for("net_null4", 4, 1);
	struct rte_eth_conf conf;
	struct err err = {0};
	struct port port;
	uint16_t id;

	options.conf.rss = RTE_ETH_RSS_IP | RTE_ETH_RSS_UDP; // more than its file asks for
	port_find("net_null4", &id, &err);
	assert_int_equal(port_start(&port, id, &options, &err), 0);
	assert_true(port.rss != 0);
	// net_null has a key of its own for show: ask what the driver was given.
	assert_int_equal(rte_eth_dev_conf_get(id, &conf), 0);
	assert_int_equal(conf.rxmode.mq_mode, RTE_ETH_MQ_RX_RSS);
	assert_int_equal(conf.rx_adv_conf.rss_conf.rss_hf, port.rss);
	assert_int_equal(conf.rx_adv_conf.rss_conf.rss_key_len, 40);
	assert_memory_equal(conf.rx_adv_conf.rss_conf.rss_key, options.rss_key,
		conf.rx_adv_conf.rss_conf.rss_key_len);
	port_stop(&port);
}

static void a_group_too_many_is_an_error(void **)
{
	static const struct rte_ether_addr groups[PORT_GROUPS_MAX + 1];
	struct port port = start("net_null2", 1, 1);
	struct err err = {0};

	assert_int_equal(port_set_groups(&port, groups, PORT_GROUPS_MAX + 1, &err), -ENOSPC);
	assert_int_equal(port_set_groups(&port, NULL, 0, &err), 0);
	port_stop(&port);
}

static void without_memory_a_port_says_so(void **)
{
	struct port_options options = options_for("net_null3", 1, 1);
	struct err err = {0};
	struct port port;
	uint16_t id;

	options.n_mbufs_held = 1 << 22;
	port_find("net_null3", &id, &err);
	assert_true(port_start(&port, id, &options, &err) < 0);
	assert_non_null(strstr(err.text, "port net_null3"));
	assert_non_null(strstr(err.text, "memory for its packet buffers"));
}

static void memory_of_a_socket_is_zeroed_and_aligned(void **)
{
	struct eal_mem mem;

	eal_mem_init(&mem, SOCKET_ID_ANY);
	for (int i = 0; i < 3; i++) {
		uint8_t *bytes = mem_zalloc_aligned(&mem.mem, 100000, 4096);

		assert_non_null(bytes);
		assert_int_equal((uintptr_t)bytes % 4096, 0);
		for (int b = 0; b < 100000; b++)
			assert_int_equal(bytes[b], 0);
		memset(bytes, 0xff, 100000);
		mem_free(&mem.mem, bytes);
	}
	assert_null(mem_zalloc(&mem.mem, 1ull << 40));
	assert_int_equal(errno, ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_port_is_found_by_name_and_by_id),
		cmocka_unit_test(null_gives_packets_on_every_queue),
		cmocka_unit_test(what_a_ring_sends_it_receives),
		cmocka_unit_test(every_packet_sent_to_a_tap_is_received_or_counted),
		cmocka_unit_test(jumbo_frames_are_chained),
		cmocka_unit_test(every_queue_of_af_packet_is_read),
		cmocka_unit_test(the_rss_key_is_the_one_handed_in),
		cmocka_unit_test(a_group_too_many_is_an_error),
		cmocka_unit_test(without_memory_a_port_says_so),
		cmocka_unit_test(memory_of_a_socket_is_zeroed_and_aligned),
	};
	char prefix[32];
	char *args[] = {"smoke_port", "--no-huge", "--no-shconf", "--no-pci", "-m", "256", "-l",
		"0", "--log-level", "error", "--file-prefix", prefix, "--vdev=net_null0",
		"--vdev=net_null1", "--vdev=net_null2", "--vdev=net_null3", "--vdev=net_null4",
		"--vdev=net_ring0", "--vdev=net_tap0,iface=twsmoke0",
		"--vdev=net_af_packet0,iface=twsmoke1,qpairs=2,framecnt=512"};

	if (access("/dev/net/tun", R_OK | W_OK) != 0 || unshare(CLONE_NEWNET) != 0) {
		printf("needs root and /dev/net/tun: skipped\n");
		return SKIPPED;
	}
	if (system("ip link add twsmoke1 type veth peer name twsmoke2 && "
		   "ip link set twsmoke1 up && ip link set twsmoke2 up") != 0) {
		printf("no veth interfaces here: skipped\n");
		return SKIPPED;
	}
	snprintf(prefix, sizeof(prefix), "smoke_port_%d", getpid());
	if (rte_eal_init(RTE_DIM(args), args) < 0) {
		printf("EAL does not start\n");
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
