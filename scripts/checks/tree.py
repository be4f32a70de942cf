"""The files under check and how to read C without being fooled by comments and strings."""

import os
import re
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

SKIPPED_DIRS = {".git", ".cache", "__pycache__"}


@dataclass(frozen=True, order=True)
class Violation:
    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"


class Tree:
    """A repository: its files by path relative to the root, generated and ignored ones left out."""

    def __init__(self, root):
        self.root = Path(root)
        self.files = sorted(self._git_files() or self._walked_files())

    def _git_files(self):
        command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        if not (self.root / ".git").exists():
            return []
        try:
            out = subprocess.run(command, cwd=self.root, capture_output=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError):
            return []  # no git, or a repository of somebody else's
        paths = [os.fsdecode(path) for path in out.split(b"\0") if path]
        return [path for path in paths if (self.root / path).is_file()]

    def _walked_files(self):
        found = []
        for folder, dirs, names in os.walk(self.root):
            dirs[:] = [d for d in dirs if d not in SKIPPED_DIRS and not d.startswith("build")]
            found += [os.path.relpath(os.path.join(folder, name), self.root) for name in names]
        return found

    def under(self, prefixes, suffixes):
        return [path for path in self.files if path.startswith(prefixes) and path.endswith(suffixes)]

    def c_files(self, *prefixes):
        return self.under(prefixes or ("lib/", "app/", "tests/"), (".c", ".cc", ".h"))

    @lru_cache(maxsize=None)
    def lines(self, path):
        return (self.root / path).read_text(encoding="utf-8", errors="replace").splitlines()

    @lru_cache(maxsize=None)
    def code(self, path):
        """The lines of a C file with comments and the insides of literals blanked out."""
        return blank_out("\n".join(self.lines(path))).split("\n")

    def exists(self, path):
        return (self.root / path).exists()

    def modules(self):
        """The modules in the order of lib/meson.build: lowest layer first."""
        text = "\n".join(self.lines("lib/meson.build"))
        listed = re.search(r"^modules = \[(.*?)^\]", text, re.DOTALL | re.MULTILINE)
        return re.findall(r"'(\w+)'", re.sub(r"#.*", "", listed.group(1))) if listed else []


# The name in an include looks like a string, but is code.
INCLUDE = r'(?P<include>^[ \t]*#[ \t]*include[ \t]*"[^"\n]*")'
COMMENT = r"//[^\n]*|/\*.*?\*/"
LITERAL = r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
NOT_CODE = re.compile("|".join((INCLUDE, COMMENT, LITERAL)), re.DOTALL | re.MULTILINE)


def blank_out(text):
    def blank(match):
        return match.group("include") or re.sub(r"[^\n]", " ", match.group(0))

    return NOT_CODE.sub(blank, text)
