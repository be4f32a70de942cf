#!/usr/bin/env python3
"""Measure tidewire itself, from packets or lines to results, with one lcore for the source and one
for the stage behind it.

    path.py BUILD [--quick] [--rounds N] [--baseline BUILD] [NAME...]

pcap_ and file_: one pass over 1 M keys is written once and K times to a file in memory, and the job
runs over both: what the longer takes more, divided by the events it has more, is what an event costs,
without starting, growing the state and printing the results. All events are of one slice, as they are
in a feed of millions of events a second.

What a NIC queue brings is load.py's business.

Prints NAME EVENTS_PER_S CYCLES_PER_EVENT GOAL_CYCLES|- for each measurement (bench.h). Cycles are TSC
ticks of wall time. With a baseline its tidewire is measured in turn, as NAME@baseline.
"""

import argparse
import os
import re
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time

PROGRAM = "app/tidewire/tidewire"
PORT = 9000
KEYS = 1_000_000
KEYS_QUICK = 10_000
START_MS = 1_767_225_600_000  # 2026-01-01 00:00:00 UTC

HOURLY = """INSERT INTO result SELECT {key}, window_end, SUM({value})
FROM TABLE(TUMBLE(TABLE feed, DESCRIPTOR(ts), INTERVAL '1' HOUR))
GROUP BY {key}, window_start, window_end;
"""
SLIDING = """INSERT INTO result SELECT {key}, window_end, SUM({value})
FROM TABLE(HOP(TABLE feed, DESCRIPTOR(ts), INTERVAL '30' SECOND, INTERVAL '5' MINUTE))
GROUP BY {key}, window_start, window_end;
"""
TABLES = """CREATE TABLE feed ({columns},
  WATERMARK FOR ts AS ts - INTERVAL '1' HOUR) WITH ({source}, {format});
CREATE TABLE result (k {key_type}, window_end TIMESTAMP(3), total {total_type})
  WITH ('connector' = 'blackhole');
"""
CSV_COLUMNS = """tx_id BIGINT, ts TIMESTAMP(3), card CHAR(16), user_id CHAR(6), amount DECIMAL(10, 2),
  currency CHAR(3), merchant VARCHAR(8), items INT, status VARCHAR(8)"""
JSON_COLUMNS = """id BIGINT, ts TIMESTAMP(3), card CHAR(16), user_id CHAR(6), merchant VARCHAR(8),
  city VARCHAR(16), country CHAR(2), amount DECIMAL(10, 2), currency CHAR(3), status VARCHAR(8)"""


def raw_event(key, i):
    """64 bytes, none of them a newline, which separates them in a datagram."""
    digits = struct.pack(">5xBBB", *(0x80 | key >> shift & 0x7F for shift in (14, 7, 0)))
    price = struct.pack(">q", 0x0101 + i % 9 * 0x0101)
    ts = (START_MS & ~0xFFFF).to_bytes(8, "big")
    assert b"\n" not in ts
    return digits + ts + price + b"\0\0\0\1\0\0\0\0ACME    " + bytes(24)


def time_text(i):
    return f"2026-01-01 00:00:{i * 29 // KEYS:02d}.{i % 1000:03d}"


def csv_event(key, i):
    return (
        f"{1000000 + i},{time_text(i)},4000{key:012d},u{key % 100000:05d},{100 + i % 900}.{i % 90 + 10},"
        f"EUR,m{i % 1000:03d},{i % 10},ok"
    ).encode()


def json_event(key, i):
    return (
        f'{{"id":{1000000 + i},"ts":"{time_text(i)}","card":"4000{key:012d}",'
        f'"user_id":"u{key % 100000:05d}","merchant":"m{i % 1000:03d}","city":"Lyon","country":"EU",'
        f'"amount":{100 + i % 900}.{i % 90 + 10},"currency":"EUR","status":"ok"}}'
    ).encode()


class Format:
    def __init__(self, event, columns, key_type, total_type, key, value, options):
        self.event, self.columns, self.options = event, columns, options
        self.key_type, self.total_type, self.key, self.value = key_type, total_type, key, value


RAW = Format(
    raw_event,
    "order_id BIGINT, ts TIMESTAMP(3), price BIGINT, quantity INT, flags INT, symbol CHAR(8),\n"
    "  bid DOUBLE, ask DOUBLE, last DOUBLE",
    "BIGINT",
    "BIGINT",
    "order_id",
    "price",
    "'format' = 'raw', 'message.framing' = 'line'",
)
CSV = Format(
    csv_event, CSV_COLUMNS, "STRING", "DECIMAL(38, 2)", "card", "amount", "'format' = 'csv'"
)
JSON = Format(
    json_event, JSON_COLUMNS, "STRING", "DECIMAL(38, 2)", "card", "amount", "'format' = 'json'"
)


class Job:
    def __init__(self, name, source, form, query, per_datagram, passes, goal):
        self.name, self.source, self.format, self.query = name, source, form, query
        self.per_datagram = per_datagram
        self.passes = passes  # of the longer file
        self.goal = goal  # events a second, or None


JOBS = [
    Job("path/pcap_raw_20_tumble", "pcap", RAW, HOURLY, 20, 21, None),
    Job("path/pcap_csv_tumble", "pcap", CSV, HOURLY, 1, 9, None),
    Job("path/pcap_json_hop", "pcap", JSON, SLIDING, 1, 7, None),
    Job("path/file_csv_tumble", "file", CSV, HOURLY, 0, 9, None),
    Job("path/file_json_hop", "file", JSON, SLIDING, 0, 7, None),
]


def ipv4_udp(payload):
    """A frame to 10.0.0.2:PORT. Its UDP checksum is 0, none: a NIC would have checked it."""
    ip = struct.pack(
        ">BBHHHBBH4s4s",
        *(0x45, 0, 28 + len(payload), 0, 0x4000, 64, 17, 0),
        *(bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])),
    )
    total = sum(struct.unpack(">10H", ip))
    total = (total & 0xFFFF) + (total >> 16)
    checksum = 0xFFFF - ((total & 0xFFFF) + (total >> 16))
    ip = ip[:10] + struct.pack(">H", checksum) + ip[12:]
    udp = struct.pack(">HHHH", 40000, PORT, 8 + len(payload), 0)
    return bytes.fromhex("020000000002 020000000001 0800") + ip + udp + payload


def pcap_packet(payload):
    frame = ipv4_udp(payload)
    return struct.pack("<IIII", START_MS // 1000, 0, len(frame), len(frame)) + frame


def one_pass(job, n_events):
    """The bytes of one pass over the keys, in random order."""
    keys = list(range(n_events))
    random.Random(1).shuffle(keys)
    events = [job.format.event(key, i) for i, key in enumerate(keys)]
    if job.source == "file":
        return b"".join(event + b"\n" for event in events)
    return b"".join(
        pcap_packet(b"\n".join(events[i : i + job.per_datagram]))
        for i in range(0, n_events, job.per_datagram)
    )


def write_file(job, path, content, passes):
    with open(path, "wb") as out:
        if job.source != "file":
            out.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for _ in range(passes):
            out.write(content)


def source_options(job, path):
    return {
        "file": f"'connector' = 'filesystem', 'path' = '{path}'",
        "pcap": f"'connector' = 'pcap', 'path' = '{path}', 'local' = '0.0.0.0:{PORT}'",
        "net": f"'connector' = 'udp', 'local' = '0.0.0.0:{PORT}'",
    }[job.source]


def write_script(job, script, path):
    form = job.format
    text = TABLES.format(
        columns=form.columns,
        source=source_options(job, path),
        format=form.options,
        key_type=form.key_type,
        total_type=form.total_type,
    )
    script.write_text(text + job.query.format(key=form.key, value=form.value), encoding="utf-8")


def run_bounded(tidewire, script, n_events):
    """Seconds that the job took. All events must have been taken and none dropped."""
    begin = time.monotonic()
    done = subprocess.run(
        [tidewire, "--quiet", script], stderr=subprocess.PIPE, text=True, check=False
    )
    seconds = time.monotonic() - begin
    if f"in={n_events} " not in done.stderr or not re.search(r"dropped=0\b", done.stderr):
        raise RuntimeError(f"not {n_events} events: {done.stderr.strip()[-400:]}")
    return seconds


class Bounded:
    def __init__(self, job, folder, quick):
        self.quick = quick
        self.n_events = KEYS_QUICK if quick else KEYS
        self.passes = 2 if quick else job.passes
        self.scripts = []
        content = one_pass(job, self.n_events)
        for passes in (1, self.passes):
            path = folder / f"{job.name.replace('/', '_')}_{passes}"
            write_file(job, path, content, passes)
            script = path.with_suffix(".sql")
            write_script(job, script, path)
            self.scripts.append(script)

    def measure(self, tidewire):
        short = run_bounded(tidewire, self.scripts[0], self.n_events)
        long = run_bounded(tidewire, self.scripts[1], self.n_events * self.passes)
        if self.quick:
            return self.n_events * self.passes / long  # that it works is all that is asked
        if long <= short:
            raise RuntimeError(f"{long:.2f} s for {self.passes} passes, {short:.2f} s for one: too busy")
        return self.n_events * (self.passes - 1) / (long - short)


def tsc_hz():
    for line in open("/proc/cpuinfo", encoding="utf-8"):
        if line.startswith("bogomips"):  # twice the TSC's rate, where there is one
            return float(line.split(":")[1]) * 1e6 / 2
    return 1e9


def show(name, rate, goal):
    goal = f"{tsc_hz() / goal:.0f}" if goal else "-"
    print(f"{name} {rate:.0f} {tsc_hz() / rate:.2f} {goal}", flush=True)


def run(job, measurement, tidewire, mark):
    show(job.name + mark, measurement.measure(tidewire), job.goal)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--baseline", type=pathlib.Path, help="another build")
    args = parser.parse_intermixed_args()
    programs = [(args.build.resolve() / PROGRAM, "")]
    if args.baseline:
        programs.append((args.baseline.resolve() / PROGRAM, "@baseline"))
    jobs = [j for j in JOBS if not args.names or j.name.startswith(tuple(args.names))]
    shm = pathlib.Path("/dev/shm")
    folder = pathlib.Path(tempfile.mkdtemp(dir=shm if shm.is_dir() else None))
    failed = False
    try:
        for job in jobs:
            kind = Endless if job.source == "net" else Bounded
            try:
                measurement = kind(job, folder, args.quick)
                for _ in range(args.rounds):
                    for tidewire, mark in programs:
                        run(job, measurement, tidewire, mark)
            except RuntimeError as error:
                print(f"{job.name}: {error}", file=sys.stderr)
                failed = True
            for file in folder.iterdir():
                file.unlink()
    finally:
        shutil.rmtree(folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
