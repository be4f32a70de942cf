"""How a job ends, and what it tells on the way: SIGTERM, SIGINT, SIGUSR1."""

import signal

import smoke
from tables import KERNEL, OURS, PORT, source, timed, windows


class End(smoke.TestCase):
    def job(self, sql, options=()):
        job = self.start(smoke.tap("feed0"), sql, options)
        smoke.address("feed0", f"{KERNEL}/24")
        smoke.neighbour("feed0", OURS, smoke.mac_address("feed0"))  # nothing waits for ARP
        self.peer = smoke.udp_socket(KERNEL)
        self.addCleanup(self.peer.close)
        return job

    def send(self, data):
        self.peer.sendto(data, (OURS, PORT))

    def wait_summary(self, job, is_it, what):
        """Until a summary, which SIGUSR1 makes the job print, has such a line."""

        def has_line():
            job.process.send_signal(signal.SIGUSR1)
            return any(is_it(line) for line in list(job.stderr))

        smoke.eventually(has_line, what)

    def wait_in(self, job, n):
        def has_seen(line):
            account = smoke.Account.parse(line)
            return account is not None and account.n_in >= n

        self.wait_summary(job, has_seen, f"{n} events in the account")

    def test_sigterm_drains_windows_that_are_open(self):
        for parallelism in ("1", "3"):
            with self.subTest(parallelism=parallelism):
                job = self.job(timed() + windows(), ["--parallelism", parallelism])
                for n in range(1, 6):
                    self.send(b"%d,%d\n" % (n * 100, n))
                self.wait_in(job, 5)
                self.assertTrue(job.rows.empty())
                self.assertEqual(job.stop(), smoke.Account(5, 5, 0, {}))
                self.assertEqual(job.read_row(), "+I[1970-01-01T00:00:01, 5, 15]")
                self.assertTrue(job.rows.empty())
                job.close()
                smoke.eventually(lambda: not smoke.has_interface("feed0"), "feed0 is gone")

    def test_sigint_is_as_good(self):
        job = self.job(source() + "SELECT a FROM t;")
        self.send(b"1,x\n")
        self.assertEqual(job.read_row(), "+I[1]")
        job.process.send_signal(signal.SIGINT)
        self.assertEqual(job.wait(), 0)
        self.assertEqual(job.stderr[-1], "events: in=1 out=1 dropped=0")

    def test_rows_before_sigterm_are_not_lost(self):
        n_sent = 2000
        job = self.job(source() + "SELECT a FROM t;")
        for n in range(n_sent):
            self.send(b"%d,x\n" % n)
            # A tap queues some 500 frames: let it keep up. And what the kernel sends while it asks for
            # our address may overtake what waits for the answer.
            if n == 0 or n % 100 == 99:
                self.wait_in(job, n + 1)
        self.assertEqual(job.stop(), smoke.Account(n_sent, n_sent, 0, {}))
        self.assertEqual(job.read_rows(n_sent), [f"+I[{n}]" for n in range(n_sent)])

    def test_sigusr1_prints_a_summary_and_the_job_goes_on(self):
        job = self.job(timed() + windows())
        self.send(b"100,1\n")
        for start in ("source t: in=1 rows=1", "port net_tap0", "events: in=1"):
            self.wait_summary(job, lambda line, start=start: line.startswith(start), start)
        self.send(b"1100,2\n")
        self.assertEqual(job.read_row(), "+I[1970-01-01T00:00:01, 1, 1]")
        self.assertEqual(job.stop(), smoke.Account(2, 2, 0, {}))


if __name__ == "__main__":
    smoke.main()
