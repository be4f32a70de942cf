"""A udp sink: each row a datagram, received by a kernel socket whose address is found by ARP or ND."""

import smoke
from tables import KERNEL, KERNEL6, OURS, OURS6, PORT, source

N_ROWS = 200


class Send(smoke.TestCase):
    def check(self, kernel, ours, remote, local, network):
        sink = (
            "CREATE TABLE out_t (twice INT, b STRING) WITH ('connector' = 'udp', "
            f"'remote' = '{remote}', 'local' = '{local}:7000', 'format' = 'json');\n"
        )
        sql = source(local=f"{local}:{PORT}") + sink + "INSERT INTO out_t SELECT a * 2, b FROM t;"
        job = self.start(smoke.tap("feed0"), sql)
        smoke.address("feed0", network)
        ear, mouth = smoke.udp_socket(kernel, 7001), smoke.udp_socket(kernel)
        self.addCleanup(ear.close)
        self.addCleanup(mouth.close)
        got = []
        for n in range(N_ROWS):
            mouth.sendto(b"%d,row\n" % n, (ours, PORT))
            data, (address, port, *_) = ear.recvfrom(2048)
            got.append(data)
            self.assertEqual((address, port), (ours, 7000))
        self.assertEqual(got, [b'{"twice":%d,"b":"row"}' % (2 * n) for n in range(N_ROWS)])
        self.assertEqual(job.stop(), smoke.Account(N_ROWS, N_ROWS, 0, {}))

    def test_ipv4(self):
        self.check(KERNEL, OURS, f"{KERNEL}:7001", OURS, f"{KERNEL}/24")

    def test_ipv6(self):
        self.check(KERNEL6, OURS6, f"[{KERNEL6}]:7001", f"[{OURS6}]", f"{KERNEL6}/64")


if __name__ == "__main__":
    smoke.main()
