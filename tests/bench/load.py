#!/usr/bin/env python3
"""Measure whole jobs behind a simulated NIC (load/wire.h): from the datagram that is due to the alert.

    load.py BUILD [--quick] [--rounds N] [--baseline BUILD] [NAME...]    what scripts/bench runs
    load.py BUILD --lossless SECONDS    is nothing lost at the goals' rates? One line for each job

path/net_    events a second over 1 M keys, when there is always another datagram; one lcore for the
             source and one for the rest. _one_lcore: all on one, the other CPU idle; _one_lcore_cost:
             times the cycles of two lcores that this costs.
latency/     from when a datagram was due to when its alert was sent, at a share of the rate that the
             same process could take a moment before; _checkpoints: while it takes one after the
             other; _closes: while windows over 1 M keys close in the same task, and what is missed.
             machine: what a loop sees that does nothing (load/pauses.c).
skew/        how many times as many events a second it takes when keys come equally often, compared to
             one key that has half of them.
overload/    events at 2 and 10 times what it can take: how much throughput that costs, and how long
             the queue takes to empty when the rate is 70 % again.

Who has which CPU: with one lcore the job has the last CPU to itself, and the main lcore and the
checkpoints' threads have the first. With two lcores the source is on the first CPU, beside those.
Every datagram must be in the account: due = in, and what the NIC missed = dropped.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import path

WARM_SECONDS, SECONDS = 3, 3
LATENCY_KEYS = 100_000
FOREIGN_MAX = 0.1  # of a CPU, the kernel's writing for a checkpoint too; more, and it was disturbed
TRIES = 3

ALERTS = """CREATE TABLE feed (tx_id BIGINT, ts TIMESTAMP(3), card CHAR(16), user_id CHAR(6),
  amount DECIMAL(10, 2), currency CHAR(3), merchant VARCHAR(8), items INT, status VARCHAR(8),
  WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
  WITH ('connector' = 'udp', 'local' = '10.0.0.2:9000', 'format' = 'csv');
CREATE TABLE alert (tx_id BIGINT)
  WITH ('connector' = 'udp', 'remote' = '239.1.1.1:9001', 'format' = 'raw');
INSERT INTO alert SELECT tx_id
FROM TABLE(ANOMALY(TABLE feed PARTITION BY card, DESCRIPTOR(ts), DESCRIPTOR(amount), 'detector' => 'ewma'))
WHERE amount > 900 OR score > 0.9999;
"""
CLOSES = """CREATE TABLE alert (tx_id BIGINT)
  WITH ('connector' = 'udp', 'local' = '10.0.0.2:9002', 'remote' = '239.1.1.1:9001', 'format' = 'raw');
INSERT INTO alert SELECT id FROM feed WHERE amount > 900;
INSERT INTO result SELECT {key}, window_end, SUM({value})
FROM TABLE(HOP(TABLE feed, DESCRIPTOR(ts), INTERVAL '1' SECOND, INTERVAL '5' SECOND))
GROUP BY {key}, window_start, window_end;
"""
CHECKPOINTS = """SET 'state.checkpoints.dir' = '{folder}/state';
SET 'execution.checkpointing.interval' = '100 ms';
"""


def cpus():
    return sorted(os.sched_getaffinity(0))


def lcores(n):
    """The main lcore shares the first CPU; one worker lcore has the last one."""
    first, last = cpus()[0], cpus()[-1]
    return f"0@{first},1@{last}" if n == 1 else f"0@{first},1@{first},2@{last}"


def windows_script(job):
    """The job of path.py that listens on a port."""
    form = job.format
    tables = path.TABLES.format(
        columns=form.columns,
        source=path.source_options(job, None),
        format=form.options.replace(", 'message.framing' = 'line'", ""),
        key_type=form.key_type,
        total_type=form.total_type,
    )
    return tables + job.query.format(key=form.key, value=form.value)


def cpu_seconds():
    """That all processes have used since the machine started."""
    fields = open("/proc/stat", encoding="ascii").readline().split()
    busy = sum(int(fields[i]) for i in (1, 2, 3, 6, 7))
    return busy / os.sysconf("SC_CLK_TCK")


def own_seconds():
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


class Load:
    """A build's programs, and a folder for scripts."""

    def __init__(self, build, folder, quick):
        self.n_tries = 1 if quick else TRIES  # until a run was not disturbed
        self.options = ["--no-huge"] if quick else []  # tests run beside each other
        self.program = build / "tests/bench/load"
        self.pauses = build / "tests/bench/pauses"
        self.folder = folder

    def run(self, script, feed, keys, n_lcores, wire, hot_percent=0, memory_mb=0):
        """The phases' objects, and the one of the whole run."""
        file = self.folder / "job.sql"
        file.write_text(script.replace("{folder}", str(self.folder)), encoding="utf-8")
        command = [self.program, "--feed", feed, "--keys", str(keys), "--wire", wire]
        command += ["--hot", str(hot_percent)] if hot_percent else []
        command += ["--memory", str(memory_mb)] if memory_mb else []
        command += ["--lcores", lcores(n_lcores), *self.options, file]
        said = self.undisturbed(command)
        *phases, total = [json.loads(line) for line in said.splitlines()]
        check_account(total)
        return phases, total

    def undisturbed(self, command):
        """What the command prints, in a run during which others did nothing, if there is one."""
        for _ in range(self.n_tries):
            shutil.rmtree(self.folder / "state", ignore_errors=True)
            all_before, own_before, began = cpu_seconds(), own_seconds(), time.monotonic()
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise RuntimeError(done.stderr.strip()[-400:])
            used = cpu_seconds() - all_before - (own_seconds() - own_before)
            foreign = used / (time.monotonic() - began)
            if foreign <= FOREIGN_MAX:
                break
            print(f"load.py: others used {foreign:.0%} of a CPU meanwhile", file=sys.stderr)
        return done.stdout


def check_account(total):
    """A missed datagram is one drop, as nobody knows how many events it had."""
    account = {k: int(v) for k, v in re.findall(r"(\w+)=(\d+)", total["account"])}
    n_known = total["due"] - total["missed"] + account.get("imissed", 0)
    if account["in"] != n_known or account["dropped"] != account["in"] - account["out"]:
        raise RuntimeError(f"{total['due']} events were due, the account says {account}")


def show_value(name, value, unit, goal=None):
    print(f"{name} {value:.4g} {unit} {goal if goal else '-'}", flush=True)


# ---- path/

GOALS = {"raw_20_tumble": 25e6, "csv_tumble": 10e6, "json_hop": 6e6}
SINGLE_COST_MAX = 1 / 0.6  # one lcore does at least 60 % of what two do
WINDOWS = [
    ("raw_20_tumble", "raw", path.RAW, path.HOURLY),
    ("csv_tumble", "csv", path.CSV, path.HOURLY),
    ("json_hop", "json", path.JSON, path.SLIDING),
]


def window_job(form, query):
    return windows_script(path.Job("", "net", form, query, 1, 1, None))


def measure_path(load, names, quick, mark):
    warm, seconds = (0.2, 0.2) if quick else (WARM_SECONDS, SECONDS)
    for name, feed, form, query in WINDOWS:
        if not selected(f"path/net_{name}", names):
            continue
        rates = []
        for n_lcores, suffix in ((2, ""), (1, "_one_lcore")):
            wire = f"0:{warm},0:{seconds}"
            phases, _ = load.run(window_job(form, query), feed, path.KEYS, n_lcores, wire)
            rates.append(phases[1]["per_s"])
            goal = GOALS[name] if n_lcores == 2 else GOALS[name] * 0.6
            path.show(f"path/net_{name}{suffix}{mark}", rates[-1], goal)
        show_value(
            f"path/net_{name}_one_lcore_cost{mark}", rates[0] / rates[1], "times", SINGLE_COST_MAX
        )


# ---- skew/

HOT_PERCENT = 50
SKEW_COST_MAX = 2


def measure_skew(load, names, quick, mark):
    warm, seconds = (0.2, 0.2) if quick else (WARM_SECONDS, SECONDS)
    for name, feed, form, query in WINDOWS:
        if not selected(f"skew/net_{name}", names):
            continue
        rates = []
        for hot in (0, HOT_PERCENT):
            wire = f"0:{warm},0:{seconds}"
            phases, _ = load.run(window_job(form, query), feed, path.KEYS, 2, wire, hot)
            rates.append(phases[1]["per_s"])
        show_value(f"skew/net_{name}{mark}", rates[0] / rates[1], "times", SKEW_COST_MAX)


# ---- latency/

SHARES = (50, 70, 90)
CLOSES_SECONDS = 10  # a window closes every 10 M events
QUANTILES = ("p50", "p99", "p99.9", "p99.99", "max")
LATENCY_GOALS = {(70, "p99"): 50, (70, "p99.99"): 1000}  # microseconds


def show_latency(name, found, goals, mark):
    for quantile in QUANTILES:
        show_value(f"{name}_{quantile}{mark}", found[f"{quantile}_us"], "us", goals.get(quantile))


def measure_machine(load, names, quick, mark):
    if not selected("latency/machine", names) or mark:
        return
    for name, others in (("one_cpu", []), ("all_cpus", [str(c) for c in cpus()[:-1]])):
        command = [load.pauses, "0.2" if quick else "8", str(cpus()[-1]), *others]
        found = json.loads(load.undisturbed(command))
        show_latency(f"latency/machine_{name}", found, {}, "")


def measure_latency(load, names, quick, mark):
    seconds = 0.2 if quick else SECONDS
    schedule = f"0:{seconds},0:{seconds}," + ",".join(f"{s}%:{seconds}" for s in SHARES)
    for n_lcores, lcores_name in ((1, "one_lcore"), (2, "two_lcores")):
        for settings, suffix in (("", ""), (CHECKPOINTS, "_checkpoints")):
            name = f"latency/{lcores_name}{suffix}"
            if not selected(name, names):
                continue
            phases, _ = load.run(settings + ALERTS, "csv", LATENCY_KEYS, n_lcores, schedule)
            path.show(f"{name}_capacity{mark}", phases[1]["per_s"], None)
            for share, phase in zip(SHARES, phases[2:]):
                goals = {q: g for (s, q), g in LATENCY_GOALS.items() if s == share}
                show_latency(f"{name}_at_{share}", phase, goals, mark)


def measure_closes(load, names, quick, mark):
    seconds = 0.2 if quick else CLOSES_SECONDS
    job = path.Job("", "net", path.JSON, CLOSES, 1, 1, None)
    script = "SET 'state.max-memory' = '1400 mb';\n" + windows_script(job)
    script = script.replace("ts - INTERVAL '1' HOUR", "ts - INTERVAL '0.05' SECOND")
    for n_lcores, lcores_name in ((1, "one_lcore"), (2, "two_lcores")):
        name = f"latency/{lcores_name}_closes"
        if not selected(name, names):
            continue
        schedule = f"0:{seconds},70%:{seconds}"
        phases, _ = load.run(script, "json", path.KEYS, n_lcores, schedule, memory_mb=2048)
        path.show(f"{name}_capacity{mark}", phases[0]["per_s"], None)
        show_latency(f"{name}_at_70", phases[1], {}, mark)
        missed = 100 * phases[1]["missed"] / phases[1]["due"]
        show_value(f"{name}_at_70_missed{mark}", missed, "%_of_due")


# ---- overload/

OVERLOADS = (2, 10)  # times what it can take
LOSS_MAX_PERCENT = 10
RECOVERY_MAX_MS = 1000


def measure_overload(load, names, quick, mark):
    seconds = 0.2 if quick else SECONDS
    schedule = f"0:{seconds},0:{seconds}" + "".join(
        f",{times * 100}%:{seconds},70%:{seconds}" for times in OVERLOADS
    )
    for n_lcores, lcores_name in ((1, "one_lcore"), (2, "two_lcores")):
        if not selected(f"overload/{lcores_name}", names):
            continue
        phases, _ = load.run(ALERTS, "csv", LATENCY_KEYS, n_lcores, schedule)
        peak = phases[1]["per_s"]
        for times, over, after in zip(OVERLOADS, phases[2::2], phases[3::2]):
            name = f"overload/{lcores_name}_x{times}"
            loss = max(0, 100 * (1 - over["per_s"] / peak))
            show_value(f"{name}_loss{mark}", loss, "%_of_peak", LOSS_MAX_PERCENT)
            show_value(f"{name}_recovery{mark}", after["calm_ms"], "ms", RECOVERY_MAX_MS)
            show_value(f"{name}_p99_after{mark}", after["p99_us"], "us")


# ---- lossless


def lossless(load, seconds, names):
    """Each job at its goal, then at less and less of what it can take, until nothing is lost."""
    load.n_tries = 1
    for name, feed, form, query in WINDOWS:
        for n_lcores in (2, 1):
            if selected(name, names):
                job = window_job(form, query)
                hold_rates(load, (job, feed, path.KEYS, n_lcores), name, seconds)


def hold_rates(load, run, name, seconds):
    n_lcores = run[-1]
    capacity = load.run(*run, "0:3,0:3")[0][1]["per_s"]
    for part in (1, 0.75, 0.5):
        share = part * min(GOALS[name] / capacity, 0.8)
        wire = f"{share * capacity / 2:.0f}:3,{share * capacity:.0f}:{seconds}"
        phases, total = load.run(*run, wire)
        print(
            f"{name}, lcores: {n_lcores}: {share * capacity / 1e6:.2f} M/s ({share:.0%} of "
            f"{capacity / 1e6:.2f}) for {seconds:g} s: {total['account']}; missed in it: "
            f"{phases[1]['missed']}; longest pause between polls {total['pause_max_us']:.0f} us, "
            f"most in the queue {phases[1]['queue_max']}",
            flush=True,
        )
        if phases[1]["missed"] == 0:
            break


MEASURES = (
    measure_path,
    measure_skew,
    measure_latency,
    measure_closes,
    measure_overload,
    measure_machine,
)


def selected(name, names):
    return not names or any(name.startswith(n) or n.startswith(name) for n in names)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--baseline", type=pathlib.Path, help="another build")
    parser.add_argument("--lossless", type=float, metavar="SECONDS")
    args = parser.parse_intermixed_args()
    folder = pathlib.Path(tempfile.mkdtemp())
    loads = [(Load(args.build.resolve(), folder, args.quick), "")]
    if args.baseline and (args.baseline / "tests/bench/load").is_file():
        loads.append((Load(args.baseline.resolve(), folder, args.quick), "@baseline"))
    failed = False
    try:
        if args.lossless:
            lossless(loads[0][0], args.lossless, args.names)
            return 0
        for _ in range(args.rounds):
            for measure in MEASURES:
                for load, mark in loads:
                    try:
                        measure(load, args.names, args.quick, mark)
                    except RuntimeError as error:
                        print(f"load.py: {error}", file=sys.stderr)
                        failed = True
    finally:
        shutil.rmtree(folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
