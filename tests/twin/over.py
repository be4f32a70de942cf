"""OVER windows: a random query, and what must come out of it by the definition.

The rules, as Flink's operators have them:

* W, the watermark, is the largest time so far − delay. It moves behind its row.
* A row comes out when W reaches its time, in the order of time and of arrival within its key.
* ROWS n PRECEDING: the n rows of the key before it and itself. RANGE: all rows of the key from its
  time − n to its time, those of its own time that came after it too.
* LAG takes the rows of RANGE UNBOUNDED PRECEDING: all of the row's own time, then n back from the last.
  ROW_NUMBER those of ROWS. Neither has a frame of its own, so they are frames that begin anywhere.
* Frames that begin anywhere drop rows with a time ≤ W as late. Bounded ones drop a row only when one
  of its key, of its time or later, has come out: the time of what came out last is 0 at first. A row
  that is taken although W has passed it comes out when W moves on.
"""

import random
from collections import Counter
from dataclasses import dataclass, field

from aggregates import aggregate
from conditions import Condition, condition
from generate import Query, make_rows, write_rows
from model import Windows
from printed import SECOND, interval, line, printed, printed_time

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


@dataclass(frozen=True)
class RowNumber:
    sql = "ROW_NUMBER()"
    kind = "integer"
    is_rows = True

    def of(self, rows):
        return len(rows)


@dataclass(frozen=True)
class Lag:
    column: str
    n: int
    default: int = None
    is_rows = False

    @property
    def sql(self):
        return f"LAG({self.column}, {self.n}{'' if self.default is None else f', {self.default}'})"

    @property
    def kind(self):
        return "integer" if self.column == "v" else "text"

    def of(self, rows):
        return rows[-1 - self.n][self.column] if len(rows) > self.n else self.default


@dataclass
class OverQuery(Query):
    frames: list = field(default_factory=list)
    calls: list = field(default_factory=list)  # (aggregate, index of the frame), None = has none
    where: Condition = None

    def sql(self):
        partition = f"PARTITION BY {', '.join(self.keys)} " if self.keys else ""
        items = [*self.keys, "ts", "v"]
        items += [
            f"{call.sql} OVER {f'w{i}' if i is not None else f'({partition}ORDER BY ts)'}"
            for call, i in self.calls
        ]
        lines = self.table() + ["SELECT " + ", ".join(items), "FROM t"]
        if self.where is not None:
            lines.append(f"WHERE {self.where.sql}")
        named = [f"w{i} AS ({partition}ORDER BY ts {f.sql})" for i, f in enumerate(self.frames)]
        return "\n".join([*lines, "WINDOW " + ",\n  ".join(named)]) + ";\n"

    def expected(self):
        taken, drops = self.take()
        lines = Counter()
        for key, rows in taken.items():
            rows = sorted((row for row, _ in rows), key=lambda row: row["ts"])  # stable: arrival within a time
            for i, row in enumerate(rows):
                lines[self.line(key, rows, i, row)] += 1
        return lines, drops

    def frame_of(self, call, i):
        return self.frames[i] if i is not None else Frame(call.is_rows, None)

    def line(self, key, rows, i, row):
        fields = [printed(value, "text") for value in key]
        fields += [printed_time(row["ts"]), printed(row["v"], "integer")]
        for call, f in self.calls:
            fields.append(printed(call.of(self.frame_of(call, f).of(rows, i)), call.kind))
        return line(*fields)

    def take(self):
        """Returns {key: [(row, the watermark at which it comes out)]} and the drops."""
        is_bounded = all(self.frame_of(*call).preceding is not None for call in self.calls)
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
        if not is_bounded and rng.random() < 0.7:
            return Frame(is_rows, None)
        return Frame(is_rows, rng.randint(0, 6) if is_rows else rng.randint(1, 5) * size)

    frames = [frame() for _ in range(rng.randint(1, 3))]

    def call():
        if not is_bounded and rng.random() < 0.3:
            lag = Lag(rng.choice("vs"), rng.randint(0, 4))
            lag = Lag("v", 2, 7) if rng.random() < 0.2 else lag
            return rng.choice([RowNumber(), lag, lag]), None
        i = rng.randrange(len(frames))
        return aggregate(rng, "none" if frames[i].preceding is None else "plain"), i

    q = OverQuery(
        windows=Windows(10 * size, 10 * size, 0),  # how far rows lie apart
        delay=rng.choice([0, 1, size, 5 * size]),
        keys=rng.choice([[], ["k"], ["k"], ["j"], ["k", "j"], ["s", "j"]]),
        aggregates=[],
        frames=frames,
        calls=[call() for _ in range(rng.randint(1, 6))],
        where=condition(rng) if rng.random() < 0.3 else None,
        format=rng.choice(["csv", "json"]),
        parallelism=rng.randint(1, 6),
    )
    is_listed = any(getattr(call, "function", None) == "LISTAGG" for call, _ in q.calls)
    make_rows(rng, q, n_max=150 if is_listed else 1500)  # the lists of a block's rows are to fit it
    near_in_time(q, size)
    write_rows(rng, q)
    return q


def near_in_time(q, size):
    """Frames by time forget a key about a frame's length behind its last row, with the rows that a row
    behind the watermark would still see: there such rows are at the watermark at most. And times are
    not before 1970."""
    slack = size // 2 if all(frame.is_rows for frame in q.frames) else 0
    newest = None
    for row in q.rows:
        if row["ts"] is None:
            continue
        row["ts"] = abs(row["ts"]) + 1
        newest = row["ts"] if newest is None else max(newest, row["ts"])
        row["ts"] = max(row["ts"], newest - q.delay - slack)
