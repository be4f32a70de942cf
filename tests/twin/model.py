"""The twin: windows as their definition says, row by row, slow and obvious.

Times are milliseconds since 1970, a DECIMAL(…, 2) is its number of hundredths. The rules:

* W, the watermark, is the largest time so far − delay. It moves behind its row.
* A row belongs to each window [start, end) that holds its time. Those with end − 1 ≤ W, W being what
  the rows before it had reached, have fired and do not get it; when all have, the row is late.
* WHERE stands before the window: a row that it refuses moves W all the same, and is never late.
"""

from collections import Counter
from dataclasses import dataclass

from printed import interval


@dataclass(frozen=True)
class Windows:
    """TUMBLE, HOP or CUMULATE, whose step is called slide."""

    size: int
    slide: int
    offset: int = 0
    is_cumulate: bool = False

    def of(self, ts):
        """The windows (start, end) that hold ts."""
        if self.is_cumulate:
            start = (ts - self.offset) // self.size * self.size + self.offset
            first = start + ((ts - start) // self.slide + 1) * self.slide
            return [(start, end) for end in range(first, start + self.size + 1, self.slide)]
        last = (ts - self.offset) // self.slide * self.slide + self.offset
        starts = range(last, ts - self.size, -self.slide)
        return [(start, start + self.size) for start in starts]

    def slice_of(self, ts):
        return (ts - self.offset) // self.slide

    def sql(self, table, keys):
        name = "CUMULATE" if self.is_cumulate else "HOP" if self.slide != self.size else "TUMBLE"
        slide = f"{interval(self.slide)}, " if name != "TUMBLE" else ""
        offset = f", {interval(self.offset)}" if self.offset else ""
        return f"{name}(TABLE {table}, DESCRIPTOR(ts), {slide}{interval(self.size)}{offset})"

    def assign(self, rows):
        """Returns {(key, start, end): rows} of rows [(key, row, W before it)], and how many were late."""
        groups, n_late = {}, 0
        for key, row, watermark in rows:
            there = [
                (start, end)
                for start, end in self.of(row["ts"])
                if watermark is None or end - 1 > watermark
            ]
            for start, end in there:
                groups.setdefault((key, start, end), []).append(row)
            n_late += not there
        return groups, n_late


def watermarked(query, rows):
    """The rows that WHERE lets through as [(key, row, W before it)], and the drops."""
    taken, drops = [], Counter()
    watermark = None
    for row in rows:
        if row["ts"] is None:
            drops["null_time"] += 1
            continue
        if query.where is None or query.where.on(row) is True:
            taken.append((tuple(row[name] for name in query.keys), row, watermark))
        mark = row["ts"] - query.delay
        watermark = mark if watermark is None else max(watermark, mark)
    return taken, drops


def run(query, windows, rows):
    """Returns the results as [(key, start, end, values of the aggregates)] and the drops."""
    taken, drops = watermarked(query, rows)
    groups, drops["late"] = windows.assign(taken)
    results = []
    for (key, start, end), members in groups.items():
        if query.having is None or query.having.on(members) is True:
            values = [a.of(members, windows.slice_of) for a in query.aggregates]
            results.append((key, start, end, values))
    return results, +drops
