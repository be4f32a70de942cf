"""Sketches over few values, of which they forget nothing: each result is the one of the definition, in windows of
every kind and in OVER. How far they are off beyond that is a matter of tests/unit/operator/sketches.c.

* PERCENTILE_APPROX(x, p): the smallest of the values that a share p of them are not above.
* TOPK_APPROX(x, k): the values that come most often and how often, of equals the smaller first; no errors.
* COUNT_MIN(x, v): how many x are the v of the last row, whose NULL gives NULL. COUNT_MIN(x): v is x.
* APPROX_COUNT_DISTINCT(x): how many different values there are.
"""

import math
import random
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

import generate
import grouping
import over
import sessions
from aggregates import Aggregate, order_of
from conditions import leaf
from printed import line, printed

ROWS_MAX = 240  # no more different values than COUNT_MIN counts one by one: 250
KINDS = {"v": "integer", "d": "double", "m": "decimal2", "s": "text"}
SHARES = ["0", "0.01", "0.07", "0.25", "0.5", "0.75", "0.9", "0.99", "1"]


@dataclass(frozen=True)
class Sketch(Aggregate):
    more: str = ""  # what is between the parentheses behind the column

    @property
    def sql(self):
        where = f" FILTER (WHERE {self.filter.sql})" if self.filter is not None else ""
        return f"{self.function}({self.column}{self.more}){where}"

    @property
    def kind(self):
        if self.function in ("COUNT_MIN", "APPROX_COUNT_DISTINCT"):
            return "integer"
        return KINDS[self.column] if not self.is_array else "text"

    @property
    def is_array(self):
        return self.function == "TOPK_APPROX" or "ARRAY" in self.more

    def of(self, rows, slice_of=None):
        if self.filter is not None:
            rows = [row for row in rows if self.filter.on(row) is True]
        if slice_of is not None:
            rows = sorted(rows, key=lambda row: slice_of(row["ts"]))
        values = [row[self.column] for row in rows if row[self.column] is not None]
        if self.function == "APPROX_COUNT_DISTINCT":
            return len(set(values))
        if self.function == "COUNT_MIN":
            asked = self.asked(rows[-1]) if rows else None
            return None if asked is None else values.count(asked)
        if not values:
            return None
        return self.top(values) if self.function == "TOPK_APPROX" else self.quantiles(sorted(values, key=order_of))

    def asked(self, row):
        if not self.more:
            return row[self.column]
        what = self.more.removeprefix(", ")
        if what in row:
            return row[what]
        return what.strip("'") if self.column == "s" else int(what)

    def quantiles(self, ordered):
        shares = self.more.removeprefix(", ").removeprefix("ARRAY[").removesuffix("]").split(", ")
        places = [math.ceil(Fraction(share) * len(ordered)) for share in shares]
        found = [ordered[max(place, 1) - 1] for place in places]
        if not self.is_array:
            return found[0]
        return f"[{', '.join(printed(value, KINDS[self.column]) for value in found)}]"

    def top(self, values):
        k = int(self.more.removeprefix(", ").split(", ")[0])
        most = sorted(Counter(values).items(), key=lambda one: (-one[1], order_of(one[0])))[:k]
        rows = [line(printed(value, KINDS[self.column]), str(n), "0") for value, n in most]
        return f"[{', '.join(rows)}]"


def percentile(rng, column):
    name = rng.choice(["PERCENTILE_APPROX", "APPROX_PERCENTILE"])
    if rng.random() < 0.5:
        return Sketch(name, column, more=f", {rng.choice(SHARES)}")
    shares = rng.choices(SHARES, k=rng.randint(1, 4))
    return Sketch(name, column, more=f", ARRAY[{', '.join(shares)}]")


def count_min(rng, in_order):
    pools = [("v", f", {rng.randint(-60, 60)}"), ("s", ", 'a'"), ("s", ", ''")]
    if in_order:
        pools += [("v", ", j"), ("v", ""), ("s", ""), ("d", ""), ("m", "")]
    column, more = rng.choice(pools)
    return Sketch("COUNT_MIN", column, more=more)


def sketch(rng, in_order):
    one = rng.choice(
        [
            lambda: percentile(rng, rng.choice("vdm")),
            lambda: Sketch("TOPK_APPROX", rng.choice("vdms"), more=rng.choice([", 1", ", 3", ", 3, 250", ", 5"])),
            lambda: count_min(rng, in_order),
            lambda: Sketch("APPROX_COUNT_DISTINCT", rng.choice("vdms")),
        ]
    )()
    return Sketch(one.function, one.column, filter=leaf(rng), more=one.more) if rng.random() < 0.2 else one


def query(seed):
    rng = random.Random(seed)
    q = rng.choice([generate, generate, sessions, grouping, over]).query(seed)
    if isinstance(q, over.OverQuery):
        put_over(rng, q)
    else:
        q.above = None
        is_in_order = generate.in_order(q.windows) != "none"
        q.aggregates = [sketch(rng, is_in_order) for _ in range(rng.randint(1, 6))]
    q.rows, q.lines, q.n_garbage = [], [], 0
    generate.make_rows(rng, q, n_max=ROWS_MAX * q.windows.size // q.windows.slide)
    if isinstance(q, over.OverQuery):
        over.near_in_time(q, q.windows.size // 10)
    generate.write_rows(rng, q)
    return q


def put_over(rng, q):
    """Rows only come, but for COUNT_MIN, which can give them up; its answer is a row's own, so it has frames of ROWS."""
    q.frames = [over.Frame(True, None), over.Frame(False, None), over.Frame(True, rng.randint(0, 6))]
    q.calls = []
    for _ in range(rng.randint(1, 5)):
        one = sketch(rng, True)
        q.calls.append((one, rng.choice([0, 2] if one.function == "COUNT_MIN" else [0, 1])))
