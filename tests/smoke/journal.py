"""The journal of a udp table: a killed process loses nothing that was in it, and counts nothing twice."""

import re
import signal
import tempfile
import time
from pathlib import Path

import smoke
from tables import KERNEL, OURS, PORT

N_EVENTS = 3000
PAUSE_S = 0.2  # longer than the sync interval, so that all that was sent is on disk
CHECKPOINT_MS = 100


class Journal(smoke.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tidewire-journal-")
        self.addCleanup(self.folder.cleanup)
        self.state, self.out = Path(self.folder.name, "state"), Path(self.folder.name, "out")
        self.n_sent = 0

    def sql(self, options=""):
        return (
            f"SET 'execution.checkpointing.interval' = '{CHECKPOINT_MS} ms';\n"
            "CREATE TABLE t (a INT, b STRING) WITH ('connector' = 'udp', 'journal' = 'true', "
            f"'local' = '{OURS}:{PORT}', 'format' = 'csv'{options});\n"
            "CREATE TABLE o (a INT, b STRING) WITH ('connector' = 'filesystem', "
            f"'path' = '{self.out}', 'format' = 'csv');\n"
            "INSERT INTO o SELECT a, b FROM t;\n"
        )

    def job(self, options=(), table=""):
        job = self.start(smoke.tap("feed0"), self.sql(table), ["--state-dir", self.state, *options])
        smoke.silence_ipv6("feed0")
        smoke.address("feed0", f"{KERNEL}/24")
        smoke.neighbour("feed0", OURS, smoke.mac_address("feed0"))  # nothing waits for ARP
        self.peer = smoke.udp_socket(KERNEL)
        self.addCleanup(self.peer.close)
        return job

    def send(self, n):
        for _ in range(n):
            self.peer.sendto(b"%d,x%d\n" % (self.n_sent, self.n_sent), (OURS, PORT))
            self.n_sent += 1
            if self.n_sent % 50 == 0:  # a tap queues some 500 frames: let it keep up
                time.sleep(0.002)

    def kill(self, job):
        time.sleep(PAUSE_S)
        job.process.send_signal(signal.SIGKILL)
        job.process.wait()
        smoke.eventually(lambda: not smoke.has_interface("feed0"), "feed0 is gone")

    def wait_replayed(self, job):
        """How many datagrams it says it has replayed."""

        def found():
            lines = [re.search(r"replayed (\d+) datagrams", line) for line in list(job.stderr)]
            return [int(line.group(1)) for line in lines if line]

        smoke.eventually(found, f"it says what it has replayed:\n{job.log()}")
        return found()[0]

    def rows(self):
        text = "".join(
            path.read_text(encoding="utf-8")
            for path in sorted([self.out] if self.out.is_file() else self.out.rglob("*"))
            if path.is_file()
        )
        return text.splitlines()

    def check_rows(self):
        expected = [f"{n},x{n}" for n in range(self.n_sent)]
        smoke.eventually(lambda: len(self.rows()) >= self.n_sent, "all rows are in the file")
        self.assertEqual(self.rows(), expected)

    def test_every_event_comes_once_after_kills(self):
        job = self.job()
        for _ in range(3):
            self.send(N_EVENTS // 4)
            self.kill(job)
            job = self.job()
            self.wait_replayed(job)
        self.send(N_EVENTS // 4)
        time.sleep(PAUSE_S)
        self.assertEqual(job.stop().dropped, 0)
        self.check_rows()

    def test_what_a_checkpoint_has_is_not_replayed(self):
        job = self.job()
        self.send(500)
        time.sleep(3 * CHECKPOINT_MS / 1000 + PAUSE_S)
        self.kill(job)
        job = self.job()
        self.assertEqual(self.wait_replayed(job), 0)
        self.send(10)
        time.sleep(PAUSE_S)
        self.assertEqual(job.stop().dropped, 0)
        self.check_rows()

    def test_a_kill_during_the_replay(self):
        job = self.job()
        self.send(N_EVENTS)
        self.kill(job)
        for _ in range(3):
            job = self.job()
            job.process.send_signal(signal.SIGKILL)
            job.process.wait()
            smoke.eventually(lambda: not smoke.has_interface("feed0"), "feed0 is gone")
        job = self.job()
        self.wait_replayed(job)
        self.send(5)
        time.sleep(PAUSE_S)
        self.assertEqual(job.stop().dropped, 0)
        self.check_rows()

    def test_the_feeds_own_sequence_tells_what_is_missing(self):
        table = ", 'journal.sequence-column' = 'a'"
        job = self.job(table=table)
        self.send(100)
        self.kill(job)
        self.n_sent += 7  # nobody was there
        job = self.job(table=table)
        self.wait_replayed(job)
        self.send(10)
        smoke.eventually(
            lambda: any("own sequence (a), 7 events" in line for line in list(job.stderr)),
            "it says that 7 are missing",
        )
        job.stop()

    def test_files_that_no_checkpoint_needs_are_removed(self):
        job = self.job()
        self.send(100)
        self.kill(job)
        job = self.job()
        self.wait_replayed(job)
        self.send(100)

        def runs():
            return {re.match(r"run(\d+)", path.name).group(1) for path in self.state.rglob("*.journal")}

        smoke.eventually(lambda: runs() == {"2"}, f"the files of run 1 are gone: {runs()}")
        job.stop()
        self.check_rows()

    def test_a_second_process_is_refused(self):
        self.job()
        sql = self.sql().replace(str(PORT), str(PORT + 1))
        other = smoke.Job(self.tidewire, smoke.tap("feed1", 1), sql, ["--state-dir", self.state])
        self.addCleanup(other.close)
        self.assertNotEqual(other.wait(), 0)


if __name__ == "__main__":
    smoke.main()
