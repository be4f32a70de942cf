"""What strangers and accidents send. Nothing crashes, and whatever is lost is lost under a name."""

import random
import re
import socket
import struct
import time

import smoke
from tables import KERNEL, OURS, PORT, ipv4_frame, packet_socket, source, timed, windows

N_GARBAGE = 3000
OVERLOAD_S = 3


def verdict(job, name):
    """A count in the line of the port, 0 when it is not there."""
    line = next(line for line in reversed(job.stderr) if line.startswith("port "))
    found = re.search(rf"\b{name}=(\d+)", line)
    return int(found.group(1)) if found else 0


class Hostile(smoke.TestCase):
    def job(self, sql, options=()):
        job = self.start(smoke.tap("feed0"), sql, options)
        smoke.silence_ipv6("feed0")
        smoke.address("feed0", f"{KERNEL}/24")
        smoke.neighbour("feed0", OURS, smoke.mac_address("feed0"))  # nothing waits for ARP
        self.peer = smoke.udp_socket(KERNEL)
        self.addCleanup(self.peer.close)
        return job

    def send(self, data):
        self.peer.sendto(data, (OURS, PORT))

    def check_adds_up(self, account):
        self.assertEqual(account.n_in, account.n_out + account.dropped)
        self.assertEqual(account.dropped, sum(account.reasons.values()))

    def test_garbage_datagrams(self):
        rng = random.Random(1)
        job = self.job(source(columns="a INT, b INT") + "SELECT a, b FROM t;")
        self.send(b"")
        self.send(b"\n\n\n")
        self.send(b"1,2\n3")  # cut off in the middle of a line
        self.assertEqual(job.read_row(), "+I[1, 2]")
        for n in range(N_GARBAGE):
            self.send(rng.randbytes(rng.choice([1, 8, 100, 1472])))
            if n % 100 == 99:  # a tap queues some 500 frames: let it keep up
                self.send(b"4,5\n")
                self.assertEqual(job.read_row(), "+I[4, 5]")
        account = job.stop()
        self.check_adds_up(account)
        self.assertEqual(account.n_out, 1 + N_GARBAGE // 100)
        self.assertEqual(set(account.reasons), {"parse_error"})

    def test_a_datagram_that_is_fragmented_is_counted(self):
        job = self.job(source() + "SELECT a FROM t;")
        self.send(b"1," + b"x" * 4000 + b"\n")  # three fragments
        self.send(b"2,x\n")
        self.assertEqual(job.read_row(), "+I[2]")
        self.assertEqual(job.stop(), smoke.Account(1, 1, 0, {}))
        self.assertEqual(verdict(job, "fragment"), 3)

    def test_frames_that_lie_are_counted(self):
        job = self.job(source() + "SELECT a FROM t;")
        mac = bytes.fromhex(smoke.mac_address("feed0").replace(":", ""))
        ear = packet_socket("feed0")
        self.addCleanup(ear.close)
        udp = struct.pack("!4H", 4000, PORT, 12, 0) + b"1,x\n"
        good = ipv4_frame(mac, socket.IPPROTO_UDP, udp)
        for frame in (
            good[:30],  # ends in the IP header
            good[:-6],  # less than the IP header says
            good[:24] + b"\xff\xff" + good[26:],  # IP checksum
            ipv4_frame(mac, socket.IPPROTO_UDP, struct.pack("!4H", 4000, PORT, 60000, 0) + b"1,x\n"),
            ipv4_frame(mac, socket.IPPROTO_UDP, struct.pack("!4H", 4000, PORT, 12, 0xBEEF) + b"1,x\n"),
            ipv4_frame(mac, socket.IPPROTO_UDP, struct.pack("!4H", 4000, PORT + 1, 12, 0) + b"1,x\n"),
            ipv4_frame(mac, socket.IPPROTO_SCTP, udp),
            good,
        ):
            ear.send(frame)
        self.assertEqual(job.read_row(), "+I[1]")
        self.assertEqual(job.stop(), smoke.Account(1, 1, 0, {}))
        names = "bad_ip_checksum bad_udp_checksum no_listener unsupported_protocol".split()
        self.assertEqual([verdict(job, name) for name in names], [1, 1, 1, 1])
        self.assertEqual(verdict(job, "truncated") + verdict(job, "bad_length"), 3)

    def test_a_row_from_the_far_future_does_not_move_the_watermark(self):
        job = self.job(timed(options=", 'scan.watermark.max-drift' = '1 min'") + windows())
        now = int(time.time() * 1000) // 1000 * 1000
        for ms in (now, now + 3_600_000, now + 1, now + 1000):
            self.send(b"%d,1\n" % ms)
        self.assertRegex(job.read_row(), r", 2, 2\]$")
        self.assertEqual(job.stop(), smoke.Account(4, 3, 1, {"future": 1}))

    def test_overload_loses_datagrams_by_name_only(self):
        sql = source(columns="a BIGINT, b STRING") + (
            "SELECT a, UPPER(b || b || b || b), CHAR_LENGTH(b || b) FROM t WHERE b LIKE '%x%y%';"
        )
        job = self.job(sql)
        n_sent, payload = 0, b",xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxy\n"
        end = time.monotonic() + OVERLOAD_S
        while time.monotonic() < end:
            for _ in range(100):
                try:
                    self.send(b"%d" % n_sent + payload)
                    n_sent += 1
                except (BlockingIOError, OSError):  # the kernel's own queue is full: not sent
                    pass
        time.sleep(0.5)
        account = job.stop()
        self.check_adds_up(account)
        self.assertEqual(account.n_in, n_sent)  # what was lost is in, and dropped by name
        self.assertGreater(account.n_out, 0)


if __name__ == "__main__":
    smoke.main()
