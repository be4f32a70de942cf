"""The ways to run a case: through, with checkpoints, stopped and restored."""

import os
import subprocess
import tempfile
from pathlib import Path

from case import check_result, last_account

TIMEOUT_S = 120  # generous: sanitizers on a busy machine
CHECKPOINTS = ("--state-dir", "state", "--set", "execution.checkpointing.interval=10 ms")
STOPPED = "tidewire: stopped for a test"  # what a job says that TIDEWIRE_STOP_AFTER has ended


def run_ways(tidewire, case):
    """Yield (name of the way, what is wrong as lines, none if nothing is)."""
    *through, last = case.parallelism
    between = through.pop() if len(through) > 1 else last
    account = None  # of the first run that was right: all ways have the same

    for n in (*through, last):
        problems, found = run_way(tidewire, case, account, [Run(n)])
        account = account or (found if not problems else None)
        yield f"parallelism {n}", problems
    if case.err is not None:
        return
    problems, _ = run_way(tidewire, case, account, [Run(between, CHECKPOINTS)])
    yield f"checkpoints at parallelism {between}", problems
    if case.stop_after == 0 or case.unstoppable is not None or case.exit != 0:
        return
    first = Run(between, CHECKPOINTS, stop_after=case.stop_after)
    problems, _ = run_way(tidewire, case, account, [first, Run(last, CHECKPOINTS)])
    yield f"stopped at parallelism {between}, restored at {last}", problems


class Run:
    """A process to start."""

    def __init__(self, parallelism, args=(), stop_after=None):
        self.args = ["--parallelism", str(parallelism), *args]
        self.stop_after = stop_after


def run_way(tidewire, case, account, runs):
    """Start one process after the other. Returns what is wrong, as lines, and the account of the
    last one."""
    done = []
    with tempfile.TemporaryDirectory(prefix="tidewire-golden-") as folder:
        link_inputs(case, Path(folder))
        try:
            for run in runs:
                done.append(start(tidewire, case, run, folder))
        except subprocess.TimeoutExpired as late:
            return [f"still running after {TIMEOUT_S} s", *stderr_tail(late.stderr or b"")], None
        except OSError as error:
            return [f"cannot run: {error}"], None
        problems = check_result(case, done, Path(folder), account)
    if runs[0].stop_after is not None and STOPPED.encode() not in done[0].stderr:
        problems.append("ended before it was stopped: -- stop: N, or -- unstoppable: why?")
    found = last_account(done[-1].stderr.decode(errors="replace").splitlines())
    for one in done if problems else []:
        problems += stderr_tail(one.stderr)
    return problems, found


def start(tidewire, case, run, folder):
    env = dict(os.environ)
    if run.stop_after is not None:
        env["TIDEWIRE_STOP_AFTER"] = str(run.stop_after)
    with open(case.stdin, "rb") as stdin:
        return subprocess.run(
            [tidewire, *run.args, *case.args, case.path.name],
            cwd=folder,
            env=env,
            stdin=stdin,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
        )


def link_inputs(case, folder):
    """A folder for each run, with the family's files in it: what a job writes stays out of the tree."""
    for path in case.path.parent.iterdir():
        if path.suffix not in (".out", ".err"):
            os.symlink(path, folder / path.name)


def stderr_tail(stderr, n_lines=20):
    lines = stderr.decode(errors="replace").splitlines()
    return [f"stderr: {line}" for line in lines[-n_lines:]]
