"""One golden case: its script, its directives, what it expects, and whether a run met it."""

import difflib
import os
import re
import shlex
from collections import Counter

# The comment lines on top of a script that speak to the harness: -- name: value, or -- ordered.
DIRECTIVE = re.compile(r"--\s*(?:([a-z]+):\s*(.*?)|(ordered))\s*$")
DIRECTIVES = ("account", "args", "exit", "output", "parallelism", "stdin")

# The last line of stderr, as docs and scripts know it.
ACCOUNT = re.compile(r"events: in=(\d+) out=(\d+) dropped=(\d+)(?: \((.*)\))?")

NO_ACCOUNT = "none"  # -- account: none
EXIT_WRONG_USAGE = 2
SHOWN_LINES_MAX = 30


class BadCase(Exception):
    """The case itself is wrong."""


class Case:
    """A case as its files say it."""

    def __init__(self, path):
        self.path = path
        directives = read_directives(path)
        out, err = path.with_suffix(".out"), path.with_suffix(".err")
        if out.exists() == err.exists():
            raise BadCase("needs one of .out and .err")

        self.out = read_lines(out) if out.exists() else None
        self.err = read_lines(err) if err.exists() else None
        if self.err == []:
            raise BadCase("expects no error: .err is empty")
        self.ordered = "ordered" in directives
        self.account = directives.get("account")
        self.args = shlex.split(directives.get("args", ""))
        self.exit = int(directives.get("exit", EXIT_WRONG_USAGE if self.out is None else 0))
        self.output = directives.get("output")
        self.parallelism = [int(n) for n in directives.get("parallelism", "1 2 3").split()]
        self.stdin = path.with_name(directives["stdin"]) if "stdin" in directives else os.devnull


def read_lines(path):
    return path.read_text(encoding="utf-8").splitlines()


def read_directives(path):
    found = {}
    for line in read_lines(path):
        if not line.startswith("--"):
            break
        match = DIRECTIVE.fullmatch(line)
        if match is None:
            continue
        name = match.group(1) or match.group(3)
        if name not in (*DIRECTIVES, "ordered"):
            raise BadCase(f"no directive {name}: there are {', '.join(DIRECTIVES)}, ordered")
        found[name] = match.group(2)
    return found


def check_result(case, done, folder):
    """What is wrong with a run that is done, as lines. folder is where it ran."""
    problems = []
    stdout = done.stdout.decode(errors="replace").splitlines()
    stderr = done.stderr.decode(errors="replace").splitlines()

    if done.returncode != case.exit:
        problems.append(f"exit status {done.returncode} instead of {case.exit}")
    if case.err is not None:
        return problems + check_error(case.err, stderr) + check_rows([], stdout, True)
    if case.output is not None:
        problems += check_rows([], stdout, True)
        written = folder / case.output
        if not written.is_file():
            return problems + [f"did not write {case.output}"]
        stdout = read_lines(written)
    problems += check_rows(case.out, stdout, case.ordered)
    return problems + check_account(case.account, stderr)


def check_error(expected, stderr):
    """The error is where stderr first says error:, with as many lines as are expected."""
    at = next((n for n, line in enumerate(stderr) if "error: " in line), 0)
    return check_rows(expected, stderr[at : at + len(expected)], True)


def check_rows(expected, found, is_ordered):
    if found == expected:
        return []
    if is_ordered:
        diff = list(difflib.unified_diff(expected, found, "expected", "found", "", "", 2, ""))
    else:
        missing, extra = Counter(expected) - Counter(found), Counter(found) - Counter(expected)
        diff = [f"-{row}" for row in sorted(missing.elements())]
        diff += [f"+{row}" for row in sorted(extra.elements())]
    if len(diff) > SHOWN_LINES_MAX:
        diff[SHOWN_LINES_MAX:] = [f"… {len(diff) - SHOWN_LINES_MAX} more"]
    return diff


def check_account(expected, stderr):
    """Each event is out or dropped for a reason that has a name; none is lost in silence."""
    line = stderr[-1] if stderr else ""
    match = ACCOUNT.fullmatch(line)
    if expected == NO_ACCOUNT:
        return [f"+{line}"] if match else []
    if match is None:
        return ["the last line of stderr is not the account of events"]
    if expected is not None and line != f"events: {expected}":
        return [f"-events: {expected}", f"+{line}"]

    n_in, n_out, n_dropped = (int(n) for n in match.groups()[:3])
    named = re.findall(r"(?:^|, )[\w.]+=(\d+)", match.group(4) or "")
    if n_in != n_out + n_dropped:
        return [f"the account does not add up: {line}"]
    if n_dropped != sum(int(n) for n in named):
        return [f"the drops do not add up: {line}"]
    return []
