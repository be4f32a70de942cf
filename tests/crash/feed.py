"""Cases that read a UDP feed with a journal: over tap or veth, in a network namespace of our own. The sender
falls silent until the journal has it all before each kill, so that nothing may be missing."""

import re
import signal
import sys
import time
import zlib
from pathlib import Path

import case
import inputs
import jobs
from case import Counts, Failure

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "smoke"))
import smoke  # noqa: E402
from tables import KERNEL, OURS, PORT  # noqa: E402

N_ROWS = 20_000
N_KEYS = 60
KILLS_MAX = 5
N_FLOWS = 16
GROUP_ROWS = 64
SETTLE_S = 0.03
IDLE_S = 1
QUIET_S = 0.25  # for what comes behind a late watermark
REPLAY_KILL_MAX_S = 0.2
TX_QUEUE = 20_000  # packets that the kernel holds for us
RESTORED = "tidewire: restored"
# Three lcores a queue; the worker lcores share two CPUs.
LCORES = ["0@0,1@0", "0@0,1@0,2@1", "0@0,1@1,2@0,3@1", "0@0,1@0,2@1,3@0,4@1,5@0,6@1"]
JOBS = ["tumble", "hop", "session", "over_rows", "over_range", "cascade", "topn", "tumble_lists", "rows"]
FRAMES = "framesz=2048,blocksz=65536,framecnt=16384"


def datagrams(rng, rows, n_flows):
    """(flow, payload): all rows of a key in one flow and in order."""
    for at in range(0, len(rows), GROUP_ROWS):
        flows = {}
        for row in rows[at : at + GROUP_ROWS]:
            flow = zlib.crc32(row.split(",")[1].encode()) % n_flows
            flows.setdefault(flow, []).append(row)
        for flow, some in flows.items():
            while some:
                n = rng.randint(1, inputs.ROWS_OF_A_DATAGRAM_MAX)
                yield flow, "".join(some[:n]).encode(), n if n < len(some) else len(some)
                some = some[n:]


class Feed:
    """The port's other side, and what was sent to it."""

    def __init__(self, rng, has_queues):
        self.rng = rng
        self.is_tap = rng.random() < 0.6
        self.n_flows = N_FLOWS if has_queues else 1
        self.has_queues = has_queues
        self.sockets = []
        if not self.is_tap:
            self.eal_args = smoke.veth("feed0", "peer0")
            self.join("peer0")

    def join(self, interface):
        smoke.silence_ipv6(interface)
        smoke.ip("link", "set", interface, "txqueuelen", str(TX_QUEUE))
        smoke.address(interface, f"{KERNEL}/24")
        self.sockets = [smoke.udp_socket(KERNEL) for _ in range(self.n_flows)]

    def args(self):
        if self.is_tap:
            return smoke.tap("feed0")
        n = self.rng.randint(1, 3) if self.has_queues else 1
        return [f"{self.eal_args[0]},qpairs={n},{FRAMES}"]

    def started(self):
        """A tap is made by the process, and gone with it."""
        interface = "peer0"
        if self.is_tap:
            interface = "feed0"
            self.leave()
            self.join(interface)
            smoke.neighbour(interface, OURS, smoke.mac_address(interface))
        else:
            smoke.neighbour(interface, OURS, smoke.mac_address("feed0"))

    def leave(self):
        for one in self.sockets:
            one.close()
        self.sockets = []

    def died(self):
        if self.is_tap:
            smoke.eventually(lambda: not smoke.has_interface("feed0"), "feed0 is gone")

    def close(self):
        self.leave()
        if not self.is_tap:
            smoke.ip("link", "delete", "feed0")

    def send(self, rows):
        n_sent = 0
        for flow, payload, n in datagrams(self.rng, rows, self.n_flows):
            self.sockets[flow].sendto(payload, (OURS, PORT))
            n_sent += 1
            if n_sent % 64 == 0:
                time.sleep(0.002)

    def send_last(self):
        """A row of every flow from a time when all windows are over."""
        for one in self.sockets:
            one.sendto(inputs.LAST_ROW.encode(), (OURS, PORT))


class Case:
    def __init__(self, programs, rng, folder, sql, feed):
        self.programs, self.rng, self.folder, self.sql, self.feed = programs, rng, folder, sql, feed
        self.state = folder / "state"
        (folder / "job.sql").write_text(sql, encoding="utf-8")
        self.options = ["--state-dir", self.state, *case.checkpoint_options(rng)]
        self.counts = Counts()
        self.job = None
        self.n_in = 0  # of this process, before anything was sent to it
        self.is_behind = False  # the journal, when it was asked last

    def launch(self):
        lcores = LCORES if self.feed.has_queues else LCORES[:3]
        self.job = smoke.Job(
            self.programs.tidewire,
            ["--lcores", self.rng.choice(lcores), *self.feed.args()],
            self.sql,
            [*self.options, "--parallelism", str(self.rng.randint(1, 4))],
        )

    def start(self):
        self.launch()
        self.job.wait_ready()
        self.feed.started()
        self.n_in = self.settled(0)

    def settled(self, least):
        """How many events it has seen, once there are so many and no more come."""
        deadline = time.monotonic() + smoke.WAIT_S
        last, n = -1, self.count_in()
        while n < least or n != last or self.is_behind:
            if time.monotonic() > deadline:
                raise Failure(f"{n} events came in of {least}")
            time.sleep(SETTLE_S)
            last, n = n, self.count_in()
        return n

    def was_restored(self):
        return any(line.startswith(RESTORED) for line in list(self.job.stderr))

    def count_in(self):
        """How many events it says it has seen."""
        n_lines = len(self.job.stderr)
        self.job.process.send_signal(signal.SIGUSR1)

        def accounts():
            return [line for line in self.job.stderr[n_lines:] if smoke.Account.parse(line) is not None]

        smoke.eventually(accounts, "it says how many events there were")
        self.is_behind = any("journal_behind=" in line for line in self.job.stderr[n_lines:])
        return smoke.Account.parse(accounts()[-1]).n_in

    def send(self, rows):
        self.feed.send(rows)
        self.n_in = self.settled(self.n_in + len(rows))

    def died(self):
        self.counts.restored += self.was_restored()
        self.keep_log()
        self.job.close()
        self.feed.died()

    def keep_log(self):
        with (self.folder / "stderr.txt").open("a", encoding="utf-8") as file:
            file.write("\n".join([f"---- {self.job.process.args}", *self.job.stderr, ""]))

    def kill(self):
        how = case.way_to_end(self.rng, self.programs)
        savepoint = case.end(self.job.process, how, self.rng, self.programs, self.state)
        self.counts.savepoints += savepoint is not None
        self.counts.kills += 1
        self.job.stderr.append(f"---- killed: {how}")
        self.died()

    def kill_in_replay(self):
        self.launch()
        if self.rng.random() < 0.7:
            self.job.wait_ready()
        time.sleep(self.rng.random() * REPLAY_KILL_MAX_S)
        self.kill()

    def run(self, rows):
        """Parts of the rows, and a death behind each; now and then another one before it has recovered."""
        n_parts = self.rng.randint(2, KILLS_MAX + 1)
        ends = sorted(self.rng.sample(range(1, len(rows)), n_parts - 1)) + [len(rows)]
        at = 0
        for end in ends:
            self.start()
            self.send(rows[at:end])
            at = end
            time.sleep(QUIET_S)
            if end == len(rows) and self.rng.random() < 0.5:
                break
            self.kill()
            while self.rng.random() < 0.3:
                self.kill_in_replay()
        else:
            self.start()
        self.finish()

    def finish(self):
        self.feed.send_last()
        self.settled(self.n_in + len(self.feed.sockets))
        time.sleep(2 * IDLE_S if self.feed.has_queues else QUIET_S)
        self.job.stop()
        self.died()


def reference(programs, folder, job, rows, delay):
    """What comes out of the same rows when they are in a file."""
    inputs.write_csv(folder / "events.csv", rows)
    (folder / "reference.sql").write_text(jobs.script(job, "file", "reference.out", delay=delay), encoding="utf-8")
    done = case.subprocess.run(
        case.command(programs.tidewire, "reference.sql", 1, None, []),
        cwd=folder,
        capture_output=True,
        timeout=case.TIMEOUT_S,
        check=False,
    )
    if done.returncode != 0:
        raise Failure(f"without a crash: {done.stderr.decode(errors='replace')}")
    return case.rows_of(folder / "reference.out")


def run(programs, rng, folder, job):
    """Returns its Counts."""
    has_queues = rng.random() < 0.4
    feed = Feed(rng, has_queues)
    # Queues do not wait for each other, and some may get no flow: then no row may be late, whatever the order.
    delay, idle = (100_000, f"{IDLE_S} s") if has_queues else (5, "0 s")
    where = f"{'tap' if feed.is_tap else 'veth'}{', several queues' * has_queues}"
    print(f"{job} from a feed over {where}", end="", flush=True)
    rows = list(inputs.lines(rng.randrange(1 << 30), N_ROWS, N_KEYS))
    want = reference(programs, folder, job, rows, delay)
    script = jobs.script(job, "feed", folder / "out.csv", delay=delay, idle=idle)
    running = Case(programs, rng, folder, script, feed)
    try:
        running.run(rows)
        case.check_rows(want, case.rows_of(folder / "out.csv"))
    except AssertionError as error:
        raise Failure(str(error)) from error
    finally:
        if running.job is not None:
            running.keep_log()
            running.job.close()
            feed.died()
        feed.close()
    return running.counts
