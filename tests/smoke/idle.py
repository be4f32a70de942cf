"""A table that falls silent must not hold the windows of the others open."""

import time

import smoke
from tables import KERNEL, OURS, PORT, timed, windows


class Idle(smoke.TestCase):
    def run_with(self, timeout):
        options = f", 'scan.watermark.idle-timeout' = '{timeout}'"
        sql = timed("a", f"{OURS}:{PORT}", options) + timed("b", f"{OURS}:{PORT + 1}", options)
        sql += "CREATE VIEW both_t AS SELECT ts, v FROM a UNION ALL SELECT ts, v FROM b;\n"
        job = self.start(smoke.tap("feed0"), sql + windows("both_t"))
        smoke.address("feed0", f"{KERNEL}/24")
        # Datagrams that wait for ARP may be overtaken by the next ones; order matters here.
        smoke.neighbour("feed0", OURS, smoke.mac_address("feed0"))
        peer = smoke.udp_socket(KERNEL)
        self.addCleanup(peer.close)
        peer.sendto(b"100,1\n", (OURS, PORT + 1))
        peer.sendto(b"200,2\n500,4\n1100,8\n", (OURS, PORT))
        return job, peer

    def test_windows_close_when_a_table_is_silent_for_its_timeout(self):
        job, peer = self.run_with("1 s")
        start = time.monotonic()
        row = None
        while row is None:  # table a goes on, b says nothing
            peer.sendto(b"1200,16\n", (OURS, PORT))
            row = None if job.rows.empty() else job.read_row()
            time.sleep(0.05)
            self.assertLess(time.monotonic() - start, smoke.WAIT_S)
        self.assertEqual(row, "+I[1970-01-01T00:00:01, 3, 7]")
        self.assertGreater(time.monotonic() - start, 0.5)
        self.assertEqual(job.stop().dropped, 0)

    def test_they_stay_open_without_a_timeout(self):
        job, _ = self.run_with("0 s")
        time.sleep(2)
        self.assertTrue(job.rows.empty())
        self.assertEqual(job.stop(), smoke.Account(4, 4, 0, {}))
        self.assertEqual(job.read_row(), "+I[1970-01-01T00:00:01, 3, 7]")


if __name__ == "__main__":
    smoke.main()
