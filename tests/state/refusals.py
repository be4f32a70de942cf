#!/usr/bin/env python3
"""From which state a job goes on, and what is refused: on the command line, as its user sees it."""

import os
import re
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TIDEWIRE = str(Path(sys.argv[1]).resolve())
TABLE = """CREATE TABLE t (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'events.csv', 'format' = 'csv');
"""
COUNTS = "SELECT k, COUNT(*) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) {} GROUP BY k, window_start, window_end;"
ALL = COUNTS.format("WHERE v > 0")
SLOW = """CREATE TABLE t (a INT) WITH ('connector' = 'datagen', 'rows-per-second' = '10');
SELECT a FROM t;"""
EVENTS = "".join(f"{'ab'[i % 2]},{i + 1},2026-01-01 00:00:{i:02}.000\n" for i in range(8))
COUNTED = ["+I[a, 4]", "+I[b, 4]"]
MASK = (1 << 64) - 1


def rotate(x, bits):
    return (x << bits | x >> (64 - bits)) & MASK


def checksum(data, seed):
    """lib/snapshot/checksum.c once more (xxh64, but for how its stripes come together)."""
    p1, p2, p3, p4, p5 = (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63,
                          0x27D4EB2F165667C5)

    def round_of(lane, word):
        return rotate((lane + word * p2) & MASK, 31) * p1 & MASK

    hash_, n_whole = (seed + p5) & MASK, len(data) & ~31
    if n_whole:
        lanes = [(seed + p1 + p2) & MASK, (seed + p2) & MASK, seed, (seed - p1) & MASK]
        for words in struct.iter_unpack("<4Q", data[:n_whole]):
            lanes = [round_of(lane, word) for lane, word in zip(lanes, words)]
        hash_ = sum(rotate(lane, bits) for lane, bits in zip(lanes, (1, 7, 12, 18))) & MASK
        for lane in lanes:
            hash_ = ((hash_ ^ round_of(0, lane)) * p1 + p4) & MASK
    hash_, at = (hash_ + len(data)) & MASK, n_whole
    for at in range(n_whole, len(data) - 7, 8):
        hash_ = (rotate(hash_ ^ round_of(0, struct.unpack_from("<Q", data, at)[0]), 27) * p1 + p4) & MASK
    at = len(data) & ~7
    if len(data) - at >= 4:
        hash_ = (rotate(hash_ ^ struct.unpack_from("<L", data, at)[0] * p1 & MASK, 23) * p2 + p3) & MASK
        at += 4
    for byte in data[at:]:
        hash_ = rotate(hash_ ^ byte * p5 & MASK, 11) * p1 & MASK
    hash_ = (hash_ ^ hash_ >> 33) * p2 & MASK
    hash_ = (hash_ ^ hash_ >> 29) * p3 & MASK
    return hash_ ^ hash_ >> 32


def manifests(state):
    """Where in data.mdb the first piece of each manifest lies, with its checkpoint: (number, begin, end).
    A piece is a checksum of 8 bytes, 8 more, and JSON (lib/snapshot/stored.h)."""
    for match in re.finditer(rb'\{[^{}]*?"format": \d+', state):
        begin = match.start() - 16
        number = int(re.search(rb'"checkpoint": (\d+)', state[begin:]).group(1))
        seed = checksum(struct.pack(">QL", number, 0), 0)
        want = struct.unpack_from("<Q", state, begin)[0]
        ends = [begin + 16 + 4064] + [m.end() for m in re.finditer(rb"\}", state[begin : begin + 4080])]
        for end in (begin + end if end < 4096 else end for end in ends):
            if checksum(state[begin + 8 : end], seed) == want:
                yield number, begin, end


class Refusals(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tidewire-refusals-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.state = self.folder / "state"
        (self.folder / "events.csv").write_text(EVENTS, encoding="utf-8")

    def start(self, script, *args, state="state", stop_after=None):
        env = dict(os.environ) if stop_after is None else {**os.environ, "TIDEWIRE_STOP_AFTER": str(stop_after)}
        args = [*(["--state-dir", state] if state else []), *args, "-"]
        return subprocess.run([TIDEWIRE, *args], cwd=self.folder, env=env, input=script, text=True,
                              capture_output=True, timeout=60, check=False)

    def stop(self, script, stop_after=4):
        done = self.start(script, stop_after=stop_after)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def assert_goes_on(self, done, events_in, restored):
        self.assertEqual(done.returncode, 0, done.stderr)
        found = re.search(r"restored checkpoint (\d+)", done.stderr)
        self.assertEqual(found and int(found.group(1)), restored, done.stderr)
        self.assertIn(f"events: in={events_in} ", done.stderr.splitlines()[-1])
        self.assertEqual(sorted(done.stdout.splitlines()), COUNTED)

    def assert_refused(self, done, pattern):
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertRegex(done.stderr, pattern)
        self.assertEqual(len(re.findall("error: ", done.stderr)), 1, done.stderr)

    def test_the_same_job_goes_on(self):
        self.stop(TABLE + ALL)
        self.assert_goes_on(self.start(TABLE + ALL), 4, restored=1)

    def test_an_operator_that_was_changed_is_named(self):
        self.stop(TABLE + ALL)
        done = self.start(TABLE + COUNTS.format("WHERE v > 1"))
        self.assert_refused(done, r"checkpoint 1 in 'state' is of another job: operator \d+ was Calc: .*0 < v.*, "
                                  r"and is Calc: .*1 < v")
        self.assert_goes_on(self.start(TABLE + ALL), 4, restored=1)  # nothing was spoiled

    def test_an_operator_that_was_added_is_named(self):
        first = "CREATE TABLE p (k STRING) WITH ('connector' = 'print');\n" + TABLE + "INSERT INTO p SELECT k FROM t"
        self.stop(first + " WHERE v > 99;")
        done = self.start(first + " WHERE v > 99;\n" + "INSERT INTO p SELECT k FROM t WHERE v > 98;")
        self.assert_refused(done, r"of another job: .*operator \d+ \(\w+: .*\) was added")

    def test_an_operator_that_was_removed_is_named(self):
        self.stop(TABLE + ALL)
        done = self.start(TABLE + "SELECT k FROM t;")
        self.assert_refused(done, r"of another job: .*(operator \d+ \(\w+: .*\) was removed|and \d+ more)")

    def test_a_format_that_is_newer_is_named(self):
        self.stop(TABLE + ALL)
        path = self.state / "data.mdb"
        state = bytearray(path.read_bytes())
        found = list(manifests(bytes(state)))
        self.assertTrue(found)
        for number, begin, end in found:
            state[begin:end] = re.sub(rb'"format": \d', b'"format": 9', state[begin:end])
            seed = checksum(struct.pack(">QL", number, 0), 0)
            state[begin : begin + 8] = struct.pack("<Q", checksum(bytes(state[begin + 8 : end]), seed))
        path.write_bytes(state)
        self.assert_refused(self.start(TABLE + ALL), r"format 9")
        self.assertEqual(path.read_bytes(), state)

    def test_a_directory_that_another_process_has_is_refused(self):
        with subprocess.Popen([TIDEWIRE, "--state-dir", "state", "-"], cwd=self.folder, stdin=subprocess.PIPE,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as other:
            other.stdin.write(SLOW)
            other.stdin.close()
            while ": running: " not in other.stderr.readline():
                self.assertIsNone(other.poll())
            self.assert_refused(self.start(TABLE + ALL), rf"'state'.*process {other.pid}")
            self.assert_refused(self.start(TABLE + ALL, "--restore", "none"), rf"process {other.pid}")
            other.terminate()
            other.stderr.read()
        self.assertEqual(other.returncode, 0)

    def test_the_checkpoint_before_a_damaged_one_is_taken_and_said(self):
        self.stop(TABLE + ALL, 3)
        self.stop(TABLE + ALL, 2)
        path = self.state / "data.mdb"
        state = bytearray(path.read_bytes())
        for number, begin, _ in manifests(bytes(state)):
            state[begin + 40] ^= 1 if number == 2 else 0
        path.write_bytes(state)
        done = self.start(TABLE + ALL)
        self.assertRegex(done.stderr, r"(?m)^tidewire: checkpoint 2 does not verify \(.+\): restoring checkpoint 1 of ")
        self.assert_goes_on(done, 5, restored=1)
        self.assertTrue((self.state / "data.mdb.old").exists())

    def test_without_any_checkpoint_that_verifies_it_does_not_start(self):
        self.stop(TABLE + ALL)
        path = self.state / "data.mdb"
        state = bytearray(path.read_bytes())
        for _, begin, _ in manifests(bytes(state)):
            state[begin + 40] ^= 1
        path.write_bytes(state)
        self.assert_refused(self.start(TABLE + ALL), r"no checkpoint in 'state' verifies: checkpoint 1: ")
        self.assert_goes_on(self.start(TABLE + ALL, "--restore", "none"), 8, restored=None)

    def test_restore_none_starts_anew_and_puts_the_old_state_aside(self):
        self.stop(TABLE + ALL)
        self.assert_goes_on(self.start(TABLE + ALL, "--restore", "none"), 8, restored=None)
        self.assertTrue((self.state / "data.mdb.old").exists())
        done = self.start(TABLE + ALL)  # that one had ended
        self.assertRegex(done.stderr, r"restored checkpoint \d+")
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_another_job_may_begin_with_restore_none(self):
        self.stop(TABLE + ALL)
        self.assert_goes_on(self.start(TABLE + COUNTS.format(""), "--restore", "none"), 8, restored=None)

    def test_restore_takes_a_path(self):
        self.stop(TABLE + ALL)
        self.state.rename(self.folder / "kept")
        kept = (self.folder / "kept/data.mdb").read_bytes()
        for state in ("state", None):
            self.assert_goes_on(self.start(TABLE + ALL, "--restore", "kept", state=state), 4, restored=1)
        self.assertEqual((self.folder / "kept/data.mdb").read_bytes(), kept)
        self.assert_refused(self.start(TABLE + COUNTS.format(""), "--restore", "kept"), "of another job: operator")

    def test_a_path_with_nothing_to_restore_is_refused(self):
        self.stop(TABLE + ALL)
        (self.folder / "empty").mkdir()
        for path in ("nowhere", "empty", "events.csv"):
            self.assert_refused(self.start(TABLE + ALL, "--restore", path), rf"there is no state in '{path}' to restore")
        self.assert_goes_on(self.start(TABLE + ALL), 4, restored=1)

    def test_what_is_no_state_is_refused(self):
        self.state.mkdir()
        for rubbish in (b"rubbish" * 4000, b"x", bytes(8192)):
            (self.state / "data.mdb").write_bytes(rubbish)
            self.assert_refused(self.start(TABLE + ALL), r"'state/data.mdb'|'state'")
            self.assertEqual((self.state / "data.mdb").read_bytes(), rubbish)


if __name__ == "__main__":
    outcome = unittest.main(argv=sys.argv[:1], exit=False, verbosity=2).result
    n_failed = len(outcome.failures) + len(outcome.errors)
    print(f"{outcome.testsRun - n_failed} passed, {n_failed} failed")
    sys.exit(n_failed > 0)
