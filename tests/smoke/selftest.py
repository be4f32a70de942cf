"""The smoke library tested with a fake tidewire: a shell script and a kernel socket."""

import os
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

import smoke

# Prints a row for each datagram until SIGTERM, as a job with a udp source would.
FAKE = '''#!/usr/bin/env python3
import signal, socket, sys
n = 0
def stop(*_):
    print(f"events: in={n + 1} out={n} dropped=1 (late=1)", file=sys.stderr)
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
if "fail" in open(sys.argv[-1]).read():
    print("tidewire: error: no such port", file=sys.stderr)
    sys.exit(1)
peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
peer.bind(("127.0.0.1", 9000))
print("tidewire: running: 1 port", file=sys.stderr, flush=True)
while True:
    text = peer.recv(2048).decode()
    n += 1
    print(f"+I[{text}]", flush=True)
'''


class Library(smoke.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tidewire = str(Path(folder.name, "tidewire"))
        Path(self.tidewire).write_text(FAKE, encoding="utf-8")
        os.chmod(self.tidewire, 0o755)

    def test_the_namespace_is_empty(self):
        self.assertEqual({name for _, name in socket.if_nameindex()} - {"lo"}, set())

    def test_rows_and_the_account_come_back(self):
        job = self.start([], "SELECT 1;")
        peer = smoke.udp_socket("127.0.0.1")
        self.addCleanup(peer.close)
        for text in (b"a", b"b"):
            peer.sendto(text, ("127.0.0.1", 9000))
        self.assertEqual(job.read_rows(2), ["+I[a]", "+I[b]"])
        self.assertEqual(job.stop(), smoke.Account(3, 2, 1, {"late": 1}))
        self.assertFalse(os.path.exists(f"/proc/{job.process.pid}"))

    def test_a_job_that_does_not_start_says_why(self):
        with self.assertRaisesRegex(AssertionError, "no such port"):
            self.start([], "fail")

    def test_a_row_that_never_comes_fails(self):
        job = self.start([], "SELECT 1;")
        with self.assertRaisesRegex(AssertionError, "no row within"):
            job.read_row(timeout_s=0.1)

    def test_an_end_without_account_fails(self):
        job = self.start([], "SELECT 1;")
        job.process.kill()
        with self.assertRaisesRegex(AssertionError, "status -9"):
            job.stop()

    def test_a_line_that_is_no_account_is_none(self):
        self.assertIsNone(smoke.Account.parse("events: in=1 out=1"))

    def test_a_veth_pair_has_a_side_for_the_kernel(self):
        try:
            args = smoke.veth("port0", "peer0")
        except subprocess.CalledProcessError:
            self.skipTest("this kernel has no veth")
        self.addCleanup(smoke.ip, "link", "delete", "port0")
        smoke.address("peer0", "10.9.0.1/24", "fd00::1/64")
        smoke.neighbour("peer0", "10.9.0.2", "02:00:00:00:00:02")
        self.assertEqual(args, ["--vdev=net_af_packet0,iface=port0"])
        self.addCleanup(smoke.udp_socket("10.9.0.1").close)
        self.addCleanup(smoke.udp_socket("fd00::1").close)


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    smoke.main()
