#!/usr/bin/env python3
"""tidewirectl: what it asks of a running job, and what it reads of its checkpoints."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

TIDEWIRE, TIDEWIRECTL = (str(Path(arg).resolve()) for arg in sys.argv[1:3])
WAIT_S = 40

# Keys 1 … 4 without end; n is always 5.
JOB = """CREATE TABLE t (k INT, n INT, ts AS PROCTIME()) WITH ('connector' = 'datagen',
 'rows-per-second' = '1000', 'fields.k.kind' = 'random', 'fields.k.min' = '1',
 'fields.k.max' = '4', 'fields.n.kind' = 'random', 'fields.n.min' = '5', 'fields.n.max' = '5');
CREATE TABLE o (k INT, c BIGINT, s INT) WITH ('connector' = 'blackhole');
INSERT INTO o SELECT k, COUNT(*), SUM(n) FROM
 TABLE(CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' DAY, INTERVAL '7' DAY))
 GROUP BY k, window_start, window_end;
"""


def ctl(*args):
    return subprocess.run([TIDEWIRECTL, *args], capture_output=True, text=True, timeout=WAIT_S,
                          check=False)


class Job:
    """A running job on the state directory sd of a folder of its own."""

    def __init__(self, folder, *args):
        self.folder = Path(folder)
        self.dir = str(self.folder / "sd")
        (self.folder / "job.sql").write_text(JOB)
        self.process = subprocess.Popen(
            [TIDEWIRE, "--state-dir", self.dir, *args, "job.sql"], cwd=folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        end = time.monotonic() + WAIT_S
        while ctl("checkpoint", "trigger", self.dir).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(self.process.communicate()[1])
            time.sleep(0.1)

    def end(self):
        return self.process.communicate(timeout=WAIT_S)[1]

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.communicate()


class Ctl(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def start(self, *args):
        job = Job(self.folder.name, *args)
        self.addCleanup(job.kill)
        return job

    def assert_says(self, result, status, pattern):
        self.assertEqual(result.returncode, status, result.stderr)
        self.assertRegex(result.stderr, pattern)

    def test_help_and_version_go_to_stdout(self):
        self.assertIn("state dump DIR", ctl("--help").stdout)
        self.assertRegex(ctl("--version").stdout, r"^tidewirectl \d+\.\d+\.\d+\n$")

    def test_wrong_usage_says_what_would_be_right(self):
        self.assert_says(ctl(), 2, r"^tidewirectl: error: no command; see --help\n$")
        self.assert_says(ctl("checkpoint", "lst", "d"), 2, r"did you mean 'checkpoint list'")
        self.assert_says(ctl("checkpoint", "list"), 2, r"no state directory: .* list DIR\n")
        self.assert_says(ctl("checkpoint", "list", "a", "b"), 2, r"'b' is too much")
        self.assert_says(ctl("stop", "--savepont", "x", "d"), 2, r"did you mean '--savepoint'")
        self.assert_says(ctl("checkpoint", "list", "d", "--format", "xml"), 2, r"text, json or csv")
        self.assert_says(ctl("state", "get", "d", "--key", "1"), 2, r"needs --operator")
        self.assert_says(ctl("savepoint", "d"), 2, r"savepoint DIR PATH")

    def test_where_nothing_is_it_says_so(self):
        self.assert_says(ctl("checkpoint", "trigger", self.folder.name), 1, r"no job runs on ")
        self.assert_says(ctl("checkpoint", "trigger", "/nowhere"), 1, r"cannot open .*/nowhere")
        self.assert_says(ctl("checkpoint", "list", "/nowhere"), 1, r"/nowhere")

    def test_a_running_job_takes_checkpoints_and_savepoints(self):
        job = self.start()
        self.assertRegex(ctl("checkpoint", "trigger", job.dir).stdout,
                         r"^checkpoint \d+: \d+ records and \d+ bytes in \d+ ms\n$")
        listed = [json.loads(line) for line in
                  ctl("checkpoint", "list", job.dir, "--format", "json").stdout.splitlines()]
        self.assertEqual(len(listed), 2)
        self.assertEqual(listed[1]["checkpoint"], listed[0]["checkpoint"] + 1)
        for i, args in enumerate((["{dir}", "{path}"], ["{path}", "--state-dir", "{dir}"],
                                  ["{path}", "{dir}"])):
            path = f"{self.folder.name}/sp{i}"
            result = ctl("savepoint", *(arg.format(dir=job.dir, path=path) for arg in args))
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertRegex(ctl("checkpoint", "verify", path).stdout, r"checkpoint \d+: ok")
        self.assert_says(ctl("savepoint", job.dir, f"{self.folder.name}/sp0"), 1, r"sp0")
        self.assertEqual(ctl("checkpoint", "verify", job.dir).returncode, 0)

    def test_stop_ends_the_job_behind_a_savepoint_it_starts_from(self):
        job = self.start()
        path = f"{self.folder.name}/last"
        result = ctl("stop", job.dir, "--savepoint", path)
        self.assertEqual(result.returncode, 0, result.stderr)
        job.end()
        self.assertEqual(job.process.returncode, 0)
        self.assert_says(ctl("checkpoint", "trigger", job.dir), 1, r"no job runs on ")
        before = self.counts(path)
        job = self.start("--restore", path)
        ctl("stop", job.dir)
        job.end()
        after = self.counts(job.dir)
        self.assertEqual(before.keys(), after.keys())
        self.assertTrue(all(after[key] >= before[key] for key in before))

    def counts(self, path):
        """What each key's count is, over all slices."""
        counts = {}
        for row in self.dump(path):
            counts[row["k"]] = counts.get(row["k"], 0) + row["COUNT(*)"]
        return counts

    def dump(self, path):
        result = ctl("state", "dump", path, "--operator", "WindowAggregate")
        self.assertEqual(result.returncode, 0, result.stderr)
        return [json.loads(line) for line in result.stdout.splitlines()]

    def test_state_reads_while_the_job_runs_and_afterwards(self):
        job = self.start()
        while self.dump(job.dir) == []:
            ctl("checkpoint", "trigger", job.dir)
        ctl("checkpoint", "trigger", job.dir)
        running = self.dump(job.dir)
        self.assertTrue({row["k"] for row in running} <= {1, 2, 3, 4})
        for row in running:
            self.assertEqual(row["SUM(n)"], 5 * row["COUNT(*)"])
        self.check_source(job.dir)
        os.kill(job.process.pid, signal.SIGKILL)
        job.process.wait()
        self.check_get(job.dir, self.dump(job.dir))

    def check_source(self, path):
        result = ctl("state", "dump", path, "--operator", "TableSource")
        source = json.loads(result.stdout)
        self.assertEqual((source["table"], source["unit"]), ("t", "rows"))
        self.assertGreaterEqual(source["position"], sum(self.counts(path).values()))

    def check_get(self, path, rows):
        key = str(rows[0]["k"])
        get = ctl("state", "get", path, "--operator", "WindowAggregate", "--key", key)
        self.assertEqual([json.loads(line) for line in get.stdout.splitlines()],
                         [row for row in rows if str(row["k"]) == key])
        table = ctl("state", "get", path, "--operator", "WindowAggregate", "--key", key,
                    "--format", "csv").stdout
        self.assertEqual([row["COUNT(*)"] for row in csv.DictReader(io.StringIO(table))],
                         [str(row["COUNT(*)"]) for row in rows if str(row["k"]) == key])
        operator = ("state", "get", path, "--operator")
        self.assert_says(ctl(*operator, "WindowAggregate", "--key", "99"), 1, r"no state of key 99")
        self.assert_says(ctl(*operator, "WindowAggregate", "--key", "x"), 2, r"\(k INT\)")
        self.assert_says(ctl(*operator, "Nothing", "--key", "1"), 2, r"there are .*WindowAggregate \d")
        self.assertIn("WindowAggregate(keys=[k]", ctl("state", "operators", path).stdout)

    def test_damage_is_found_and_named(self):
        job = self.start()
        path = f"{self.folder.name}/sp"
        ctl("savepoint", job.dir, path)
        data = Path(path, "data.mdb")
        found = bytearray(data.read_bytes())
        at = found.find(b"WindowAggregate")
        found[at] ^= 1
        data.write_bytes(found)
        self.assertEqual(ctl("checkpoint", "verify", path).returncode, 1)
        data.write_bytes(bytes(found[:5000]))
        self.assert_says(ctl("checkpoint", "verify", path), 1, r"tidewirectl: error: ")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
