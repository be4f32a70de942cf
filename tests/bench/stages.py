#!/usr/bin/env python3
"""Where the cycles of an event go: the jobs path/net_ of load.py, sampled by perf, as a table of stages.

    stages.py BUILD [raw|csv|json...]

perf interrupts the worker lcores some thousand times a second and notes in which function they were;
the function's source file says which stage that is. Code that was inlined counts where it ended up.
Cycles are TSC ticks an event, of all lcores together; with two of them what they wait for each other
is left out. Needs perf (Debian's linux-perf).
"""

import argparse
import collections
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import load
import path

FREQUENCY = 4000  # samples a second
STAGES = [  # of the first pattern that a module/file matches
    ("nic (simulated)", r"^load/|mempool|net_null"),
    ("receive: parse, dispatch, split", r"^dataplane/|librte_mbuf|source_udp"),
    ("decode", r"^format/|^row/(datetime|decimal|number)|operator/source_source"),
    ("watermark, filter, columns", r"^expr/|operator/(calc|source_watermark)|^time/watermark"),
    ("key: image, hash, compare", r"^row/key|^base/hash|memcmp"),
    ("exchange", r"^exchange/|^runtime/exchange_op|^row/store"),
    ("state: look-up, insert", r"^state/"),
    ("window: update, close", r"operator/(window|aggregate|keyed)|^time/|^row/"),
    ("sink", r"operator/sink"),
    ("loop", r"^runtime/|vdso|clock"),
]
OTHER = "other"


def functions(build):
    """The module/file of every function, by its name; of several the first."""
    found = {}
    for archive in sorted((build / "lib").glob("libtw_*.a")):
        module = archive.stem.removeprefix("libtw_")
        said = subprocess.run(["nm", "-A", "--defined-only", archive], capture_output=True, text=True)
        for line in said.stdout.splitlines():
            match = re.match(rf".*/{module}_([\w.-]+)\.c\.o:\S+ [tT] (\S+)$", line)
            if match:
                found.setdefault(match[2].split(".")[0], f"{module}/{match[1]}")
    said = subprocess.run(
        ["nm", "-A", "--defined-only", *(build / "tests/bench/load.p").glob("*.o")],
        capture_output=True,
        text=True,
    )
    for line in said.stdout.splitlines():
        match = re.match(r".*load\.p/load_(\w+)\.c\.o:\S+ [tT] (\S+)$", line)
        if match:
            found[match[2].split(".")[0]] = f"load/{match[1]}"
    return found


def stage_of(symbol, library, files):
    name = symbol.split(".")[0]
    where = files.get(name, f"{pathlib.Path(library).name}/{name}")
    for stage, pattern in STAGES:
        if re.search(pattern, where):
            return stage
    return OTHER


def sample(build, folder, name, n_lcores, files):
    """Rate, and cycles an event by stage."""
    feed, form, query = next((f, o, q) for n, f, o, q in load.WINDOWS if f == name)
    script, data = folder / "job.sql", folder / "perf.data"
    script.write_text(load.window_job(form, query), encoding="utf-8")
    wire = f"0:{load.WARM_SECONDS},0:{load.SECONDS}"
    done = subprocess.run(
        [
            *("perf", "record", "-q", "-e", "cpu-clock", "-F", str(FREQUENCY), "-o", data, "--"),
            *(build / "tests/bench/load", "--feed", feed, "--keys", str(path.KEYS), "--wire", wire),
            *("--lcores", load.lcores(n_lcores), script),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-400:])
    rate = json.loads(done.stdout.splitlines()[1])["per_s"]
    busy = sum(float(b) / 100 for b in re.findall(r"lcore \d+: busy ([\d.]+) %", done.stderr))
    said = subprocess.run(
        ["perf", "script", "-i", data, "-F", "comm,ip,sym,dso"], capture_output=True, text=True
    )
    counts = collections.Counter()
    for line in said.stdout.splitlines():
        match = re.match(r"rte-worker-\d+\s+[0-9a-f]+ (\S+) \((.*)\)", line.strip())
        if match and not re.search(r"\[(kernel|unknown)", match[2]):
            counts[stage_of(match[1], match[2], files)] += 1
    cycles = busy * path.tsc_hz() / rate
    total = sum(counts.values())
    return rate, {stage: cycles * n / total for stage, n in counts.items()}


def print_table(columns):
    heads = [head for head, _, _ in columns]
    print(f"{'cycles per event':34}" + "".join(f"{h:>16}" for h in heads))
    for stage in [s for s, _ in STAGES] + [OTHER]:
        cells = [cycles.get(stage, 0) for _, _, cycles in columns]
        if any(c >= 0.05 for c in cells):
            print(f"{stage:34}" + "".join(f"{c:16.1f}" for c in cells))
    print(f"{'all':34}" + "".join(f"{sum(c.values()):16.1f}" for _, _, c in columns))
    print(f"{'M events/s, while sampled':34}" + "".join(f"{r / 1e6:16.2f}" for _, r, _ in columns))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("jobs", nargs="*", help="raw, csv, json")
    args = parser.parse_args()
    build = args.build.resolve()
    if shutil.which("perf") is None:
        sys.exit("stages.py: there is no perf: apt-get install linux-perf")
    files = functions(build)
    columns = []
    with tempfile.TemporaryDirectory() as folder:
        for name in args.jobs or ("raw", "csv", "json"):
            for n_lcores in (1, 2):
                found = sample(build, pathlib.Path(folder), name, n_lcores, files)
                columns.append((f"{name} {n_lcores} lcore{'s' * (n_lcores > 1)}", *found))
    print_table(columns)
    return 0


if __name__ == "__main__":
    sys.exit(main())
