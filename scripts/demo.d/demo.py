"""Runs one demo: tidewire on a tap, feedgen as its peer, a kill -9 in the middle, and what came of it.

scripts/demo starts it in a network namespace of its own, which goes away with it.
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

sys.dont_write_bytecode = True

import jobs  # noqa: E402
import reference  # noqa: E402
import report  # noqa: E402
from screen import Screen  # noqa: E402
from stream import Streams  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
INTERFACE = "feed0"
KERNEL_ADDRESS = "10.9.0.1"
OUR_ADDRESS, OUR_PORT = "10.9.0.2", 9000
# Packets that may wait in the tap: a second at the default rate, for when the kernel gives our CPU to
# somebody else.
TAP_QUEUE_LEN = 65536
MEMORY_MB = 2048
START_WAIT_S, END_WAIT_S = 60, 60
# After the feed: lines of progress, one a second, that show nothing new though something is missing.
SILENT_LINES_MAX = 10

PROGRESS = re.compile(
    r"events in=(\d+) \((\d+)/s\) dropped=(\d+)(?:.* watermark lag=(-?[\d.]+) s)?")
REPLAYED = re.compile(r"tidewire: .*replayed (\d+) datagrams")
CHECKPOINTS = "execution.checkpointing.interval={} s"
CHECKPOINTS_A_RUN = 5
LOOK_S = 0.3  # between two looks at what is in


def free_hugepages_mb():
    try:
        path = "/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages"
        return int(Path(path).read_text(encoding="ascii")) * 2
    except (OSError, ValueError):
        return 0


def memory_args():
    if free_hugepages_mb() >= MEMORY_MB:
        return ["--in-memory"]
    return ["--no-huge", "--no-shconf"]


def lcore_args():
    """lcore 0 coordinates, 1 receives, 2 and 3 run windows. They may share CPUs, but 1 rather not with
    0: net_tap has the kernel signal each packet, and the signals are lcore 0's."""
    cpus = sorted(os.sched_getaffinity(0))
    places = {1: (0, 0, 0, 0), 2: (1, 0, 1, 1), 3: (1, 0, 1, 2)}.get(len(cpus), (0, 1, 2, 3))
    lcores = ",".join(f"{lcore}@{cpus[place]}" for lcore, place in enumerate(places))
    return [f"--lcores={lcores}"]


def eal_args():
    return [*lcore_args(), *memory_args(), "-m", str(MEMORY_MB), "--no-pci", "--no-telemetry",
            f"--file-prefix=demo{os.getpid()}", "--log-level=*:warning",
            f"--vdev=net_tap0,iface={INTERFACE}"]


def run(*words):
    """A command that must succeed; what it prints."""
    return subprocess.run([str(word) for word in words], check=True, stdout=subprocess.PIPE,
                          text=True).stdout


def count_lost():
    """Packets that the kernel dropped before the tap, as the interface counts them."""
    shown = json.loads(run("ip", "-s", "-j", "link", "show", INTERFACE))
    return shown[0]["stats64"]["tx"]["dropped"]


class Demo:
    def __init__(self, options, folder):
        self.options, self.folder = options, Path(folder)
        self.job = jobs.JOBS[options.job]
        self.streams = Streams()
        self.screen = Screen(self.job)
        self.tidewire = self.feedgen = None
        self.n_in = 0  # as of the last line of progress
        self.n_silent = 0  # lines of progress since it last grew
        self.is_stopping = False
        self.n_lost_before = 0  # packets that the kernel dropped before the feed
        self.n_lost = 0  # and of the feed, before the crash
        self.n_lost_all = 0  # in the whole run
        self.n_killed_at = None  # events that the process that was killed had taken
        self.n_replayed = 0  # of these, from the journal
        self.start = datetime.now(timezone.utc).replace(microsecond=0) - timedelta(
            seconds=options.seconds * options.speedup + jobs.START_MARGIN_S)
        self.log = []  # what tidewire said, but for progress
        self.feed_log = []

    def spawn(self, name, command, **streams):
        # Ctrl-C is ours to handle, so they get a session of their own; and they must not outlive us.
        command = ["setpriv", "--pdeathsig", "KILL", *map(str, command)]
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, errors="replace", start_new_session=True,
            env={**os.environ, "RUNTIME_DIRECTORY": str(self.folder)})
        self.streams.add(f"{name} out", process.stdout)
        self.streams.add(f"{name} err", process.stderr)
        return process

    def start_tidewire(self):
        script = self.folder / "job.sql"
        script.write_text(reference.with_journal(self.script()), encoding="utf-8")
        self.tidewire = self.spawn(
            "tidewire", [self.program("tidewire"), *eal_args(), "--", "--verbose", "--state-dir",
                         self.state_dir(), "--set", self.checkpoints(), script])
        deadline = time.monotonic() + START_WAIT_S
        while not any(line.startswith("tidewire: running") for line in self.log):
            if self.tidewire.poll() is not None or time.monotonic() > deadline:
                self.take(0.2)
                raise SystemExit("\n".join(["demo: tidewire did not start:", *self.log]))
            self.take(0.1)
        self.screen.say(self.log[-1])

    def start_interface(self):
        """From here on only the feed goes through it, and what the kernel drops is the feed's."""
        no_ipv6 = Path(f"/proc/sys/net/ipv6/conf/{INTERFACE}/disable_ipv6")
        if no_ipv6.exists():
            no_ipv6.write_text("1", encoding="ascii")
        run("ip", "link", "set", "lo", "up")
        run("ip", "link", "set", INTERFACE, "txqueuelen", TAP_QUEUE_LEN, "up")
        # A queue before the tap's own would drop without the interface counting it.
        run("tc", "qdisc", "replace", "dev", INTERFACE, "root", "noqueue")
        run("ip", "address", "add", f"{KERNEL_ADDRESS}/24", "dev", INTERFACE)
        mac = self.find_neighbour()
        run("ip", "neighbour", "replace", OUR_ADDRESS, "lladdr", mac, "dev", INTERFACE)
        self.n_lost_before = count_lost()

    def find_neighbour(self):
        """Ask by ARP before the feed starts: what waits for an answer the kernel may drop uncounted."""
        deadline = time.monotonic() + START_WAIT_S
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            while time.monotonic() < deadline:
                probe.sendto(b"", (OUR_ADDRESS, OUR_PORT))
                self.take(0.1)
                shown = re.search(r"lladdr (\S+)", run("ip", "neighbour", "show", OUR_ADDRESS))
                if shown:
                    return shown[1]
        raise SystemExit(f"demo: nobody answers ARP for {OUR_ADDRESS}")

    def start_feed(self):
        o = self.options
        self.feedgen = self.spawn(
            "feedgen",
            [*self.feed(), "--to", f"udp://{OUR_ADDRESS}:{OUR_PORT}", "--rate", o.rate,
             "--speedup", o.speedup, "--labels", self.labels_path()])

    def feed(self):
        """The feed: its end is about now, so no event lies in the future."""
        o = self.options
        return [self.program("feedgen"), "--events", o.rate * o.seconds, "--start",
                f"{self.start:%Y-%m-%d %H:%M:%S}", *self.job.feed_args]

    def program(self, name):
        return Path(self.options.build, "app", name, name)

    def script(self):
        return (ROOT / "app/jobs" / f"{self.options.job}.sql").read_text(encoding="utf-8")

    def state_dir(self):
        return self.folder / "state"

    def checkpoints(self):
        return CHECKPOINTS.format(max(1, self.options.seconds // CHECKPOINTS_A_RUN))

    def has_checkpoint(self):
        """Whether there is one to go on from: a slow disk may need a while for the first."""
        listed = subprocess.run([self.program("tidewirectl"), "checkpoint", "list", self.state_dir()],
                                check=False, capture_output=True, text=True)
        return listed.returncode == 0 and "checkpoint" in listed.stdout

    def labels_path(self):
        return self.folder / "labels.csv"

    def take(self, timeout_s):
        """Handle the lines that come within that time."""
        for name, line in self.streams.lines(timeout_s):
            progress = PROGRESS.match(line) if name == "tidewire err" else None
            if progress:
                self.note_progress(progress)
            elif name == "tidewire err":
                self.log.append(line)
                self.note_replay(line)
            elif name == "tidewire out":
                self.screen.row(line)
            elif name.startswith("feedgen"):
                self.feed_log.append(line)

    def note_progress(self, progress):
        n_in = int(progress[1])
        self.n_silent = 0 if n_in > self.n_in else self.n_silent + 1
        self.n_in = n_in
        if self.feedgen is not None and not self.is_stopping:
            self.screen.status(self.n_in, int(progress[2]), int(progress[3]),
                               float(progress[4]) if progress[4] else None)

    def note_replay(self, line):
        replayed = REPLAYED.match(line)
        if replayed:
            self.n_replayed += int(replayed[1])

    def crash(self):
        """Stop the feed for a moment, kill tidewire as a power switch would, start it again."""
        self.feedgen.send_signal(signal.SIGSTOP)
        before, n = None, self.ask_in()
        while n != before:  # some may still be on the way
            before, n = n, self.ask_in()
        self.tidewire.kill()
        self.tidewire.wait()
        self.take(0.2)
        self.n_killed_at, self.n_in, self.log = n, 0, []
        self.screen.say(f"kill -9, after {self.n_killed_at:,} events; and again:")
        self.start_tidewire()
        self.screen.say(next(line for line in self.log if "restored checkpoint" in line))
        self.start_interface()
        self.feedgen.send_signal(signal.SIGCONT)

    def ask_in(self):
        """How many events have come in, as the account says that SIGUSR1 asks for."""
        self.take(LOOK_S)
        self.log = []
        self.tidewire.send_signal(signal.SIGUSR1)
        deadline = time.monotonic() + END_WAIT_S
        while time.monotonic() < deadline:
            self.take(0.05)
            account = report.line_of(report.ACCOUNT, self.log)
            if account:
                return int(account[1])
        raise SystemExit("demo: tidewire does not answer SIGUSR1")

    def wait_for_feed(self):
        """Until the feed has ended, with a crash in the middle. Ctrl-C and SIGTERM end it early."""
        crash_at = self.options.rate * self.options.seconds / 2
        is_interrupted = False
        while self.feedgen.poll() is None:
            try:
                self.take(0.2)
                if self.n_killed_at is None and self.n_in > crash_at and self.has_checkpoint():
                    self.n_lost = count_lost() - self.n_lost_before
                    self.crash()
            except KeyboardInterrupt:
                self.feedgen.send_signal(signal.SIGINT)
                is_interrupted = True
        self.take(0.1)
        if self.n_killed_at is None and not is_interrupted:
            raise SystemExit("demo: no checkpoint was complete before the feed ended")
        sent = report.Sent.parse(self.feed_log)
        if sent is None:
            raise SystemExit("\n".join(["demo: feedgen failed:", *self.feed_log]))
        return sent

    def wait_for_arrival(self, sent):
        """Until all that was sent is in or lost, and nothing in the tap's queue."""
        n_expected = sent.n_messages - self.n_lost - (count_lost() - self.n_lost_before)
        self.n_silent = 0
        while self.n_all() < n_expected and self.n_silent < SILENT_LINES_MAX:
            if self.tidewire.poll() is not None:
                return
            self.take(0.2)

    def n_all(self):
        """Events that came in, each once."""
        return (self.n_killed_at or 0) + self.n_in - self.n_replayed

    def stop_tidewire(self):
        self.is_stopping = True
        run(self.program("tidewirectl"), "stop", self.state_dir(), "--drain")
        deadline = time.monotonic() + END_WAIT_S
        while not self.streams.all_ended() and time.monotonic() < deadline:
            self.take(0.2)
        status = self.tidewire.wait(END_WAIT_S)
        if status != 0:
            raise SystemExit("\n".join([f"demo: tidewire ended with status {status}:",
                                        *self.log[-20:]]))

    def run(self):
        o = self.options
        self.start_tidewire()
        self.start_interface()
        self.screen.say(
            f"feedgen: {o.rate:,} events/s by kernel UDP for {o.seconds} s; event time starts "
            f"{o.seconds * o.speedup // 60} min ago and runs {o.speedup}x as fast as the clock")
        self.start_feed()
        sent = self.wait_for_feed()
        self.wait_for_arrival(sent)
        self.screen.say("the feed has ended: tidewirectl stop --drain; windows that are still open "
                        "come out")
        self.stop_tidewire()
        self.screen.end()
        self.screen.say("the same feed once more, from a file, to a tidewire that nobody kills")
        return report.write(self, sent, reference.run(self))

    def close(self):
        for process in (self.feedgen, self.tidewire):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--job", choices=sorted(jobs.JOBS), default="payments")
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--rate", type=int, default=50000)
    parser.add_argument("--speedup", type=int, default=60)
    return parser.parse_args()


def main():
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = tempfile.mkdtemp(prefix="tidewire-demo-")
    demo = Demo(parse_options(), folder)
    try:
        return 0 if demo.run() else 1
    except KeyboardInterrupt:
        print("demo: interrupted", file=sys.stderr)
        return 1
    finally:
        demo.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
