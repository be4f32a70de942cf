"""Aggregates over a list of rows, as their definition says.

Rows come in the order in which they arrived; NULLs are passed over. DISTINCT takes each value once, when
it comes first; FILTER goes before all else. STDDEV and VAR are what Calcite rewrites them into, sums of x
and of x * x in x's own type, each of them DISTINCT if the call is. In a HOP window LISTAGG begins with the
newest slice, FIRST_VALUE and LAST_VALUE with the oldest.
"""

import math
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from conditions import Condition, leaf

INT64 = 1 << 64
VARIANCES = ["STDDEV", "STDDEV_POP", "STDDEV_SAMP", "VARIANCE", "VAR_POP", "VAR_SAMP"]
IN_ORDER = ["FIRST_VALUE", "LAST_VALUE", "LISTAGG", "COUNT_MIN"]  # those that tell in which order rows came


def wrap(n):
    """BIGINT overflows as in Java."""
    return (n + INT64 // 2) % INT64 - INT64 // 2


def divide_down(a, b):
    """Towards zero."""
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def divide_half_up(a, b):
    """To the nearest, halves away from zero; b > 0."""
    return (2 * abs(a) + b) // (2 * b) * (-1 if a < 0 else 1)


def root(x):
    return math.nan if x < 0 else math.pow(x, 0.5)


def order_of(value):
    """A sort key: strings by their bytes, NaN above all."""
    if isinstance(value, str):
        return value.encode()
    return (math.isnan(value), value)


@dataclass(frozen=True)
class Aggregate:
    function: str
    column: str  # "*", or one of v (BIGINT), d (DOUBLE), m (DECIMAL(10, 2)), s (STRING)
    is_distinct: bool = False
    filter: Condition = None
    separator: str = ","

    @property
    def sql(self):
        distinct = "DISTINCT " if self.is_distinct else ""
        separator = f", '{self.separator}'" if self.separator != "," else ""
        where = f" FILTER (WHERE {self.filter.sql})" if self.filter is not None else ""
        return f"{self.function}({distinct}{self.column}{separator}){where}"

    @property
    def kind(self):
        """How the result prints."""
        if self.function == "COUNT" or self.column == "v":
            return "integer"
        if self.column == "m":
            return "decimal6" if self.function in ["AVG", *VARIANCES] else "decimal2"
        return {"d": "double", "s": "text"}[self.column]

    def of(self, rows, slice_of=None):
        if self.filter is not None:
            rows = [row for row in rows if self.filter.on(row) is True]
        if self.column == "*":
            return len(rows)
        if self.function in IN_ORDER and slice_of is not None:
            is_list = self.function == "LISTAGG"
            rows = sorted(rows, key=lambda row: slice_of(row["ts"]) * (-1 if is_list else 1))
        values = [row[self.column] for row in rows if row[self.column] is not None]
        if self.function in VARIANCES:
            return self.variance(values)
        values = self.taken(values)
        if self.function == "COUNT":
            return len(values)
        return self.of_values(values) if values else None

    def taken(self, values):
        return list(dict.fromkeys(values)) if self.is_distinct else values

    def of_values(self, values):
        if self.function in ("MIN", "MAX"):
            return (min if self.function == "MIN" else max)(values, key=order_of)
        if self.function == "LISTAGG":
            return self.separator.join(values)
        if self.function in ("FIRST_VALUE", "LAST_VALUE"):
            return values[0 if self.function == "FIRST_VALUE" else -1]
        total = wrap(sum(values)) if self.column == "v" else sum(values)
        if self.function == "SUM":
            return total
        if self.column == "v":
            return divide_down(total, len(values))
        if self.column == "m":
            return divide_half_up(total * 10000, len(values))
        return total / len(values)

    def variance(self, values):
        n, is_root = len(self.taken(values)), self.function.startswith("STDDEV")
        by = n if self.function.endswith("_POP") else n - 1
        if n == 0 or by == 0:
            return None
        total = sum(self.taken(values))
        if self.column == "d":
            result = (sum(self.taken([x * x for x in values])) - total * total / n) / by
            return root(result) if is_root else result
        if self.column == "v":
            squares = wrap(sum(self.taken([wrap(x * x) for x in values])))
            result = wrap(squares - divide_down(wrap(wrap(total) * wrap(total)), n))
            result = divide_down(result, by)
            if not is_root:
                return result
            return int(root(result)) if result >= 0 else 0  # Java's (long) NaN
        squares = sum(self.taken([x * x for x in values])) * 100  # in millionths from here on
        result = divide_half_up(squares - divide_half_up(total * total * 100, n), by)
        if not is_root:
            return result
        exact = Decimal(repr(root(float(Decimal(result).scaleb(-6)))))
        return int(exact.quantize(Decimal("0.000001"), ROUND_HALF_UP).scaleb(6))


PLAIN = [
    Aggregate(function, column)
    for column, functions in {
        "*": ["COUNT"],
        "s": ["COUNT", "MIN", "MAX"],
        **{column: ["COUNT", "SUM", "MIN", "MAX", "AVG"] for column in "vdm"},
    }.items()
    for function in functions
]
VARIED = [Aggregate(function, column) for function in VARIANCES for column in "vdm"]
ORDERED = [Aggregate(f, column) for f in IN_ORDER[:2] for column in "vdms"] + [
    Aggregate("LISTAGG", "s"),
    Aggregate("LISTAGG", "s", separator=" | "),
]


def aggregate(rng, in_order="all"):
    """A random one. in_order: which of those that tell the order may come, "all", "plain" or "none"."""
    pools = [PLAIN, PLAIN, PLAIN, VARIED, PLAIN if in_order == "none" else ORDERED]
    one = rng.choice(rng.choice(pools))
    is_distinct = rng.random() < 0.25 and one.column != "*"
    if is_distinct and (one.function not in IN_ORDER or in_order == "all"):
        one = replace(one, is_distinct=True)
    return replace(one, filter=leaf(rng)) if rng.random() < 0.2 else one


def aggregates(rng, n_max, in_order="all"):
    return [aggregate(rng, in_order) for _ in range(rng.randint(1, n_max))]
