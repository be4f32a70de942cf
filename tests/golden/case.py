"""One golden case: its script, its directives, what it expects, and whether a run met it."""

import difflib
import os
import re
import shlex
from collections import Counter

# The comment lines on top of a script that speak to the harness: -- name: value, or -- ordered.
DIRECTIVE = re.compile(r"--\s*(?:([a-z]+):\s*(.*?)|(ordered))\s*$")
DIRECTIVES = ("account", "args", "exit", "output", "parallelism", "stdin", "stop", "unstoppable")

# A file that a script reads, if the family has it.
INPUT = re.compile(r"'path'\s*=\s*'([^']+\.in)'")

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
        self.stop_after = int(directives.get("stop", default_stop(path)))
        self.unstoppable = directives.get("unstoppable")
        if self.unstoppable == "":
            raise BadCase("unstoppable: why?")
        self.stdin = path.with_name(directives["stdin"]) if "stdin" in directives else os.devnull


def read_lines(path):
    return path.read_text(encoding="utf-8").splitlines()


def default_stop(path):
    """Half of the lines of the shortest file that the script reads; 0 if it reads none."""
    names = set(INPUT.findall(path.read_text(encoding="utf-8")))
    files = [path.with_name(name) for name in names if path.with_name(name).is_file()]
    counts = [n for n in (file.read_bytes().count(b"\n") for file in files) if n > 0]
    return max(1, min(counts) // 2) if counts else 0


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


def check_result(case, runs, folder, account):
    """What is wrong with runs that are done (one, or one and what went on from its checkpoint), as
    lines. folder is where they ran; account is what other ways to run the case had, or None."""
    problems = []
    stdout = [line for done in runs for line in done.stdout.decode(errors="replace").splitlines()]
    stderrs = [done.stderr.decode(errors="replace").splitlines() for done in runs]

    for done in runs:
        if done.returncode != case.exit:
            problems.append(f"exit status {done.returncode} instead of {case.exit}")
    if case.err is not None:
        return problems + check_error(case.err, stderrs[0]) + check_rows([], stdout, True)
    if case.output is not None:
        problems += check_rows([], stdout, True)
        written = folder / case.output
        if not written.is_file():
            return problems + [f"did not write {case.output}"]
        stdout = read_lines(written)
    problems += check_rows(case.out, stdout, case.ordered)
    return problems + check_accounts(case.account, account, stderrs)


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


def check_accounts(expected, other, stderrs):
    """Each event is out or dropped for a reason that has a name; none is lost in silence."""
    if expected == NO_ACCOUNT:
        return [f"+{lines[-1]}" for lines in stderrs if last_account(lines) is not None]
    accounts = [last_account(lines) for lines in stderrs]
    if None in accounts:
        return ["the last line of stderr is not the account of events"]
    problems = [problem for account in accounts for problem in check_account(account)]
    found = sum_accounts(accounts)
    if expected is not None:
        other = last_account([f"events: {expected}"])
    if other is not None and found != other:
        problems += [f"-{show_account(other)}", f"+{show_account(found)}"]
    return problems


def check_account(account):
    counts, named = account
    if counts["in"] != counts["out"] + counts["dropped"]:
        return [f"the account does not add up: {show_account(account)}"]
    if counts["dropped"] != named.total():
        return [f"the drops do not add up: {show_account(account)}"]
    return []


def last_account(stderr):
    """The account (in, out and dropped; the drops by name) as two counters, or None."""
    match = ACCOUNT.fullmatch(stderr[-1]) if stderr else None
    if match is None:
        return None
    named = re.findall(r"(?:^|, )([\w. -]+)=(\d+)", match.group(4) or "")
    counts = zip(("in", "out", "dropped"), match.groups()[:3])
    return Counter({k: int(n) for k, n in counts}), Counter({k: int(n) for k, n in named})


def sum_accounts(accounts):
    return sum((a[0] for a in accounts), Counter()), sum((a[1] for a in accounts), Counter())


def show_account(account):
    counts, named = account
    text = " ".join(f"{k}={counts[k]}" for k in ("in", "out", "dropped"))
    drops = ", ".join(f"{name}={n}" for name, n in sorted(named.items()))
    return f"events: {text}" + (f" ({drops})" if drops else "")
