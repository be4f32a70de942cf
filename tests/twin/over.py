"""OVER windows: a random query, and what must come out of it by the definition.

The rules, as Flink's operators have them:

* W, the watermark, is the largest time so far − delay. It moves behind its row.
* A row comes out when W reaches its time, in the order of time and of arrival within its key.
* ROWS n PRECEDING: the n rows of the key before it and itself. RANGE: all rows of the key from its
  time − n to its time, those of its own time that came after it too.
* Frames that begin anywhere drop rows with a time ≤ W as late. Bounded ones drop a row only when one
  of its key, of its time or later, has come out: the time of what came out last is 0 at first. A row
  that is taken although W has passed it comes out when W moves on.
"""

import random
from collections import Counter
from dataclasses import dataclass, field

from conditions import Condition, condition
from generate import SECOND, Query, interval, make_rows, write_rows
from model import Aggregate, Windows
from printed import printed, printed_time

AGGREGATES = [
    Aggregate(function, column)
    for column, functions in {
        "*": ["COUNT"],
        "s": ["COUNT", "MIN", "MAX"],
        "v": ["COUNT", "SUM", "MIN", "MAX", "AVG"],
        "d": ["SUM", "MIN", "MAX"],
        "m": ["SUM", "MIN", "AVG"],
    }.items()
    for function in functions
]


@dataclass(frozen=True)
class Frame:
    is_rows: bool
    preceding: int  # rows or milliseconds; None = unbounded

    @property
    def sql(self):
        how = "ROWS" if self.is_rows else "RANGE"
        n = "UNBOUNDED" if self.preceding is None else self.preceding
        if not self.is_rows and self.preceding is not None:
            n = interval(self.preceding)
        return f"{how} BETWEEN {n} PRECEDING AND CURRENT ROW"

    def of(self, rows, i):
        """The part of rows, all of a key, that row i sees."""
        if self.is_rows:
            return rows[0 if self.preceding is None else max(0, i - self.preceding) : i + 1]
        ts = rows[i]["ts"]
        return [
            row
            for row in rows
            if row["ts"] <= ts and (self.preceding is None or row["ts"] >= ts - self.preceding)
        ]


@dataclass
class OverQuery(Query):
    frames: list = field(default_factory=list)
    calls: list = field(default_factory=list)  # (aggregate, index of the frame)
    where: Condition = None

    def sql(self):
        partition = f"PARTITION BY {', '.join(self.keys)} " if self.keys else ""
        items = [*self.keys, "ts", "v"]
        items += [f"{call.sql} OVER w{i}" for call, i in self.calls]
        lines = self.table() + ["SELECT " + ", ".join(items), "FROM t"]
        if self.where is not None:
            lines.append(f"WHERE {self.where.sql}")
        named = [
            f"w{i} AS ({partition}ORDER BY ts {frame.sql})" for i, frame in enumerate(self.frames)
        ]
        return "\n".join([*lines, "WINDOW " + ",\n  ".join(named)]) + ";\n"

    def expected(self):
        taken, drops = self.take()
        lines = Counter()
        for key, rows in taken.items():
            rows = sorted((row for row, _ in rows), key=lambda row: row["ts"])  # stable: arrival within a time
            for i, row in enumerate(rows):
                lines[self.line(key, rows, i, row)] += 1
        return lines, drops

    def line(self, key, rows, i, row):
        fields = [
            printed(value, "text" if name != "j" else "integer")
            for name, value in zip(self.keys, key)
        ]
        fields += [printed_time(row["ts"]), printed(row["v"], "integer")]
        fields += [printed(call.of(self.frames[f].of(rows, i)), call.kind) for call, f in self.calls]
        return f"+I[{', '.join(fields)}]"

    def take(self):
        """Returns {key: [(row, the watermark at which it comes out)]} and the drops."""
        is_bounded = all(frame.preceding is not None for frame in self.frames)
        taken, drops = {}, Counter()
        watermark = None
        for row in self.rows:
            if row["ts"] is None:
                drops["null_time"] += 1
                continue
            if self.where is None or self.where.on(row) is True:
                key = tuple(row[name] for name in self.keys)
                mine = taken.setdefault(key, [])
                is_behind = watermark is not None and row["ts"] <= watermark
                is_late = is_behind
                if is_bounded:
                    out = [
                        r["ts"] for r, at in mine if watermark is not None and at <= watermark
                    ]
                    is_late = row["ts"] <= max(out, default=0)
                if is_late:
                    drops["late"] += 1
                else:
                    mine.append((row, watermark + 1 if is_behind else row["ts"]))
            mark = row["ts"] - self.delay
            watermark = mark if watermark is None else max(watermark, mark)
        return taken, +drops


def query(seed):
    rng = random.Random(seed)
    is_bounded = rng.random() < 0.7
    size = rng.choice([1, 7, SECOND, 60 * SECOND])

    def frame():
        is_rows = rng.random() < 0.5
        if not is_bounded:
            return Frame(is_rows, None)
        return Frame(is_rows, rng.randint(0, 6) if is_rows else rng.randint(1, 5) * size)

    frames = [frame() for _ in range(rng.randint(1, 3))]
    q = OverQuery(
        windows=Windows(10 * size, 10 * size, 0),  # how far rows lie apart
        delay=rng.choice([0, 1, size, 5 * size]),
        keys=rng.choice([[], ["k"], ["k"], ["j"], ["k", "j"], ["s", "j"]]),
        aggregates=[],
        frames=frames,
        calls=[(rng.choice(AGGREGATES), rng.randrange(len(frames))) for _ in range(rng.randint(1, 6))],
        where=condition(rng) if rng.random() < 0.3 else None,
        format=rng.choice(["csv", "json"]),
        parallelism=rng.randint(1, 6),
    )
    make_rows(rng, q, n_max=1500)
    near_in_time(q, size)
    write_rows(rng, q)
    return q


def near_in_time(q, size):
    """What a key's state is forgotten for is no matter here: rows are less late than any frame is
    long, and times are not before 1970."""
    newest = None
    for row in q.rows:
        if row["ts"] is None:
            continue
        row["ts"] = abs(row["ts"]) + 1
        newest = row["ts"] if newest is None else max(newest, row["ts"])
        row["ts"] = max(row["ts"], newest - q.delay - size // 2)
