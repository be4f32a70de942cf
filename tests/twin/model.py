"""The twin: windows and aggregates as their definition says, row by row, slow and obvious.

Times are milliseconds since 1970, a DECIMAL(…, 2) is its number of hundredths. The rules:

* W, the watermark, is the largest time so far − delay. It moves behind its row.
* A row belongs to each window [start, end) that holds its time. Those with end − 1 ≤ W, W being what
  the rows before it had reached, have fired and do not get it; when all have, the row is late.
* WHERE stands before the window: a row that it refuses moves W all the same, and is never late.
"""

from collections import Counter
from dataclasses import dataclass

INT64 = 1 << 64


def wrap(n):
    """BIGINT overflows as in Java."""
    return (n + INT64 // 2) % INT64 - INT64 // 2


def divide_down(a, b):
    """Towards zero."""
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def divide_half_up(a, b):
    """To the nearest, halves away from zero; b > 0."""
    return (2 * abs(a) + b) // (2 * b) * (-1 if a < 0 else 1)


def text_bytes(text):
    return text.encode()


@dataclass(frozen=True)
class Aggregate:
    function: str
    column: str  # "*", or one of v (BIGINT), d (DOUBLE), m (DECIMAL(10, 2)), s (STRING)

    @property
    def sql(self):
        return f"{self.function}({self.column})"

    @property
    def kind(self):
        """How the result prints."""
        if self.function == "COUNT" or self.column == "v":
            return "integer"
        if self.column == "m":
            return "decimal6" if self.function == "AVG" else "decimal2"
        return {"d": "double", "s": "text"}[self.column]

    def of(self, rows):
        if self.column == "*":
            return len(rows)
        values = [row[self.column] for row in rows if row[self.column] is not None]
        if self.function == "COUNT":
            return len(values)
        if not values:
            return None
        if self.function in ("MIN", "MAX"):
            pick = min if self.function == "MIN" else max
            return pick(values, key=text_bytes) if self.column == "s" else pick(values)
        total = wrap(sum(values)) if self.column == "v" else sum(values)
        if self.function == "SUM":
            return total
        if self.column == "v":
            return divide_down(total, len(values))
        if self.column == "m":
            return divide_half_up(total * 10000, len(values))
        return total / len(values)


@dataclass(frozen=True)
class Windows:
    size: int
    slide: int
    offset: int

    def of(self, ts):
        """The starts of the windows that hold ts, the last one first."""
        start = (ts - self.offset) // self.slide * self.slide + self.offset
        while start + self.size > ts:
            yield start
            start -= self.slide


def assign(query, rows):
    """Returns {(key, start): rows} and how many rows were dropped by which name."""
    groups, drops = {}, Counter()
    watermark = None
    for row in rows:
        if row["ts"] is None:
            drops["null_time"] += 1
            continue
        if query.where is None or query.where.on(row) is True:
            key = tuple(row[name] for name in query.keys)
            open_starts = [
                start
                for start in query.windows.of(row["ts"])
                if watermark is None or start + query.windows.size - 1 > watermark
            ]
            for start in open_starts:
                groups.setdefault((key, start), []).append(row)
            drops["late"] += not open_starts
        mark = row["ts"] - query.delay
        watermark = mark if watermark is None else max(watermark, mark)
    return groups, drops


def run(query, rows):
    """Returns the results as [(key, start, end, values of the aggregates)] and the drops."""
    groups, drops = assign(query, rows)
    results = []
    for (key, start), members in groups.items():
        if query.having is None or query.having.on(members) is True:
            values = [aggregate.of(members) for aggregate in query.aggregates]
            results.append((key, start, start + query.windows.size, values))
    return results, +drops
