"""What a detector costs, as tests/bench/anomaly.c measures it."""

import statistics
import subprocess
from collections import defaultdict

CASES = ("one_key", "100k_keys")


def cycles(build):
    """{(detector, case): cycles per event}, medians; what the benchmark does not measure is not in it."""
    program = build / "tests/bench/bench_anomaly"
    if not program.exists():
        return {}
    done = subprocess.run([program], stdout=subprocess.PIPE, text=True, check=False)
    found = defaultdict(list)
    for line in done.stdout.splitlines():
        name, _, cost, *_ = line.split()
        _, detector, case = name.split("/")
        found[detector, case].append(float(cost))
    return {name: statistics.median(costs) for name, costs in found.items()}
