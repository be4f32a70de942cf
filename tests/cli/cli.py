#!/usr/bin/env python3
"""The command line of tidewire: options, exit statuses, what goes to stdout and what to stderr."""

import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TIDEWIRE = str(Path(sys.argv[1]).resolve())
TABLE = """CREATE TABLE t (a INT) WITH ('connector' = 'datagen', 'number-of-rows' = '3',
 'fields.a.kind' = 'sequence', 'fields.a.start' = '1', 'fields.a.end' = '3');
"""
SLOW = """CREATE TABLE t (a INT, p AS PROCTIME()) WITH ('connector' = 'datagen',
 'number-of-rows' = '300', 'rows-per-second' = '200', 'fields.a.kind' = 'sequence',
 'fields.a.start' = '1', 'fields.a.end' = '300');
"""
EAL = "--lcores 0@0,1@0 --no-huge --no-shconf --no-pci -m 256 --file-prefix cli --log-level *:error"


def run(*args, script=None):
    return subprocess.run([TIDEWIRE, *args], input=script, capture_output=True, text=True, timeout=60,
                          check=False)


def write_capture(path, times_s):
    """A capture of the UDP datagram "1\\n" to 10.0.0.2:5000 at each of these times."""
    udp = struct.pack("!4H", 4000, 5000, 8 + 2, 0) + b"1\n"
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0,
                       bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2]))
    total = sum(struct.unpack("!10H", head))
    total = (total & 0xFFFF) + (total >> 16)
    head = head[:10] + struct.pack("!H", ~total & 0xFFFF) + head[12:]
    frame = bytes([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0]) + head + udp
    records = [struct.pack("<4L", int(at), int(at % 1 * 1e6), len(frame), len(frame)) + frame
               for at in times_s]
    path.write_bytes(struct.pack("<LHHLLLL", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + b"".join(records))


def run_on_a_terminal(*args, folder):
    """What a job writes to a stderr that is a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([TIDEWIRE, *args], cwd=folder, stdout=subprocess.DEVNULL, stderr=theirs):
        os.close(theirs)
        text = b""
        try:
            while chunk := os.read(ours, 4096):
                text += chunk
        except OSError:  # Linux says so when the other side is closed
            pass
    os.close(ours)
    return text.decode(errors="replace")


class Cli(unittest.TestCase):
    def assert_wrong(self, result, pattern):
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertRegex(result.stderr, pattern)

    def test_help_and_version_go_to_stdout(self):
        self.assertIn("--parallelism N", run("--help").stdout)
        self.assertRegex(run("--version").stdout, r"^tidewire \d+\.\d+\.\d+\n$")

    def test_wrong_usage_is_one_line_and_status_2(self):
        self.assert_wrong(run(), r"^tidewire: error: no job: .*\n$")
        self.assert_wrong(run("--paralelism", "2", "x.sql"), r"did you mean '--parallelism'\?\n$")
        self.assert_wrong(run("--parallelism", "0", "x.sql"), r"whole number from 1 to 128")
        self.assert_wrong(run("--parallelism"), r"needs a value")
        self.assert_wrong(run("--set", "novalue", "x.sql"), r"--set takes KEY=VALUE")
        self.assert_wrong(run("a.sql", "b.sql"), r"'b.sql' is too much")
        self.assert_wrong(run("/nowhere/x.sql"), r"cannot read /nowhere/x.sql")

    def test_wrong_sql_has_a_place_and_a_caret(self):
        result = run("--quiet", "-", script=TABLE + "SELECT b FROM t;")
        self.assert_wrong(result, r"^tidewire: <stdin>:3:8: error: column 'b' not found")
        self.assertEqual(result.stderr.splitlines()[1:], ["SELECT b FROM t;", "       ^"])

    def test_a_wrong_setting_of_the_command_line_has_no_place(self):
        result = run("--set", "paralelism.default=2", "-", script=TABLE + "SELECT a FROM t;")
        self.assert_wrong(result, r"tidewire: error: unknown setting 'paralelism.default'")

    def test_check_is_silent_and_runs_nothing(self):
        result = run("--check", "-", script=TABLE + "SELECT a FROM t;")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))

    def test_explain_prints_the_plan_only(self):
        for args, script in ((["--explain"], "SELECT a FROM t;"), ([], "EXPLAIN SELECT a FROM t;")):
            result = run(*args, "-", script=TABLE + script)
            self.assertEqual(result.returncode, 0)
            self.assertTrue(result.stdout.startswith("Stage 1: t (source)\n"), result.stdout)

    def test_results_go_to_stdout_and_the_account_is_the_last_line(self):
        result = run("--parallelism", "2", "-", script=TABLE + "SELECT a FROM t WHERE a <> 2;")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout, "+I[1]\n+I[3]\n")
        self.assertEqual(result.stderr.splitlines()[-1], "events: in=3 out=3 dropped=0")
        self.assertRegex(result.stderr, r"(?m)^lcore \d+: busy [\d.]+ %$")

    def test_eal_options_go_before_the_dashes(self):
        with tempfile.TemporaryDirectory() as folder:
            job = Path(folder, "job.sql")
            job.write_text(TABLE + "SELECT a FROM t;", encoding="utf-8")
            result = run(*EAL.split(), "--", "--quiet", str(job))
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(result.stdout, "+I[1]\n+I[2]\n+I[3]\n")
            result = run("--no-such-eal-option", "--", str(job))
            self.assert_wrong(result, r"(?m)^tidewire: error: EAL cannot start")

    def test_a_failure_while_running_is_status_1(self):
        script = TABLE + "SELECT 1 / (a - 2) FROM t;"
        result = run("--quiet", "-", script=script)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertRegex(result.stderr, r"tidewire: \S+:\d+:\d+: error: .*zero")
        self.assertTrue(re.match(r"events: in=", result.stderr.splitlines()[-1]))

    def test_a_backtest_says_on_a_terminal_how_far_it_is(self):
        with tempfile.TemporaryDirectory() as folder:
            write_capture(Path(folder, "feed.pcap"), [1577836800, 1577836800.5, 1577836803.5])
            Path(folder, "job.sql").write_text(
                "CREATE TABLE t (a INT) WITH ('connector' = 'pcap', 'path' = 'feed.pcap', "
                "'local' = '10.0.0.2:5000', 'format' = 'csv', 'replay.speed' = '1');\n"
                "SELECT a FROM t;", encoding="utf-8")
            text = run_on_a_terminal("job.sql", folder=folder)
        self.assertRegex(text, r"\r\x1b\[Kevents in=2 \(\d+/s\) dropped=0 "
                               r"read=0\.0 MB of 0\.0 MB \(7\d %\) time left=\d+ s")
        self.assertIn("capture feed.pcap (t): packets in=3 = udp=3", text)
        self.assertIn("events: in=3 out=3 dropped=0", text)

    def assert_goes_on(self, folder, args, restored):
        """Run the job again: it ends well, and has gone on from a checkpoint or not."""
        result = run("--state-dir", str(Path(folder, "state")), *args, str(Path(folder, "job.sql")))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual("restored checkpoint" in result.stderr, restored, result.stderr)
        self.assertRegex(result.stderr, r"(?m)^checkpoints: completed=[1-9]\d* failed=0")
        return result

    def test_a_job_that_was_finished_emits_nothing_twice(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "job.sql").write_text(TABLE + "SELECT a FROM t;", encoding="utf-8")
            result = self.assert_goes_on(folder, [], restored=False)
            self.assertEqual(result.stdout, "+I[1]\n+I[2]\n+I[3]\n")
            result = self.assert_goes_on(folder, [], restored=True)
            self.assertEqual(result.stdout, "")
            self.assertEqual(result.stderr.splitlines()[-1], "events: in=0 out=0 dropped=0")
            result = self.assert_goes_on(folder, ["--restore", "none"], restored=False)
            self.assertEqual(result.stdout, "+I[1]\n+I[2]\n+I[3]\n")

    def test_a_job_that_is_stopped_keeps_its_windows(self):
        with tempfile.TemporaryDirectory() as folder:
            job = Path(folder, "job.sql")
            job.write_text(SLOW + "SELECT a, ROW_NUMBER() OVER (ORDER BY p) FROM t;",
                           encoding="utf-8")
            args = ["--state-dir", str(Path(folder, "state")), "--parallelism", "1", str(job)]
            with subprocess.Popen([TIDEWIRE, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  text=True) as job_run:
                first = job_run.stdout.readline()
                job_run.terminate()
                out, err = job_run.communicate(timeout=60)
            self.assertEqual(job_run.returncode, 0, err)
            rows = (first + out).splitlines()
            result = self.assert_goes_on(folder, ["--parallelism", "2"], restored=True)
            rows += result.stdout.splitlines()
            self.assertEqual(rows, [f"+I[{i}, {i}]" for i in range(1, 301)])

    def test_another_job_cannot_go_on_from_a_checkpoint(self):
        with tempfile.TemporaryDirectory() as folder:
            state = str(Path(folder, "state"))
            run("--state-dir", state, "-", script=TABLE + "SELECT a FROM t;")
            result = run("--state-dir", state, "-", script=TABLE + "SELECT a + 1 FROM t;")
            self.assert_wrong(result, r"tidewire: error: .*(changed|added|removed|differ)")

    def test_settings_of_checkpoints_that_cannot_be(self):
        result = run("--set", "execution.checkpointing.interval=1 s", "-", script=TABLE)
        self.assert_wrong(result, r"error: checkpoints have nowhere to go: add --state-dir DIR")
        result = run("--set", "state.checkpoints.num-retained=1", "-", script=TABLE)
        self.assert_wrong(result, r"a number from 2")
        result = run("--restore", "/nowhere", "-", script=TABLE + "SELECT a FROM t;")
        self.assert_wrong(result, r"error: .*/nowhere")

    def test_a_script_that_only_defines_runs_nothing(self):
        result = run("-", script=TABLE)
        self.assertEqual(result.returncode, 0)
        self.assertEqual(result.stderr.splitlines()[-1], "events: in=0 out=0 dropped=0")


if __name__ == "__main__":
    outcome = unittest.main(argv=sys.argv[:1], exit=False, verbosity=2).result
    n_failed = len(outcome.failures) + len(outcome.errors)
    print(f"{outcome.testsRun - n_failed} passed, {n_failed} failed")
    sys.exit(n_failed > 0)
