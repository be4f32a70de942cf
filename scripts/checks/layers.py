"""Who may use whom: lib/meson.build lists the modules, lowest layer first."""

import re

from .tree import Violation

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
# A family of operators stands alone; these two build on aggregates.
FAMILY_USES = {("window", "aggregate"), ("over", "aggregate")}

MBUF = re.compile(r"\brte_mbuf\b|\brte_pktmbuf_\w+")
ETHDEV = re.compile(r"\brte_eth_\w+(?=\s*\()")
CLOCK = re.compile(
    r"\b(clock_gettime|gettimeofday|rte_rdtsc\w*|rte_get_tsc_cycles|rte_get_timer_cycles)(?=\s*\()"
)
# The modules that hand the time to others; app/ may read it as well.
CLOCK_READERS = ("lib/dataplane/", "lib/snapshot/", "lib/runtime/", "lib/control/")


def includes(tree, path):
    """Yield (line number, is_quoted, name)."""
    for number, line in enumerate(tree.code(path), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1) == '"', match.group(2)


def check_modules(tree):
    found = {path.split("/")[1] for path in tree.c_files("lib/")}
    for module in found - set(tree.modules()):
        yield Violation("lib/meson.build", 1, f"lib/{module} is not in the list of modules")


def check_includes(tree):
    modules = tree.modules()
    for path in tree.c_files("lib/"):
        user = path.split("/")[1]
        if user not in modules:
            continue
        for number, is_quoted, name in includes(tree, path):
            if is_quoted:
                problem = include_problem(modules, user, name)
                if problem:
                    yield Violation(path, number, problem)


def include_problem(modules, user, name):
    used, slash, _ = name.partition("/")
    if not slash:
        return f'write the module with the header: "{user}/{name}"'
    if used not in modules:
        return f'"{name}": no module {used} in lib/meson.build'
    if modules.index(used) > modules.index(user):
        return f"{user} uses {used}, which is a layer above it"
    return None


def check_unit_tests(tree):
    """A unit test sees its module and the layers below, so that it needs no help from above."""
    modules = tree.modules()
    for path in tree.c_files("tests/unit/"):
        user = path.split("/")[2]
        for number, is_quoted, name in includes(tree, path):
            used = name.split("/")[0]
            if not is_quoted or user not in modules or used not in modules:
                continue
            if modules.index(used) > modules.index(user):
                yield Violation(path, number, f"a test of {user} uses {used}, a layer above it")


def check_families(tree):
    for path in tree.c_files("lib/operator/"):
        parts = path.split("/")
        if len(parts) < 4:
            continue
        family = parts[2]
        for number, _, name in includes(tree, path):
            match = re.match(r"operator/(\w+)/", name)
            if match is None or match.group(1) == family:
                continue
            if (family, match.group(1)) not in FAMILY_USES:
                yield Violation(path, number, f"family {family} uses family {match.group(1)}")


def check_lmdb(tree):
    for path in tree.c_files("lib/", "app/"):
        if path.startswith("lib/snapshot/"):
            continue
        for number, _, name in includes(tree, path):
            if name == "lmdb.h":
                yield Violation(path, number, "only lib/snapshot includes lmdb.h")


def check_outside_world(tree):
    """The NIC and the clock belong to few modules; to all others they are handed in."""
    yield from find(tree, tree.c_files("lib/format/"), MBUF, "a format never sees an mbuf")
    others = [path for path in tree.c_files("lib/") if not path.startswith("lib/dataplane/")]
    yield from find(tree, others, ETHDEV, "only lib/dataplane and app/ touch a port")
    others = [path for path in tree.c_files("lib/") if not path.startswith(CLOCK_READERS)]
    yield from find(tree, others, CLOCK, "the time is handed in, not read here")


def find(tree, paths, pattern, message):
    for path in paths:
        for number, line in enumerate(tree.code(path), 1):
            match = pattern.search(line)
            if match:
                yield Violation(path, number, f"{match.group(0)}: {message}")


RULES = [
    check_modules,
    check_includes,
    check_unit_tests,
    check_families,
    check_lmdb,
    check_outside_world,
]
