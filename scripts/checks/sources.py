"""What a source file looks like: its size, its comment on top, its formatting."""

import re
import shutil
import subprocess

from .tree import Violation

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 500
FILE_LINES_ADVISED = 250
# From this size on a module has a page that says what it owns and what it never does.
MODULE_LINES_README = 1000

UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME)\b")
TEXT_SUFFIXES = (".c", ".h", ".y", ".l", ".py", ".sh", ".md", ".build", ".sql")


def check_function_length(tree):
    for path in tree.c_files():
        for name, first, last in functions(tree.code(path)):
            n_lines = last - first + 1
            if n_lines > FUNCTION_LINES_MAX:
                message = f"{name}() has {n_lines} lines; at most {FUNCTION_LINES_MAX}"
                yield Violation(path, first, message)


def functions(code):
    """Yield (name, first line, last line) of each function of clang-formatted C."""
    first = None
    for number, line in enumerate(code, 1):
        if first is None and opens_function(code, number - 1):
            first = signature_start(code, number - 1)
        elif first is not None and line.startswith("}"):
            signature = " ".join(code[first : number - 1])
            name = re.search(r"(\w+)\s*\(", signature)
            yield (name.group(1) if name else "?"), first + 1, number
            first = None


def opens_function(code, at):
    line = code[at].rstrip()
    if re.match(r"\w.*\)\s*\{$", line):
        return True
    if line != "{" or at == 0:
        return False
    return re.search(r"\)(\s*__\w+)*$", code[at - 1].rstrip()) is not None


def signature_start(code, at):
    """The first line of the declaration that the brace at this line belongs to."""
    while at > 0 and code[at - 1].strip() and not re.search(r"^#|[;}]\s*$", code[at - 1]):
        at -= 1
    return at


def check_file_length(tree):
    for path in tree.c_files():
        n_lines = len(tree.lines(path))
        if n_lines > FILE_LINES_MAX:
            yield Violation(path, n_lines, f"{n_lines} lines; at most {FILE_LINES_MAX}")


def advise_file_length(tree):
    for path in tree.c_files("lib/", "app/"):
        n_lines = len(tree.lines(path))
        if FILE_LINES_ADVISED < n_lines <= FILE_LINES_MAX:
            yield Violation(path, n_lines, f"{n_lines} lines; {FILE_LINES_ADVISED} are advised")


def check_headers(tree):
    for path in tree.under(("lib/", "app/", "tests/"), ".h"):
        lines = tree.lines(path)
        if not lines or not lines[0].startswith(("//", "/*")):
            yield Violation(path, 1, "a header starts with a comment that says what it is for")
        if "#pragma once" not in lines:
            yield Violation(path, 1, "a header says #pragma once")


def check_unfinished(tree):
    scripts = [path for path in tree.files if path.startswith(("scripts/", ".ci/"))]
    for path in sorted(set(scripts + tree.under("", TEXT_SUFFIXES))):
        for number, line in enumerate(tree.lines(path), 1):
            match = UNFINISHED.search(line)
            if match:
                yield Violation(path, number, f"{match.group(0)}: finish it, or open an issue")


def check_module_pages(tree):
    for module in tree.modules():
        folder = f"lib/{module}/"
        n_lines = sum(len(tree.lines(path)) for path in tree.c_files(folder))
        if n_lines >= MODULE_LINES_README and not tree.exists(folder + "README.md"):
            message = f"module {module} has {n_lines} lines of C and no page of its own"
            yield Violation(folder + "README.md", 1, message)


def check_clang_format(tree):
    files = tree.c_files()
    if not files:
        return
    command = ["clang-format", "--dry-run", "--Werror", *files]
    result = subprocess.run(command, cwd=tree.root, capture_output=True, text=True, check=False)
    seen = set()
    for line in result.stderr.splitlines():
        match = re.match(r"([^:]+):(\d+):\d+: error: ", line)
        if match and match.group(1) not in seen:
            seen.add(match.group(1))
            message = f"not as clang-format has it: clang-format -i {match.group(1)}"
            yield Violation(match.group(1), int(match.group(2)), message)


def shell_scripts(tree):
    def is_shell(path):
        lines = tree.lines(path)
        return bool(lines) and re.match(r"#!.*\b(ba)?sh\b|# shellcheck shell=", lines[0])

    folders = ("scripts/", ".ci/", "tests/")
    return [path for path in tree.under(folders, "") if not path.endswith((".c", ".h")) and is_shell(path)]


def check_shell(tree):
    scripts = shell_scripts(tree)
    if not scripts:
        return
    command = ["shellcheck", "--format=gcc", "--external-sources", "--source-path=SCRIPTDIR"]
    result = subprocess.run(command + scripts, cwd=tree.root, capture_output=True, text=True, check=False)
    for line in result.stdout.splitlines():
        path, number, _, message = line.split(":", 3)
        yield Violation(path, int(number), message.strip())


def missing_tool(rule):
    """The program a rule needs and this machine lacks, or None."""
    tool = {check_clang_format: "clang-format", check_shell: "shellcheck"}.get(rule)
    return tool if tool and shutil.which(tool) is None else None


RULES = [
    check_function_length,
    check_file_length,
    check_headers,
    check_unfinished,
    check_module_pages,
    check_clang_format,
    check_shell,
]
