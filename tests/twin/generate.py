"""Random events and a random query over them, from a seed; the query as SQL, the events as lines."""

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import model
from aggregates import IN_ORDER, Aggregate, aggregates, order_of, wrap
from conditions import Condition, condition
from model import Windows
from printed import DAY, EPOCH, HOUR, SECOND, interval, line, printed, printed_time

UPDATES_MAX = 100_000  # events × windows of each
LISTED_MAX = 1000  # the same with LISTAGG, whose results are to fit a block
COLUMNS = "ts {ts}, k STRING, j INT, v BIGINT, d DOUBLE, m DECIMAL(10, 2), s STRING"
@dataclass
class Query:
    windows: Windows
    delay: int
    keys: list
    aggregates: list
    where: Condition = None
    having: Condition = None  # on the rows of a group
    above: str = None  # None, "cascade" or "again": what aggregates over the results
    above_size: int = 0  # of cascade
    format: str = "csv"
    is_ltz: bool = False
    parallelism: int = 1
    rows: list = field(default_factory=list)
    lines: list = field(default_factory=list)
    n_garbage: int = 0

    def table(self):
        ts = "TIMESTAMP_LTZ(3)" if self.is_ltz else "TIMESTAMP(3)"
        null = ", 'csv.null-literal' = 'NULL'" if self.format == "csv" else ""
        return [
            f"CREATE TABLE t ({COLUMNS.format(ts=ts)},",
            f"  WATERMARK FOR ts AS ts - {interval(self.delay)})",
            "WITH ('connector' = 'filesystem', 'path' = 'events.in',",
            f"  'format' = '{self.format}'{null});",
        ]

    def sql(self):
        """The script; it reads events.in."""
        inner = [*self.keys, "window_start", "window_end", *(a.sql for a in self.aggregates)]
        names = [*self.keys, "window_start", "window_end"]
        named = [f"{a.sql} AS a{i}" for i, a in enumerate(self.aggregates)]
        lines = self.table()
        if self.above is None:
            return "\n".join(lines + ["SELECT " + ", ".join(inner), *self.from_where(names)]) + ";\n"
        names.append("window_time")
        view = "SELECT " + ", ".join([*names, *named])
        lines += ["CREATE VIEW results AS", view, *self.from_where(names), ";"]
        source = "results"
        if self.above == "cascade":
            size = interval(self.above_size)
            lines.append("CREATE VIEW times AS SELECT window_time AS rowtime, a0 FROM results;")
            source = f"TABLE(TUMBLE(TABLE times, DESCRIPTOR(rowtime), {size}))"
        lines += [
            "SELECT window_start, window_end, COUNT(*), COUNT(a0), MAX(a0)",
            f"FROM {source} GROUP BY window_start, window_end;",
        ]
        return "\n".join(lines) + "\n"

    def from_where(self, names):
        lines = [f"FROM TABLE({self.windows.sql('t', self.keys)})"]
        if self.where is not None:
            lines.append(f"WHERE {self.where.sql}")
        lines.append("GROUP BY " + ", ".join(names))
        if self.having is not None:
            lines.append(f"HAVING {self.having.sql}")
        return lines

    def expected(self):
        """The lines that must come out, counted, and the drops."""
        results, drops = model.run(self, self.windows, self.rows)
        if self.above is None:
            return Counter(result_line(self, *result) for result in results), drops
        return Counter(above_lines(self, results)), drops


def result_line(query, key, start, end, values):
    fields = [printed(value, "text") for value in key]
    fields += [printed_time(start), printed_time(end)]
    return line(*fields, *(printed(value, a.kind) for a, value in zip(query.aggregates, values)))


def above_lines(query, results):
    """Aggregates over the results: again over their own windows, or over windows of window_time."""
    groups = {}
    for _, start, end, values in results:
        if query.above == "cascade":
            start = (end - 1) // query.above_size * query.above_size
            end = start + query.above_size
        groups.setdefault((start, end), []).append(values[0])
    for (start, end), values in groups.items():
        there = [value for value in values if value is not None]
        most = max(there, key=order_of) if there else None
        counts = [str(len(values)), str(len(there))]
        most = printed(most, query.aggregates[0].kind)
        yield line(printed_time(start), printed_time(end), *counts, most)


def having(rng):
    n = rng.randint(0, 4)
    total = Aggregate("SUM", "v")

    def sum_above(rows):
        value = total.of(rows)
        return None if value is None else value > n

    return rng.choice(
        [
            Condition(f"COUNT(*) > {n}", lambda rows: len(rows) > n),
            Condition(f"SUM(v) > {n}", sum_above),
            Condition("MAX(s) IS NOT NULL", lambda rows: any(r["s"] is not None for r in rows)),
        ]
    )


def windows(rng):
    slide = rng.choice([1, 7, 500, SECOND, 10 * SECOND, 60 * SECOND, HOUR, DAY, rng.randint(1, HOUR)])
    size = slide * (1 if rng.random() < 0.4 else rng.randint(2, 12))
    offset = rng.randint(1 - slide, slide - 1) if rng.random() < 0.3 else 0
    return Windows(size, slide, offset, is_cumulate=size != slide and rng.random() < 0.4)


def in_order(w):
    """Which of the aggregates that tell the order of rows have one in these windows."""
    if getattr(w, "is_cumulate", True):
        return "none"
    return "all" if w.size == w.slide else "plain"


def random_query(rng, w, of=Query, **more):
    """A query over windows w, and its events."""
    fields = {
        "delay": rng.choice([0, 0, 1, w.slide, rng.randint(0, 2 * w.size)]),
        "keys": rng.choice([[], ["k"], ["k"], ["j"], ["k", "j"], ["s", "j"]]),
        "aggregates": aggregates(rng, 8, in_order(w)),
        "where": condition(rng) if rng.random() < 0.4 else None,
        "having": having(rng) if rng.random() < 0.3 else None,
        "format": rng.choice(["csv", "json"]),
        "is_ltz": rng.random() < 0.2,
        "parallelism": rng.randint(1, 6),
    }
    q = of(windows=w, **{**fields, **more})
    is_listed = any(a.function == "LISTAGG" for a in q.aggregates)
    make_rows(rng, q, n_max=LISTED_MAX if is_listed else UPDATES_MAX)
    write_rows(rng, q)
    return q


def query(seed):
    """All of a case. The same seed gives the same case."""
    rng = random.Random(seed)
    w = windows(rng)
    above = rng.choice([None, None, "cascade", "again"])
    return random_query(rng, w, above=above, above_size=w.slide * rng.randint(1, 5))


def make_rows(rng, q, n_max=UPDATES_MAX):
    # Mostly few events, so that many cases are tried; one in fifty has none.
    n = int(10 ** rng.uniform(0, 5 if rng.random() < 0.1 else 4)) if rng.random() > 0.02 else 0
    n = min(n, n_max * q.windows.slide // q.windows.size)
    n_keys = rng.choice([1, 3, 100, n + 1])
    step = rng.choice([0, 1, q.windows.slide / 50, q.windows.slide, 3 * q.windows.size])
    disorder = rng.choice([0, 1, q.delay, 2 * q.delay + q.windows.size, 10 * q.windows.size])
    if q.windows.size != q.windows.slide and any(a.function in IN_ORDER for a in q.aggregates):
        # Where in a list a row stands whose slice some windows are done with is not defined.
        q.delay = max(q.delay, 1)
        disorder = min(disorder, q.delay - 1)
    null_rate = rng.choice([0, 0, 0.05, 0.5])
    is_huge = rng.random() < 0.1
    now = rng.choice([0, -5 * DAY, 1577836800000, -2208988800000, 4102444799000])

    def maybe(value):
        return None if rng.random() < null_rate else value

    for _ in range(n):
        now += int(rng.expovariate(1) * step)
        rank = int(n_keys * rng.random() ** 3)  # skewed: few keys have most rows
        v = wrap(rng.getrandbits(64)) if is_huge else rng.randint(-60, 60)
        q.rows.append(
            {
                "ts": None if rng.random() < null_rate / 10 else now - int(disorder * rng.random() ** 4),
                "k": maybe(f"key {rank}" if rank % 2 else f"a key that no string view holds {rank}"),
                "j": maybe(rank % 5 - 2),
                "v": maybe(v),
                "d": maybe(rng.randint(-4000, 4000) / 4),  # sums are exact in any order
                "m": maybe(rng.randint(-99999, 99999)),
                "s": maybe(rng.choice(["", "a", "ab", "b", "c,\"d\"", "é", "a longer text, behind its view"])),
            }
        )
        if rng.random() < 0.02:  # a duplicate
            q.rows.append(q.rows[-1])


def time_text(ms, is_ltz):
    time = EPOCH + timedelta(milliseconds=ms)
    return f"{time:%Y-%m-%d %H:%M:%S}.{ms % 1000:03}" + ("Z" if is_ltz else "")


def hundredths(n):
    return None if n is None else f"{'-' if n < 0 else ''}{abs(n) // 100}.{abs(n) % 100:02}"


def write_rows(rng, q):
    garbage_rate = rng.choice([0, 0, 0.01])
    for row in q.rows:
        values = dict(row)
        values["ts"] = None if row["ts"] is None else time_text(row["ts"], q.is_ltz)
        values["m"] = hundredths(row["m"])
        if q.format == "json":
            q.lines.append(json.dumps(values, ensure_ascii=rng.random() < 0.5))
        else:
            q.lines.append(",".join(csv_field(value) for value in values.values()))
        if rng.random() < garbage_rate:
            q.lines.append(rng.choice(["garbage", "{\"v\":", ",,,", "\"open"]))
            q.n_garbage += 1


def csv_field(value):
    if value is None:
        return "NULL"
    text = str(value)
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text
