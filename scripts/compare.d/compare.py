#!/usr/bin/env python3
"""Run the same window queries by tidewire and by others over the same file, and compare (scripts/compare --help).

    compare.py BUILD [--events N] [--rounds N] [--limit S] [--keep DIR] [--all-rows]
               [--only NAME]...

A contestant is a program of this folder: NAME FILE tumble|hop MIN_COUNT, which prints rows of user, window end,
count, sum, min, max in any order.
"""

import argparse
import collections
import json
import multiprocessing
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
USERS = 1_000_000
EVENTS_PER_S = 20_000  # of event time
DISORDER_MS = 3000
QUERIES = {
    "tumble": ("1 minute, users with 6 payments", "6"),
    "hop": ("5 minutes every 30 s, 16 payments", "16"),
}
REFERENCE = "tidewire, 2 lcores"

Contestant = collections.namedtuple("Contestant", "name what command package is_there")


def program(name):
    return lambda build: shutil.which(name) is not None


def has_pandas(build):
    command = ["/usr/bin/python3", "-c", "import pandas"]
    return subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 0


def has_data_table(build):
    return program("Rscript")(build) and any(pathlib.Path("/usr/lib/R/site-library").glob("data.table"))


def own(*command):
    """A contestant that this repository builds, or a script of this folder."""
    return lambda build, files, kind, least: [
        command[0].replace("BUILD", str(build)).replace("HERE", str(HERE)),
        files[command[1]],
        kind,
        least,
        *command[2:],
    ]


CONTESTANTS = [
    Contestant("C loop", "one thread, mmap", own("BUILD/tests/bench/floor", "csv"), None, None),
    Contestant("tidewire, 1 lcore", "file", own("HERE/tidewire", "csv", "1"), None, None),
    Contestant("tidewire, 2 lcores", "file", own("HERE/tidewire", "csv", "2"), None, None),
    Contestant("tidewire, 1, packets", "capture", own("HERE/tidewire", "pcap", "1"), None, None),
    Contestant("tidewire, 2, packets", "capture", own("HERE/tidewire", "pcap", "2"), None, None),
    Contestant(
        "ClickHouse",
        "Memory table, all CPUs",
        own("HERE/clickhouse", "csv"),
        "clickhouse-server clickhouse-client",
        program("clickhouse-server"),
    ),
    Contestant("data.table", "R, all CPUs", own("HERE/data.table", "csv"), "r-cran-data.table", has_data_table),
    Contestant("SQLite", ":memory:", own("HERE/sqlite3", "csv"), "sqlite3", program("sqlite3")),
    Contestant("pandas", "", own("HERE/pandas", "csv"), "python3-pandas", has_pandas),
    Contestant("mawk", "", own("HERE/mawk", "csv"), "mawk", program("mawk")),
]


# ---- Running


def make_files(feedgen, folder, n_events):
    """The feed as lines and as packets."""
    files = {kind: str(folder / f"feed-{n_events}.{kind}") for kind in ("csv", "pcap")}
    for kind, path in files.items():
        if os.path.exists(path):
            continue
        options = ["--events", n_events, "--users", USERS, "--event-rate", EVENTS_PER_S]
        options += ["--disorder", DISORDER_MS, "--format", "csv", "--quiet", "--to", path]
        options += ["--per-datagram", 10] if kind == "pcap" else []
        subprocess.run([feedgen, *map(str, options)], check=True)
    return files


def kill_group(process):
    try:
        os.killpg(process.pid, signal.SIGTERM)
    except ProcessLookupError:
        pass


def run(command, out_path, limit):
    """Run once. Returns seconds, CPU seconds and kilobytes, or why there are none."""
    with open(out_path, "wb") as out, tempfile.TemporaryFile() as err:
        begin = time.monotonic()
        process = subprocess.Popen(command, stdout=out, stderr=err, start_new_session=True)
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            seconds = time.monotonic() - begin
            if pid:
                break
            if seconds > limit:
                kill_group(process)
                os.wait4(process.pid, 0)
                return {"failed": f"more than {limit} s"}
            time.sleep(0.002)
        if status != 0:
            err.seek(0)
            return {"failed": err.read().decode(errors="replace").strip()[-200:] or f"status {status}"}
    return {"seconds": seconds, "cpu": usage.ru_utime + usage.ru_stime, "kb": usage.ru_maxrss}


def normal_row(line):
    """What a row says, however it is written."""
    user, end, count, *amounts = line.strip().replace('"', "").split(",")
    return f"{user},{end[:19]},{int(count)},{','.join(f'{float(a):.2f}' for a in amounts)}"


def check_rows(path, reference):
    """How many rows there are, or None when they are not those of the reference. The first ones are the reference."""
    with open(path, encoding="ascii") as lines:
        rows = sorted(normal_row(line) for line in lines)
    if not reference.exists():
        reference.write_text("\n".join(rows), encoding="ascii")
    return len(rows) if "\n".join(rows) == reference.read_text(encoding="ascii") else None


def measure(args, contestant, kind, files, folder):
    out = folder / "out"
    least = "1" if args.all_rows else QUERIES[kind][1]
    command = contestant.command(args.build, files, kind, least)
    found = run(command, out, args.limit)
    if "failed" in found:
        return found
    # In a process of its own: what this one has in memory would count as that of the next contestant, which it forks.
    with multiprocessing.Pool(1) as pool:
        n_rows = pool.apply(check_rows, (out, folder / f"rows-{args.events}-{kind}-{least}"))
    if n_rows is None:
        return {"failed": "other rows than the C loop's"}
    return found | {"rows": n_rows}


def measure_all(args, contestants, files, folder, results):
    for round_ in range(args.rounds):
        for kind in QUERIES:
            for contestant in contestants:
                print(f"round {round_ + 1}, {kind}: {contestant.name}", file=sys.stderr)
                found = measure(args, contestant, kind, files, folder)
                found |= {"name": contestant.name, "kind": kind, "events": args.events, "all": args.all_rows}
                if "failed" in found:
                    print(f"  failed: {found['failed']}", file=sys.stderr)
                with open(results, "a", encoding="utf-8") as out:
                    print(json.dumps(found), file=out)


# ---- The table


def median_of(runs, field):
    return statistics.median(r[field] for r in runs)


def row_of(contestant, runs, reference, n_events):
    good = [r for r in runs if "failed" not in r]
    if len(good) < len(runs) or not good:
        why = next((r["failed"] for r in runs if "failed" in r), "not measured")
        return [contestant.name, why.splitlines()[0], "", "", "", "", ""]
    seconds = median_of(good, "seconds")
    spread = f"({min(r['seconds'] for r in good):.2f}–{max(r['seconds'] for r in good):.2f})"
    return [
        contestant.name,
        f"{seconds:.2f}",
        spread,
        f"{n_events / seconds / 1e6:.2f}",
        f"{reference / seconds:.2f}" if reference else "-",
        f"{median_of(good, 'cpu') / n_events * 1e9:.0f}",
        f"{median_of(good, 'kb') / 1024:,.0f}",
    ]


def print_table(kind, contestants, measured, n_events):
    runs = {c.name: [m for m in measured if (m["name"], m["kind"]) == (c.name, kind)] for c in contestants}
    of_reference = [r["seconds"] for r in runs.get(REFERENCE, []) if "seconds" in r]
    reference = statistics.median(of_reference) if of_reference else None
    n_rows = max((r.get("rows", 0) for rs in runs.values() for r in rs), default=0)
    head = [QUERIES[kind][0], "seconds", "(min–max)", "M events/s", "of tidewire", "CPU ns/event", "MB"]
    table = [head] + [row_of(c, runs[c.name], reference, n_events) for c in contestants if runs[c.name]]
    widths = [max(len(r[i]) for r in table) for i in range(len(head))]
    for row in table:
        cells = [row[0].ljust(widths[0])] + [c.rjust(w) for c, w in zip(row[1:], widths[1:])]
        print("  ".join(cells).rstrip())
    print(f"{n_rows:,} rows each, the same ones.\n")


def print_all(contestants, results, args):
    n_events = args.events
    with open(results, encoding="utf-8") as lines:
        measured = [m for m in map(json.loads, lines) if (m["events"], m["all"]) == (n_events, args.all_rows)]
    print(f"{n_events:,} payments of {USERS:,} users, {n_events // EVENTS_PER_S} s of event time\n")
    for kind in QUERIES:
        print_table(kind, contestants, measured, n_events)
    failed = [m for m in measured if "other rows" in m.get("failed", "")]
    return 1 if failed else 0


def choose(names):
    chosen = []
    for contestant in CONTESTANTS:
        if names and not any(name.lower() in contestant.name.lower() for name in names):
            continue
        if contestant.is_there is None or contestant.is_there(None):
            chosen.append(contestant)
        else:
            print(f"skipped {contestant.name}: {contestant.package} is not installed", file=sys.stderr)
    return chosen


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=600)
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--all-rows", action="store_true")
    parser.add_argument("--only", action="append", default=[])
    args = parser.parse_args()
    args.build = args.build.resolve()
    os.environ["TIDEWIRE"] = str(args.build / "app/tidewire/tidewire")
    shm = pathlib.Path("/dev/shm")
    folder = args.keep or pathlib.Path(tempfile.mkdtemp(dir=shm if shm.is_dir() else None))
    folder.mkdir(exist_ok=True)
    results = folder / "measured.jsonl"
    try:
        files = make_files(args.build / "app/feedgen/feedgen", folder, args.events)
        measure_all(args, choose(args.only), files, folder, results)
        return print_all(CONTESTANTS, results, args)
    finally:
        if not args.keep:
            shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
