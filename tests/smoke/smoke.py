"""Smoke tests: tidewire on a port that the kernel sees, kernel sockets as its peers.

A test is a Python program of unittest cases that ends with smoke.main(). It starts itself again in a
fresh network namespace, where it is root and nothing it does reaches the machine:

    import smoke

    class Udp(smoke.TestCase):
        def test_a_datagram_becomes_a_row(self):
            job = self.start(smoke.tap("feed0"), "CREATE TABLE …")
            smoke.address("feed0", "10.0.0.1/24")
            peer = smoke.udp_socket("10.0.0.1")
            peer.sendto(b"1,2\\n", ("10.0.0.2", 9000))
            self.assertEqual(job.read_row(), "+I[1, 2]")
            self.assertEqual(job.stop().dropped, 0)

    if __name__ == "__main__":
        smoke.main()

Ports: tap() is made by tidewire's own driver; veth() makes a pair of which tidewire takes one end
with af_packet. Both are gone with the namespace.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue

READY = "tidewire: running"
ACCOUNT = re.compile(r"events: in=(\d+) out=(\d+) dropped=(\d+)(?: \((.*)\))?")
EXIT_SKIPPED = 77  # meson's word for it
WAIT_S = 30  # for anything that should happen at once: sanitizers on a busy machine are slow

# Without hugepages, PCI and shared files: nothing of the machine is used up or left behind.
EAL_ARGS = ["--no-huge", "--no-shconf", "--no-pci", "-m", "512"]


@dataclass(frozen=True)
class Account:
    """The account of events that ends each job's stderr."""

    n_in: int
    n_out: int
    dropped: int
    reasons: dict

    @classmethod
    def parse(cls, line):
        """Returns None when line is no account."""
        match = ACCOUNT.fullmatch(line)
        if match is None:
            return None
        pairs = re.findall(r"([\w.]+)=(\d+)", match.group(4) or "")
        return cls(*(int(n) for n in match.groups()[:3]), {name: int(n) for name, n in pairs})


class Job:
    """A tidewire process. Its output is read as it comes, so that it never waits for us."""

    def __init__(self, tidewire, eal_args, sql, options=()):
        self.folder = tempfile.mkdtemp(prefix="tidewire-smoke-")
        script = Path(self.folder, "job.sql")
        script.write_text(sql, encoding="utf-8")
        prefix = f"--file-prefix=smoke{os.getpid()}-{Path(self.folder).name}"
        command = [tidewire, *EAL_ARGS, prefix, *eal_args, "--", *options, script]
        self.process = subprocess.Popen(
            [str(word) for word in command],
            cwd=self.folder,
            env={**os.environ, "RUNTIME_DIRECTORY": self.folder},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        self.rows, self.stderr = Queue(), []
        self._is_ready = threading.Event()
        self._readers = [
            threading.Thread(target=self._read_stdout, daemon=True),
            threading.Thread(target=self._read_stderr, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def _read_stdout(self):
        for line in self.process.stdout:
            self.rows.put(line.rstrip("\n"))

    def _read_stderr(self):
        for line in self.process.stderr:
            self.stderr.append(line.rstrip("\n"))
            if line.startswith(READY):
                self._is_ready.set()
        self._is_ready.set()  # or never will be: whoever waits sees that it is over

    def wait_ready(self):
        """Until its ports are up."""
        self._is_ready.wait(WAIT_S)
        if not any(line.startswith(READY) for line in self.stderr):
            raise AssertionError(f"tidewire did not start:\n{self.log()}")

    def read_row(self, timeout_s=WAIT_S):
        """The next line of stdout."""
        try:
            return self.rows.get(timeout=timeout_s)
        except Empty:
            raise AssertionError(f"no row within {timeout_s} s:\n{self.log()}") from None

    def read_rows(self, n_rows):
        return [self.read_row() for _ in range(n_rows)]

    def wait(self):
        """Until it ends by itself. Returns the exit status."""
        try:
            status = self.process.wait(WAIT_S)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {WAIT_S} s:\n{self.log()}") from None
        for reader in self._readers:
            reader.join(WAIT_S)
        return status

    def stop(self):
        """SIGTERM, as an administrator would. Returns its Account; it must have ended well."""
        self.process.terminate()
        status = self.wait()
        account = Account.parse(self.stderr[-1]) if self.stderr else None
        if status != 0 or account is None:
            raise AssertionError(f"ended with status {status}:\n{self.log()}")
        return account

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for reader in self._readers:
            reader.join(WAIT_S)
        self.process.stdout.close()
        self.process.stderr.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self, n_lines=40):
        return "\n".join(f"  stderr: {line}" for line in self.stderr[-n_lines:])


class TestCase(unittest.TestCase):
    """start() runs a job that ends with its test, however the test ends."""

    tidewire = None  # main() takes it from the command line

    def start(self, eal_args, sql, options=()):
        job = Job(self.tidewire, eal_args, sql, options)
        self.addCleanup(job.close)
        job.wait_ready()
        return job


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def tap(interface, number=0):
    """EAL arguments for a tap port. The interface is there once tidewire runs."""
    return [f"--vdev=net_tap{number},iface={interface}"]


def veth(interface, peer, number=0):
    """Make a pair of interfaces; EAL arguments for the port on interface. peer is the kernel's."""
    ip("link", "add", interface, "type", "veth", "peer", "name", peer)
    ip("link", "set", interface, "up")
    # veth leaves checksums to hardware that is not there; a program that reads frames would refuse them.
    subprocess.run(["ethtool", "-K", peer, "tx", "off"], check=True, capture_output=True)
    return [f"--vdev=net_af_packet{number},iface={interface}"]


def address(interface, *addresses):
    """Give the kernel's side addresses, such as 10.0.0.1/24, and bring it up."""
    ip("link", "set", interface, "up")
    for one in addresses:
        ip("address", "add", one, "dev", interface, *(["nodad"] if ":" in one else []))


def silence_ipv6(interface):
    """Keep the kernel from sending of its own accord, for tests that count every packet."""
    path = f"/proc/sys/net/ipv6/conf/{interface}/disable_ipv6"
    with open(path, "w", encoding="ascii") as file:
        file.write("1")


def neighbour(interface, other_address, mac):
    """Where the kernel finds an address, for tests that are not about ARP."""
    ip("neighbour", "replace", other_address, "lladdr", mac, "dev", interface)


def mac_address(interface):
    """Of the kernel's side; net_tap gives its port the same. /sys shows another namespace."""
    shown = subprocess.run(
        ["ip", "-json", "link", "show", interface], check=True, capture_output=True
    )
    return json.loads(shown.stdout)[0]["address"]


def has_interface(name):
    return name in (interface for _, interface in socket.if_nameindex())


def udp_socket(own_address, port=0):
    family = socket.AF_INET6 if ":" in own_address else socket.AF_INET
    peer = socket.socket(family, socket.SOCK_DGRAM)
    peer.bind((own_address, port))
    peer.settimeout(WAIT_S)
    return peer


def eventually(is_true, what, timeout_s=WAIT_S):
    """Wait for something that takes the kernel or tidewire a moment."""
    deadline = time.monotonic() + timeout_s
    while not is_true():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout_s} s: {what}")
        time.sleep(0.01)


def unshare_command():
    return ["unshare", "--net"] + ([] if os.geteuid() == 0 else ["--map-root-user"])


def has_namespaces():
    """Whether this machine lets us make a network namespace."""
    return subprocess.run([*unshare_command(), "true"], capture_output=True, check=False).returncode == 0


def enter_namespace():
    """Start this program again in a network namespace of its own. Skips the test where it may not."""
    if os.environ.get("TIDEWIRE_SMOKE_NAMESPACE") == str(os.getppid()):
        ip("link", "set", "lo", "up")
        return
    if not has_namespaces():
        print("skipped: this machine does not let us make a network namespace")
        sys.exit(EXIT_SKIPPED)
    # The child checks that the variable is its own parent's: inherited further down it means nothing.
    environment = {**os.environ, "TIDEWIRE_SMOKE_NAMESPACE": str(os.getpid())}
    command = [*unshare_command(), sys.executable, *sys.argv]
    sys.exit(subprocess.run(command, env=environment, check=False).returncode)


def main():
    """Run the tests of the program that calls this. Its argument is the tidewire to test."""
    enter_namespace()
    if len(sys.argv) > 1:
        TestCase.tidewire = os.path.abspath(sys.argv[1])
    result = unittest.main(argv=sys.argv[:1], exit=False, verbosity=2).result
    n_failed, n_skipped = len(result.failures) + len(result.errors), len(result.skipped)
    for test, reason in result.skipped:
        print(f"skipped: {test.id()}: {reason}")
    skipped = f", {n_skipped} skipped" if n_skipped else ""
    print(f"{result.testsRun - n_failed - n_skipped} passed, {n_failed} failed{skipped}")
    sys.exit(1 if n_failed else 0)
