"""Feeds each rule a small tree that breaks it, and one that does not."""

import tempfile
import unittest
from pathlib import Path

from . import docs, layers, sources
from .tree import Tree, blank_out

HEADER = "// What it is for.\n#pragma once\n"
MODULES = "modules = [\n  'base',\n  'row', # rows\n  'format',\n  'dataplane',\n  'operator',\n]\n"


class RuleTest(unittest.TestCase):
    def found(self, rule, files):
        """The violations of rule in a tree of these files, as 'path:line'."""
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {"lib/meson.build": MODULES, **files}.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return [f"{v.path}:{v.line}" for v in rule(Tree(folder))]

    def catches(self, rule, path, text, line=1):
        self.assertEqual(self.found(rule, {path: text}), [f"{path}:{line}"])

    def allows(self, rule, path, text):
        self.assertEqual(self.found(rule, {path: text}), [])


class Layers(RuleTest):
    def test_a_layer_uses_none_above_it(self):
        self.catches(layers.check_includes, "lib/base/a.c", '\n#include "row/b.h"\n', line=2)
        self.allows(layers.check_includes, "lib/row/a.c", '#include "base/b.h"\n#include "row/a.h"\n')

    def test_an_include_names_a_module_that_exists(self):
        self.catches(layers.check_includes, "lib/row/a.c", '#include "a.h"\n')
        self.catches(layers.check_includes, "lib/row/a.c", '#include "app/a.h"\n')

    def test_a_module_has_its_place_in_the_order(self):
        stray = {"lib/stray/a.c": "int a;\n"}
        self.assertEqual(self.found(layers.check_modules, stray), ["lib/meson.build:1"])
        self.allows(layers.check_modules, "lib/row/a.c", "int a;\n")

    def test_a_comment_includes_nothing(self):
        self.allows(layers.check_includes, "lib/base/a.c", '// #include "row/b.h"\n')

    def test_a_unit_test_gets_no_help_from_above(self):
        self.catches(layers.check_unit_tests, "tests/unit/base/a.c", '#include "row/b.h"\n')
        self.allows(layers.check_unit_tests, "tests/unit/row/a.c", '#include "base/b.h"\n')

    def test_families_stand_alone(self):
        rule = layers.check_families
        self.catches(rule, "lib/operator/join/a.c", '#include "operator/window/b.h"\n')
        self.catches(rule, "lib/operator/aggregate/a.c", '#include "operator/window/b.h"\n')
        self.allows(rule, "lib/operator/window/a.c", '#include "operator/aggregate/b.h"\n')
        self.allows(rule, "lib/operator/join/a.c", '#include "operator/op.h"\n')

    def test_lmdb_is_for_snapshot(self):
        self.catches(layers.check_lmdb, "lib/row/a.c", "#include <lmdb.h>\n")
        self.allows(layers.check_lmdb, "lib/snapshot/a.c", "#include <lmdb.h>\n")

    def test_the_outside_world_is_handed_in(self):
        rule = layers.check_outside_world
        self.catches(rule, "lib/format/a.c", "void f(struct rte_mbuf *m);\n")
        self.catches(rule, "lib/operator/a.c", "int n = rte_eth_dev_count_avail();\n")
        self.catches(rule, "lib/row/a.c", "uint64_t now = rte_rdtsc();\n")
        self.allows(rule, "lib/dataplane/a.c", "rte_eth_rx_burst(p, q, m, rte_rdtsc());\n")
        self.allows(rule, "lib/row/a.c", "// rte_rdtsc() would be wrong here\n")


class Sources(RuleTest):
    def test_a_function_has_70_lines_at_most(self):
        def function(n_lines):
            return "int x;\n\nint\nf(int a,\n\tint b)\n{\n" + "\ta++;\n" * (n_lines - 5) + "}\n"

        self.catches(sources.check_function_length, "lib/row/a.c", function(71), line=3)
        self.allows(sources.check_function_length, "lib/row/a.c", function(70))

    def test_a_brace_behind_the_signature_opens_a_function_too(self):
        text = "static void f(void) {\n" + "\ta++;\n" * 70 + "}\n"
        self.catches(sources.check_function_length, "lib/row/a.c", text)

    def test_a_table_is_not_a_function(self):
        text = "static const int t[] = {\n" + "\t1,\n" * 100 + "};\n"
        self.allows(sources.check_function_length, "lib/row/a.c", text)

    def test_a_file_has_500_lines_at_most(self):
        self.catches(sources.check_file_length, "app/a/a.c", "int a;\n" * 501, line=501)
        self.allows(sources.check_file_length, "app/a/a.c", "int a;\n" * 500)
        advice = self.found(sources.advise_file_length, {"lib/row/a.c": "int a;\n" * 251})
        self.assertEqual(advice, ["lib/row/a.c:251"])

    def test_a_header_says_what_it_is_for(self):
        self.catches(sources.check_headers, "lib/row/a.h", "#pragma once\nint a;\n")
        self.catches(sources.check_headers, "lib/row/a.h", "// A header.\nint a;\n")
        self.allows(sources.check_headers, "lib/row/a.h", HEADER)

    def test_nothing_is_left_unfinished(self):
        for word in ("TO" "DO", "FIX" "ME"):
            self.catches(sources.check_unfinished, "lib/row/a.c", f"\n// {word}: later\n", line=2)
            self.catches(sources.check_unfinished, "scripts/a", f"# {word}\n")
        self.allows(sources.check_unfinished, "lib/row/a.c", "int todos;\n")

    def test_a_module_of_weight_has_a_page(self):
        big = {"lib/row/a.c": "int a;\n" * 1000}
        self.assertEqual(self.found(sources.check_module_pages, big), ["lib/row/README.md:1"])
        page = {"lib/row/README.md": "# row\n"}
        self.assertEqual(self.found(sources.check_module_pages, {**big, **page}), [])

    @unittest.skipIf(sources.missing_tool(sources.check_clang_format), "no clang-format")
    def test_clang_format_decides(self):
        style = {".clang-format": "BasedOnStyle: LLVM\n"}
        found = self.found(sources.check_clang_format, {**style, "lib/row/a.c": "int  a;\nint  b;\n"})
        self.assertEqual(found, ["lib/row/a.c:1"])
        self.assertEqual(self.found(sources.check_clang_format, {**style, "lib/row/a.c": "int a;\n"}), [])

    @unittest.skipIf(sources.missing_tool(sources.check_shell), "no shellcheck")
    def test_shellcheck_reads_all_scripts(self):
        self.catches(sources.check_shell, "scripts/a", "#!/bin/bash\nrm $1\n", line=2)
        self.allows(sources.check_shell, "scripts/a", '#!/bin/bash\nrm "$1"\n')
        self.allows(sources.check_shell, "scripts/a", "#!/usr/bin/env python3\nrm $1\n")


class Docs(RuleTest):
    def test_a_link_leads_somewhere(self):
        self.catches(docs.check_links, "README.md", "[a](docs/gone.md)\n")
        self.catches(docs.check_links, "README.md", "# One\n[a](#two)\n", line=2)
        self.allows(docs.check_links, "README.md", "# One two\n[a](#one-two) [b](https://dpdk.org)\n")

    def test_a_link_is_seen_from_its_page(self):
        self.allows(docs.check_links, "docs/a.md", "[a](../lib/meson.build)\n")
        self.catches(docs.check_links, "docs/a.md", "[a](lib/meson.build)\n")

    def test_a_path_in_text_exists(self):
        self.catches(docs.check_paths, "README.md", "See `lib/row/gone.h`.\n")
        self.catches(docs.check_paths, "README.md", "See `row/gone.h`.\n")
        self.allows(docs.check_paths, "README.md", "See `lib/meson.build`, `and/or`, `lib/<m>/a.c`.\n")

    def test_a_command_exists(self):
        self.catches(docs.check_commands, "README.md", "```\n./scripts/gone\n```\n", line=2)
        self.catches(docs.check_commands, "README.md", "```\nbuild/app/gone/gone a.sql\n```\n", line=2)
        self.allows(docs.check_commands, "README.md", "```\nmeson setup build\n```\n")


class Code(unittest.TestCase):
    def test_comments_and_strings_are_blank(self):
        self.assertEqual(blank_out('a("//"); // b\n/* c\n*/ d'), "a(    );     \n    \n   d")

    def test_an_include_is_code(self):
        self.assertEqual(blank_out('#include "a/b.h" // why'), '#include "a/b.h"       ')


def run():
    """Run all of the above. Returns the exit status."""
    loader = unittest.TestLoader()
    suite = unittest.TestSuite(map(loader.loadTestsFromTestCase, (Layers, Sources, Docs, Code)))
    result = unittest.TextTestRunner(verbosity=0).run(suite)
    n_failed, n_skipped = len(result.failures) + len(result.errors), len(result.skipped)
    for test, reason in result.skipped:
        print(f"skipped: {test.id()}: {reason}")
    skipped = f", {n_skipped} skipped" if n_skipped else ""
    print(f"{result.testsRun - n_failed - n_skipped} passed, {n_failed} failed{skipped}")
    return 1 if n_failed else 0
