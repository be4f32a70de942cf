"""What all crash cases share: the programs, how a process is started, and how it dies."""

import random
import subprocess
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

TIMEOUT_S = 120
SHOWN_ROWS_MAX = 10
TERM_TO_KILL_MAX_S = 0.03  # in this time the last checkpoint is written
SAVEPOINT_TO_KILL_MAX_S = 0.15  # half of them are done by then
INTERVALS_MS = [10, 20, 50, 100]
EAL_ARGS = ["--no-huge", "--no-shconf", "--no-pci", "-m", "512"]


class Failure(Exception):
    pass


@dataclass(frozen=True)
class Programs:
    tidewire: str
    ctl: str | None = None  # tidewirectl
    table: str | None = None  # prints an lmdb table


@dataclass
class Counts:
    """What a case did."""

    kills: int = 0
    restored: int = 0
    savepoints: int = 0

    def add(self, other):
        self.kills += other.kills
        self.restored += other.restored
        self.savepoints += other.savepoints


def command(tidewire, job, parallelism, lcores, extra):
    options = ["--parallelism", str(parallelism), *extra, job]
    if lcores is None:
        return [tidewire, *options]
    return [tidewire, *EAL_ARGS, "--lcores", lcores, "--", *options]


def checkpoint_options(rng):
    """Checkpoints in ./state: how often, how many are kept."""
    settings = {
        "execution.checkpointing.interval": f"{rng.choice(INTERVALS_MS)} ms",
        "state.checkpoints.num-retained": rng.choice([2, 2, 3]),
    }
    options = []
    for key, value in settings.items():
        options += ["--set", f"{key}={value}"]
    return options


def differences(want, found):
    lines = [f"missing {row.decode()}" for row in sorted((want - found).elements())]
    lines += [f"extra   {row.decode()}" for row in sorted((found - want).elements())]
    n = len(lines)
    if n > SHOWN_ROWS_MAX:
        half = SHOWN_ROWS_MAX // 2
        lines[half:-half] = [f"… {n - 2 * half} more"]
    return lines


def rows_of(path):
    return Counter(path.read_bytes().splitlines())


def check_rows(want, found):
    if found != want:
        raise Failure("\n  ".join(["other rows than without a crash:", *differences(want, found)]))


class Savepoint:
    """Asked for while the job may die. What tidewirectl calls done must be whole."""

    def __init__(self, programs, state, path):
        self.programs, self.path = programs, path
        self.process = subprocess.Popen(
            [programs.ctl, "savepoint", state, path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def check(self):
        """Returns whether there is one."""
        if self.process.wait(TIMEOUT_S) != 0:
            return False
        done = subprocess.run(
            [self.programs.ctl, "checkpoint", "verify", self.path], capture_output=True, check=False
        )
        if done.returncode != 0:
            raise Failure(f"a savepoint that was done is not whole: {done.stderr.decode(errors='replace')}")
        return True


def end(process, how, rng: random.Random, programs=None, state: Path | None = None):
    """Kill -9 the process: "now", "term": soon after SIGTERM, "savepoint": while it makes one. Returns
    the path of a savepoint that is whole, or None."""
    savepoint = None
    if how == "term":
        process.terminate()
        time.sleep(rng.random() * TERM_TO_KILL_MAX_S)
    elif how == "savepoint":
        savepoint = Savepoint(programs, state, state.parent / f"savepoint{time.monotonic_ns()}")
        time.sleep(rng.random() * SAVEPOINT_TO_KILL_MAX_S)
    process.kill()
    process.wait()
    return savepoint.path if savepoint is not None and savepoint.check() else None


def way_to_end(rng, programs):
    return rng.choice(["now", "now", "now", "term", "savepoint" if programs.ctl else "now"])
