"""The scores that NAB's rules give, by the scorer, and the table of them."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cost

PROFILES = ("standard", "reward_low_FP_rate", "reward_low_FN_rate")


class Failed(Exception):
    pass


def missing(scorer, data):
    """What keeps us from scoring, or None."""
    labels = Path(data, "labels/combined_windows.json")
    for path in (scorer, labels):
        if not path.is_file():
            return f"there is no {path}"
    return None


def run(scorer, data, results, threshold=None):
    """{profile: what the scorer says}. No threshold: each profile's best."""
    command = [sys.executable, scorer, "score", "--nab", data, "--results", results, "--json"]
    if threshold is not None:
        command += ["--threshold", str(threshold)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"{scorer} failed ({done.returncode}): {done.stderr.strip()}")
    return json.loads(done.stdout)


def three(scores):
    return "".join(f"{scores[profile]['score']:9.2f}" for profile in PROFILES)


def row(detector, runs, costs):
    best = runs[0]["standard"]
    cells = "".join(f"  {three(scores)}" for scores in runs)
    found = f"{best['windows_found']}/{best['windows']}"
    costs = "".join(" " + ("-" if ticks is None else f"{ticks:.0f}").rjust(9) for ticks in costs)
    return f"{detector:<10}{cells}  {best['threshold']:>10.6f} {found:>8} {costs}"


def print_table(scorer, options, detectors, thresholds, cycles):
    columns = [None, *thresholds]
    titles = ["best threshold", *(f"threshold {t:g}" for t in thresholds)]
    head = "".join(f"  {'standard':>9}{'low FP':>9}{'low FN':>9}" for _ in columns)

    print(f"{'':<10}" + "".join(f"  {title:>27}" for title in titles))
    print(f"{'detector':<10}{head}  {'threshold':>10} {'windows':>8}  {'1 key':>9} {'100k keys':>9}")
    with ThreadPoolExecutor(2) as pool:
        for detector in detectors:
            runs = list(pool.map(
                lambda t, results=options.out / detector: run(scorer, options.data, results, t), columns))
            costs = [cycles.get((detector, case)) for case in cost.CASES]
            print(row(detector, runs, costs), flush=True)
    print("threshold, windows: of the standard profile at its best. 1 key, 100k keys: cycles for an event, in ticks of\n"
          "the TSC, one core, states of so many keys in turn, as scripts/bench anomaly measures it.")
