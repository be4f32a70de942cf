#!/usr/bin/env python3
"""Run the benchmarks of a build and print one table of what they measured.

    table.py BUILD [NAME...]              NAME: only benchmarks whose names begin like this
    table.py --json BUILD [NAME...]       a JSON object a line for each benchmark instead
    table.py --baseline BUILD0 BUILD ...  the same benchmarks of both builds in turn, and their ratio
    table.py --count BUILD [NAME...]      instructions per event, counted by callgrind

Every benchmark program prints lines of NAME EVENTS_PER_S CYCLES_PER_EVENT GOAL_CYCLES|-
[INSTRUCTIONS_PER_EVENT|-], or of NAME VALUE UNIT GOAL|- (the less, the better), a line for each measurement.
The programs take turns, several times over, with those of the baseline between them.
"""

import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

ROUNDS = 3
HERE = pathlib.Path(__file__).resolve().parent
BASELINE_MARK = "@baseline"  # what path.py and load.py put behind a name
# Scripts that measure tidewire itself, and what their benchmarks' names begin with.
WHOLE_JOBS = {"path.py": ["path"], "load.py": ["path", "skew", "latency", "overload"]}


class Measured:
    """What was measured of one benchmark: lists of numbers, one for each time."""

    def __init__(self, unit, goal):
        self.unit = unit  # of values; None: events a second, and cycles an event
        self.goal = goal
        self.rates, self.costs, self.instructions = [], [], []

    def add(self, fields):
        if self.unit is None:
            self.rates.append(float(fields[1]))
            self.costs.append(float(fields[2]))
            if len(fields) > 4 and fields[4] != "-":
                self.instructions.append(float(fields[4]))
        else:
            self.costs.append(float(fields[1]))

    @property
    def cost(self):
        return statistics.median(self.costs)

    def ratio_to(self, baseline):
        """Median, least and greatest of the ratios of measurements that were made one after the other."""
        ratios = [a / b for a, b in zip(self.costs, baseline.costs) if b > 0]
        return (statistics.median(ratios), min(ratios), max(ratios)) if ratios else None


def parse(line, into):
    fields = line.split()
    goal = None if fields[3] == "-" else float(fields[3])
    unit = None if fields[2][0].isdigit() else fields[2]
    into.setdefault(fields[0], Measured(unit, goal)).add(fields)


def run(command, now, baseline):
    """Run one program and add its lines. Returns whether all went well."""
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    for line in done.stdout.splitlines():
        name, rest = line.split(maxsplit=1)
        if name.endswith(BASELINE_MARK):
            parse(f"{name.removesuffix(BASELINE_MARK)} {rest}", baseline)
        else:
            parse(line, now)
    if done.returncode != 0:
        print(f"table.py: {command[0]} failed ({done.returncode})", file=sys.stderr)
    return done.returncode == 0


def programs(build):
    return sorted(p for p in (build / "tests/bench").glob("bench_*") if p.is_file())


def run_all(args):
    """The results by name, those of the baseline, and whether all went well."""
    now, baseline, ok = {}, {}, True
    for _ in range(args.rounds):
        for program in programs(args.build):
            ok &= run([program, *args.names], now, baseline)
            other = args.baseline / "tests/bench" / program.name if args.baseline else None
            if other and other.exists():
                ok &= run([other, *args.names], baseline, {})
    for script, families in WHOLE_JOBS.items():
        if args.names and not any(n.startswith(f[: len(n)]) for n in args.names for f in families):
            continue
        command = [HERE / script, args.build, "--rounds", str(args.rounds), *args.names]
        if args.baseline:
            command += ["--baseline", args.baseline]
        ok &= run(command, now, baseline)
    return now, baseline, ok


# ---- Tables


def millions(rate):
    return f"{rate / 1e6:.1f}" if rate >= 1e7 else f"{rate / 1e6:.2f}"


def goal_cells(measured):
    if measured.goal is None:
        return ["-", "-"]
    return [f"{measured.goal:g}", f"{measured.cost / measured.goal:.2f}"]


def rate_row(name, measured):
    rates, counted = measured.rates, measured.instructions
    return [
        name,
        millions(statistics.median(rates)),
        f"({millions(min(rates))}–{millions(max(rates))})",
        f"{measured.cost:.1f}",
        f"{statistics.median(counted):.1f}" if counted else "-",
        *goal_cells(measured),
    ]


def value_row(name, measured):
    costs = measured.costs
    spread = f"({min(costs):.4g}–{max(costs):.4g})"
    return [name, f"{measured.cost:.4g}", spread, measured.unit, *goal_cells(measured)]


def ratio_row(name, measured, baseline):
    ratio = measured.ratio_to(baseline)
    cells = [f"{ratio[0]:.3f}", f"({ratio[1]:.3f}–{ratio[2]:.3f})"] if ratio else ["-", "-"]
    unit = measured.unit or "cycles/event"
    return [name, f"{baseline.cost:.4g}", f"{measured.cost:.4g}", unit, *cells]


def print_table(head, rows):
    rows = [["benchmark", *head], *rows]
    widths = [max(len(r[i]) for r in rows) for i in range(len(head) + 1)]
    for r in rows:
        cells = [r[0].ljust(widths[0])] + [c.rjust(w) for c, w in zip(r[1:], widths[1:])]
        print("  ".join(cells).rstrip())


def print_tables(now):
    rates = {name: m for name, m in now.items() if m.unit is None}
    values = {name: m for name, m in now.items() if m.unit is not None}
    if rates:
        head = ["M events/s", "(min–max)", "cycles/event", "instr./event", "goal", "of goal"]
        print_table(head, [rate_row(name, m) for name, m in rates.items()])
    if values:
        head = ["value", "(min–max)", "unit", "goal", "of goal"]
        print_table(head, [value_row(name, m) for name, m in values.items()])


def print_ratios(now, baseline):
    rows = [ratio_row(name, m, baseline[name]) for name, m in now.items() if name in baseline]
    print_table(["baseline", "now", "unit", "now/baseline", "(min–max)"], rows)
    for name in sorted(set(now) ^ set(baseline)):
        print(f"only in {'this build' if name in now else 'the baseline'}: {name}")


def cpu_model():
    for line in open("/proc/cpuinfo", encoding="utf-8"):
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return "unknown CPU"


def print_machine(now, load):
    # A program without threads: its rate times its cycles are the TSC's ticks a second.
    ticks = [r * c for m in now.values() if m.unit is None for r, c in zip(m.rates, m.costs)]
    hz = statistics.median(ticks or [0])
    tsc = f", TSC {hz / 1e9:.3f} GHz" if hz else ""
    print(f"{cpu_model()}, {os.cpu_count()} CPUs{tsc}")
    print(f"load average when it began: {load:.1f}", end="")
    print(": the machine was busy, read the best values" if load > 1 else "")


# ---- For machines


def json_object(name, measured, baseline):
    found = {"name": name}
    if measured.unit is None:
        counted = measured.instructions
        found["events_per_s"] = statistics.median(measured.rates)
        found["events_per_s_min"] = min(measured.rates)
        found["events_per_s_max"] = max(measured.rates)
        found["cycles_per_event"] = measured.cost
        found["instructions_per_event"] = statistics.median(counted) if counted else None
    else:
        found["value"], found["unit"] = measured.cost, measured.unit
        found["value_min"], found["value_max"] = min(measured.costs), max(measured.costs)
    found["goal"] = measured.goal
    ratio = measured.ratio_to(baseline) if baseline else None
    if ratio:
        found["baseline"] = baseline.cost
        found["ratio"], found["ratio_min"], found["ratio_max"] = ratio
    return found


# ---- Counting instructions


def count_program(program, names, now):
    """One brief run under callgrind, which counts what the program asks it to (bench.h)."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out"
        command = ["valgrind", "--tool=callgrind", "--dump-instr=no", f"--callgrind-out-file={out}"]
        done = subprocess.run(
            [*command, program, "--quick", *names], capture_output=True, text=True, check=False
        )
        totals = {}
        for dump in pathlib.Path(folder).glob("out.*"):
            text = dump.read_text(encoding="utf-8", errors="replace")
            label = re.search(r"desc: Trigger: Client Request: (\S+) (\d+)", text)
            total = re.search(r"^(?:totals|summary): (\d+)", text, re.MULTILINE)
            if label and total:
                totals[label[1]] = int(total[1]) / int(label[2])
        for name, count in totals.items():
            now[name] = count
    if done.returncode != 0:
        print(f"table.py: {program.name} under valgrind: {done.stderr[-300:]}", file=sys.stderr)
    return done.returncode == 0


def count_all(args):
    now, ok = {}, True
    for program in programs(args.build):
        ok &= count_program(program, args.names, now)
    if args.json:
        for name, count in now.items():
            print(json.dumps({"name": name, "instructions_per_event": count}))
    else:
        print_table(["instr./event"], [[name, f"{count:.1f}"] for name, count in now.items()])
    return 0 if ok and now else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--baseline", type=pathlib.Path)
    parser.add_argument("--count", action="store_true")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    args = parser.parse_intermixed_args()
    args.build = args.build.resolve()
    if args.count:
        return count_all(args)
    load = os.getloadavg()[0]
    now, baseline, ok = run_all(args)
    if not now:
        print(f"table.py: no benchmark begins with {' or '.join(args.names)}", file=sys.stderr)
        return 1
    if args.json:
        for name, measured in now.items():
            print(json.dumps(json_object(name, measured, baseline.get(name))))
    elif args.baseline:
        print_ratios(now, baseline)
        print_machine(now, load)
    else:
        print_tables(now)
        print_machine(now, load)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
