"""The same feed through a tidewire that nobody kills: what ought to have come out."""

import re
import subprocess

UDP_TABLE = re.compile(r"'connector' = 'udp',\s*'local' = '[^']*',\s*'format' = 'json'")


DOUBLE = re.compile(r"-?\d+\.\d{8,}")


def rounded(line):
    """A row without the last digits of DOUBLEs: after a restart the slices of a window are added in
    another order."""
    return DOUBLE.sub(lambda match: f"{float(match[0]):.12g}", line)


def with_journal(script):
    """The job with a journal for what it receives."""
    return UDP_TABLE.sub(lambda match: match[0] + ",\n\t'journal' = 'true'", script)


def run(demo):
    """The rows that come out, as a set of rounded lines."""
    feed, script = demo.folder / "feed.json", demo.folder / "reference.sql"
    table = f"'connector' = 'filesystem',\n\t'path' = '{feed}',\n\t'format' = 'json'"
    script.write_text(UDP_TABLE.sub(table, demo.script()), encoding="utf-8")
    o = demo.options
    # As fast as it goes, with the event time of the paced feed.
    command = [*demo.feed(), "--event-rate", repr(o.rate / o.speedup), "--to", feed, "--quiet"]
    subprocess.run([str(word) for word in command], check=True)
    done = subprocess.run([demo.program("tidewire"), "--quiet", script], check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    feed.unlink()
    return set(map(rounded, done.stdout.splitlines()))
