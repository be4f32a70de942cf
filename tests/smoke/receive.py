"""Datagrams of kernel sockets become rows: every address family, every kind of port."""

import socket
import struct
import subprocess

import smoke
from tables import KERNEL, KERNEL6, OURS, OURS6, PORT, ipv4_frame, packet_socket, source

SELECT = "SELECT a, b FROM t;"
ETH_P_IP, ETH_P_IPV6 = 0x0800, 0x86DD


class Receive(smoke.TestCase):
    def peer(self, own_address):
        peer = smoke.udp_socket(own_address)
        self.addCleanup(peer.close)
        return peer

    def check(self, job, send, n_sent=3):
        """send() each of some datagrams; they come out, and nothing else."""
        for n in range(n_sent):
            send(b"%d,x\n%d,y\n" % (n, n))
            # The kernel may reorder what it sends while it still asks for our address.
            self.assertEqual(job.read_rows(2), [f"+I[{n}, x]", f"+I[{n}, y]"])
        self.assertEqual(job.stop(), smoke.Account(2 * n_sent, 2 * n_sent, 0, {}))

    def test_ipv4_unicast_with_arp_over_a_tap(self):
        job = self.start(smoke.tap("feed0"), source() + SELECT)
        smoke.address("feed0", f"{KERNEL}/24")
        peer = self.peer(KERNEL)
        self.check(job, lambda data: peer.sendto(data, (OURS, PORT)))

    def test_ipv6_unicast_with_neighbour_discovery(self):
        job = self.start(smoke.tap("feed0"), source(local=f"[{OURS6}]:{PORT}") + SELECT)
        smoke.address("feed0", f"{KERNEL6}/64")
        peer = self.peer(KERNEL6)
        self.check(job, lambda data: peer.sendto(data, (OURS6, PORT)))

    def test_ipv4_multicast_is_joined(self):
        ears = []
        job = self.start(smoke.tap("feed0"), source(local=f"239.9.9.9:{PORT}") + SELECT)
        smoke.address("feed0", f"{KERNEL}/24")
        ears.append(packet_socket("feed0", ETH_P_IP))
        self.addCleanup(ears[0].close)
        self.assertTrue(self.hears(ears[0], lambda p: p[9] == 2 and socket.inet_aton("239.9.9.9") in p))
        peer = self.peer(KERNEL)
        peer.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(KERNEL))
        self.check(job, lambda data: peer.sendto(data, ("239.9.9.9", PORT)))

    def test_ipv6_multicast_is_joined(self):
        group = "ff15::9"
        job = self.start(smoke.tap("feed0"), source(local=f"[{group}]:{PORT}") + SELECT)
        smoke.address("feed0", f"{KERNEL6}/64")
        ear = packet_socket("feed0", ETH_P_IPV6)
        self.addCleanup(ear.close)
        packed = socket.inet_pton(socket.AF_INET6, group)
        # Behind a hop-by-hop header (0) stands a multicast listener report of version 2 (143).
        self.assertTrue(self.hears(ear, lambda p: p[6] == 0 and p[48] == 143 and packed in p))
        peer = self.peer(KERNEL6)
        index = struct.pack("@I", socket.if_nametoindex("feed0"))
        peer.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
        self.check(job, lambda data: peer.sendto(data, (group, PORT)))

    def hears(self, ear, is_it):
        """Whether such a packet comes, within the socket's patience."""
        try:
            while True:
                if is_it(ear.recv(2048)[14:].ljust(64, b"\0")):
                    return True
        except TimeoutError:
            return False

    def test_vlan_tagged_by_hand(self):
        job = self.start(smoke.tap("feed0"), source() + SELECT)
        smoke.ip("link", "set", "feed0", "up")
        mac = bytes.fromhex(smoke.mac_address("feed0").replace(":", ""))
        wire = packet_socket("feed0")
        self.addCleanup(wire.close)
        vlan, service = bytes.fromhex("81000009"), bytes.fromhex("88a80007")

        def send(data):
            udp = struct.pack("!4H", 4000, PORT, 8 + len(data), 0) + data
            tag = service + vlan if data.startswith(b"1") else vlan
            wire.send(ipv4_frame(mac, socket.IPPROTO_UDP, udp, tag))

        self.check(job, send)

    def test_vlan_tagged_by_the_kernel(self):
        job = self.start(smoke.tap("feed0"), source() + SELECT)
        smoke.ip("link", "set", "feed0", "up")
        try:
            command = "ip link add link feed0 name vlan9 type vlan id 9".split()
            subprocess.run(command, check=True, capture_output=True)
        except subprocess.CalledProcessError:
            self.skipTest("this kernel has no VLANs")
        smoke.address("vlan9", f"{KERNEL}/24")
        smoke.neighbour("vlan9", OURS, smoke.mac_address("feed0"))
        peer = self.peer(KERNEL)
        self.check(job, lambda data: peer.sendto(data, (OURS, PORT)))

    def test_af_packet_over_veth(self):
        try:
            args = smoke.veth("port0", "peer0")
        except subprocess.CalledProcessError:
            self.skipTest("this kernel has no veth")
        self.addCleanup(smoke.ip, "link", "delete", "port0")
        smoke.address("peer0", f"{KERNEL}/24")
        job = self.start(args, source() + SELECT)
        peer = self.peer(KERNEL)
        self.check(job, lambda data: peer.sendto(data, (OURS, PORT)))

    def test_ping_is_answered(self):
        tables = source() + source("u", f"[{OURS6}]:{PORT}")
        sql = tables + "SELECT a FROM t UNION ALL SELECT a FROM u;"
        job = self.start(smoke.tap("feed0"), sql)
        smoke.address("feed0", f"{KERNEL}/24", f"{KERNEL6}/64")
        for family, target in ((socket.AF_INET, OURS), (socket.AF_INET6, OURS6)):
            self.ping(family, target)
        self.assertEqual(job.stop(), smoke.Account(0, 0, 0, {}))

    def ping(self, family, target):
        is_4 = family == socket.AF_INET
        protocol = socket.IPPROTO_ICMP if is_4 else socket.IPPROTO_ICMPV6
        request = struct.pack("!BBHHH", 8 if is_4 else 128, 0, 0, 0x7777, 1) + b"a payload that comes back"
        if is_4:
            total = sum(struct.unpack(f"!{len(request) // 2}H", request[: len(request) // 2 * 2]))
            total += request[-1] << 8 if len(request) % 2 else 0
            total = (total & 0xFFFF) + (total >> 16)
            total = (total & 0xFFFF) + (total >> 16)
            request = request[:2] + struct.pack("!H", ~total & 0xFFFF) + request[4:]
        with socket.socket(family, socket.SOCK_RAW, protocol) as raw:
            raw.settimeout(smoke.WAIT_S)
            raw.sendto(request, (target, 0))
            while True:
                reply = raw.recv(2048)[20 if is_4 else 0 :]
                if reply[0] == (0 if is_4 else 129):
                    break
        self.assertEqual(reply[4:], request[4:])


if __name__ == "__main__":
    smoke.main()
