#!/usr/bin/env python3
"""Run the benchmarks of a build and print one table of what they measured.

    table.py BUILD [NAME...]     NAME: only benchmarks whose names begin like this

Every benchmark program prints lines of NAME EVENTS_PER_S CYCLES_PER_EVENT GOAL_CYCLES|-, or of NAME
VALUE UNIT GOAL|- (the less, the better), a line for each measurement. The programs take turns, several
times over.
"""

import os
import pathlib
import statistics
import subprocess
import sys

RUNS = 3
HERE = pathlib.Path(__file__).resolve().parent


def programs(build):
    return sorted(p for p in (build / "tests/bench").glob("bench_*") if p.is_file())


def measure(command, results, values):
    """Run one program and add its lines to results: name -> (events/s, cycles, goal), or to values:
    name -> (value, unit, goal)."""
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    for line in done.stdout.splitlines():
        name, first, second, goal = line.split()
        goal = None if goal == "-" else float(goal)
        if second[0].isdigit():
            results.setdefault(name, []).append((float(first), float(second), goal))
        else:
            values.setdefault(name, []).append((float(first), second, goal))
    if done.returncode != 0:
        print(f"table.py: {command[0]} failed ({done.returncode})", file=sys.stderr)
    return done.returncode == 0


def millions(rate):
    return f"{rate / 1e6:.1f}" if rate >= 1e7 else f"{rate / 1e6:.2f}"


def row(name, measured):
    rates = [m[0] for m in measured]
    cycles = statistics.median(m[1] for m in measured)
    goal = measured[0][2]
    spread = f"({millions(min(rates))}–{millions(max(rates))})"
    return [
        name,
        millions(statistics.median(rates)),
        spread,
        f"{cycles:.1f}",
        "-" if goal is None else f"{goal:.0f}",
        "-" if goal is None else f"{cycles / goal:.2f}",
    ]


def value_row(name, measured):
    values = [m[0] for m in measured]
    value = statistics.median(values)
    unit, goal = measured[0][1:]
    return [
        name,
        f"{value:.4g}",
        f"({min(values):.4g}–{max(values):.4g})",
        unit,
        "-" if goal is None else f"{goal:g}",
        "-" if goal is None else f"{value / goal:.2f}",
    ]


def print_table(head, rows):
    rows = [["benchmark", *head, "goal", "of goal"], *rows]
    widths = [max(len(r[i]) for r in rows) for i in range(len(head))]
    for r in rows:
        cells = [r[0].ljust(widths[0])] + [c.rjust(w) for c, w in zip(r[1:], widths[1:])]
        print("  ".join(cells).rstrip())


def cpu_model():
    for line in open("/proc/cpuinfo", encoding="utf-8"):
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return "unknown CPU"


def print_machine(results, load):
    # A program without threads: its rate times its cycles are the TSC's ticks a second.
    hz = statistics.median(
        [m[0] * m[1] for measured in results.values() for m in measured] or [0]
    )
    tsc = f", TSC {hz / 1e9:.3f} GHz" if hz else ""
    print(f"{cpu_model()}, {os.cpu_count()} CPUs{tsc}")
    print(f"load average when it began: {load:.1f}", end="")
    print(": the machine was busy, read the best values" if load > 1 else "")


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    build, names = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
    load = os.getloadavg()[0]
    results, values, ok = {}, {}, True
    for _ in range(RUNS):
        for program in programs(build):
            ok &= measure([program, *names], results, values)
    if not names or any(n.startswith("path"[: len(n)]) for n in names):
        path = [HERE / "path.py", build, "--rounds", str(RUNS), *names]
        ok &= measure(path, results, values)
    if not results and not values:
        print(f"table.py: no benchmark begins with {' or '.join(names)}", file=sys.stderr)
        return 1
    if results:
        rows = [row(name, measured) for name, measured in results.items()]
        print_table(["M events/s", "(min–max)", "cycles/event"], rows)
    if values:
        rows = [value_row(name, measured) for name, measured in values.items()]
        print_table(["value", "(min–max)", "unit"], rows)
    print_machine(results, load)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
