"""Pages that name files: each link, path and command in a *.md must still exist."""

import os
import re

from .tree import Violation

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE_SPAN = re.compile(r"`([^`]+)`")
FENCE = re.compile(r"^\s*(```|~~~)")
PATH = re.compile(r"(?:\./)?[\w.-]+(?:/[\w.-]+)+/?")


def check_links(tree):
    for path in tree.under("", ".md"):
        for number, line in prose(tree, path):
            for target in LINK.findall(CODE_SPAN.sub("", line)):
                problem = link_problem(tree, path, target)
                if problem:
                    yield Violation(path, number, problem)


def link_problem(tree, page, target):
    if re.match(r"[a-z]+:", target):
        return None
    name, _, anchor = target.partition("#")
    full = os.path.normpath(os.path.join(os.path.dirname(page), name)) if name else page
    if not tree.exists(full):
        return f"link to {target}, which does not exist"
    if anchor and full.endswith(".md") and anchor not in anchors(tree, full):
        return f"link to {target}: no such heading"
    return None


def anchors(tree, page):
    """The headings of a page as GitHub and others name them in links."""
    headings = [line.lstrip("#") for _, line in prose(tree, page) if re.match(r"#+ ", line)]
    return {re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-") for text in headings}


def prose(tree, path):
    """Yield (number, line) of what is outside fenced code."""
    is_fenced = False
    for number, line in enumerate(tree.lines(path), 1):
        if FENCE.match(line):
            is_fenced = not is_fenced
        elif not is_fenced:
            yield number, line


def fenced(tree, path):
    outside = {number for number, _ in prose(tree, path)}
    for number, line in enumerate(tree.lines(path), 1):
        if number not in outside and not FENCE.match(line):
            yield number, line


def check_paths(tree):
    """`lib/row/block.h` in running text, and `row/block.h` as an include names it."""
    for path in tree.under("", ".md"):
        for number, line in prose(tree, path):
            for span in CODE_SPAN.findall(line):
                if not names_existing(tree, path, span):
                    yield Violation(path, number, f"`{span}` does not exist")


def names_existing(tree, page, span):
    """False only when span can be nothing but a path of this repository that is not there."""
    if not PATH.fullmatch(span):
        return True
    name = span.removeprefix("./").rstrip("/")
    top = name.split("/")[0]
    near = os.path.join(os.path.dirname(page), name)
    if tree.exists(name) or tree.exists(near) or tree.exists("lib/" + name):
        return True
    if top in tree.modules():
        return not name.endswith((".c", ".h"))
    return top not in {path.split("/")[0] for path in tree.files if "/" in path}


def check_commands(tree):
    """A command in fenced code: scripts must be there and executable, programs in app/."""
    for path in tree.under("", ".md"):
        for number, line in fenced(tree, path):
            words = line.strip().removeprefix("$ ").split()
            problem = command_problem(tree, words[0]) if words else None
            if problem:
                yield Violation(path, number, problem)


def command_problem(tree, command):
    script = re.fullmatch(r"(?:\./)?((?:scripts|tests|\.ci)/[\w./-]+)", command)
    if script:
        full = tree.root / script.group(1)
        if not full.exists():
            return f"{command} does not exist"
        return None if os.access(full, os.X_OK) else f"{command} is not executable"
    program = re.fullmatch(r"(?:\./)?build[\w-]*/app/([\w-]+)/[\w-]+", command)
    if program and not tree.exists(f"app/{program.group(1)}"):
        return f"{command}: there is no app/{program.group(1)}"
    return None


RULES = [check_links, check_paths, check_commands]
