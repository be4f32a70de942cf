"""Window Top-N and deduplication: ROW_NUMBER() OVER (PARTITION BY window … ORDER BY …) <= n.

* NULLs are smaller than all else. Of equal rows the one that came first has the lower rank, except that
  one row by time, descending, is the last of its time (keep-last).
* Over rows, each row is in each of its windows by itself: where one has fired, it is late there. The account
  has the late rows of TUMBLE, where a row is one event.
* Over aggregates the order is made total by the keys: in which order results come is nobody's promise.
"""

import random
from dataclasses import dataclass, field

import generate
import model
from aggregates import order_of
from printed import line, printed, printed_time

KINDS = {"k": "text", "s": "text", "j": "integer", "v": "integer", "d": "double", "m": "decimal2"}


def null_low(value):
    return (value is not None, (0,) if value is None else order_of(value))


@dataclass
class RankQuery(generate.Query):
    over_aggregates: bool = False
    terms: list = field(default_factory=list)  # (column, is_descending)
    ranks: tuple = (1, 1)

    def sql(self):
        bounds = ["window_start", "window_end"]
        if self.over_aggregates:
            by, names = bounds, [*self.keys, *bounds]
            calls = [f"{a.sql} AS a{i}" for i, a in enumerate(self.aggregates)]
            out = [*names, "a0"]
            source = ["(SELECT", ", ".join([*names, *calls]), *self.from_where(names), ")"]
        else:
            by, out = [*bounds, *self.keys], [*self.keys, *bounds, "ts", "v", "d", "s"]
            where = f" WHERE {self.where.sql}" if self.where is not None else ""
            source = [f"TABLE({self.windows.sql('t', self.keys)}){where}"]
        order = ", ".join(name + (" DESC" if falls else "") for name, falls in self.terms)
        first, last = self.ranks
        limit = f"r BETWEEN {first} AND {last}" if first > 1 else f"r <= {last}"
        return "\n".join(
            [
                *self.table(),
                f"SELECT {', '.join(out)}, r FROM (",
                f"SELECT *, ROW_NUMBER() OVER (PARTITION BY {', '.join(by)} ORDER BY {order}) AS r FROM",
                *source,
                f") WHERE {limit};\n",
            ]
        )

    def sorted(self, rows):
        rows = list(rows)
        if self.terms == [("ts", True)] and self.ranks == (1, 1):
            rows.reverse()
        for name, falls in reversed(self.terms):
            rows.sort(key=lambda row: null_low(row[name]), reverse=falls)  # stays stable
        return rows

    def ranked(self, rows):
        first, last = self.ranks
        return [(i + 1, row) for i, row in enumerate(self.sorted(rows)) if first <= i + 1 <= last]

    def expected(self):
        return self.of_aggregates() if self.over_aggregates else self.of_rows()

    def of_rows(self):
        taken, drops = model.watermarked(self, self.rows)
        groups, n_late = self.windows.assign(taken)
        drops["late"] = n_late if self.windows.size == self.windows.slide else 0
        lines = generate.Counter()
        for (key, start, end), members in groups.items():
            for rank, row in self.ranked(members):
                fields = [printed(value, "text") for value in key]
                fields += [printed_time(start), printed_time(end), printed_time(row["ts"], self.is_ltz)]
                fields += [printed(row[name], KINDS[name]) for name in "vds"]
                lines[line(*fields, str(rank))] += 1
        return lines, +drops

    def of_aggregates(self):
        results, drops = model.run(self, self.windows, self.rows)
        groups, lines = {}, generate.Counter()
        for key, start, end, values in results:
            row = {**dict(zip(self.keys, key)), "a0": values[0]}
            groups.setdefault((start, end), []).append(row)
        for (start, end), rows in groups.items():
            for rank, row in self.ranked(rows):
                fields = [printed(row[name], "text") for name in self.keys]
                fields += [printed_time(start), printed_time(end)]
                fields += [printed(row["a0"], self.aggregates[0].kind), str(rank)]
                lines[line(*fields)] += 1
        return lines, drops


def query(seed):
    rng = random.Random(seed)
    over_aggregates = rng.random() < 0.5
    keys = rng.choice([["k"], ["j"], ["k", "j"], ["s", "j"]] + [[]] * (not over_aggregates))
    if over_aggregates:
        terms = [("a0", rng.random() < 0.6), *((name, rng.random() < 0.5) for name in keys)]
    else:
        columns = rng.choice([["ts"], ["ts"], rng.sample(["ts", "v", "d", "m", "s"], rng.randint(1, 3))])
        terms = [(name, rng.random() < 0.5) for name in columns]
    first, last = rng.choice([(1, 1), (1, 1), (1, rng.randint(2, 20)), (2, rng.randint(2, 5))])
    w = generate.windows(rng)
    if not over_aggregates and w.size != w.slide:
        w = model.Windows(w.slide * 2, w.slide, w.offset, w.is_cumulate)
    more = {"over_aggregates": over_aggregates, "keys": keys, "terms": terms, "ranks": (first, last)}
    if not over_aggregates:
        more.update(aggregates=[], having=None)
    return generate.random_query(rng, w, of=RankQuery, **more)
