"""Conditions of SQL, random: each is its text and its value on a row, True, False or None (UNKNOWN)."""

from dataclasses import dataclass
from typing import Callable


@dataclass(frozen=True)
class Condition:
    sql: str
    on: Callable


def not_(a):
    return None if a is None else not a


def and_(a, b):
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def or_(a, b):
    return not_(and_(not_(a), not_(b)))


def remainder(a, b):
    """With the sign of a, as SQL has it; Python's has the sign of b."""
    return abs(a) % b * (-1 if a < 0 else 1)


def strict(function, *names):
    """UNKNOWN when a column is NULL, else function of the columns."""

    def on(row):
        values = [row[name] for name in names]
        return None if None in values else function(*values)

    return on


def leaf(rng):
    n = rng.randint(-50, 50)
    letter = rng.choice("abc")
    real = rng.randint(-40, 40) / 4
    return rng.choice(
        [
            Condition(f"v > {n}", strict(lambda v: v > n, "v")),
            Condition(f"v <> {n} + 1", strict(lambda v: v != n + 1, "v")),
            Condition("v % 3 = 0", strict(lambda v: remainder(v, 3) == 0, "v")),
            Condition(f"v IN ({n}, 0, 7)", strict(lambda v: v in (n, 0, 7), "v")),
            Condition(f"v BETWEEN {n} AND {n + 30}", strict(lambda v: n <= v <= n + 30, "v")),
            Condition(f"d <= {real}", strict(lambda d: d <= real, "d")),
            Condition("d < v", strict(lambda d, v: d < v, "d", "v")),
            Condition("m >= 1.5", strict(lambda m: m >= 150, "m")),
            Condition(f"s LIKE '{letter}%'", strict(lambda s: s.startswith(letter), "s")),
            Condition(f"s < '{letter}'", strict(lambda s: s.encode() < letter.encode(), "s")),
            Condition("k IS NOT NULL", lambda row: row["k"] is not None),
            Condition("(d > 0) IS UNKNOWN", lambda row: row["d"] is None),
        ]
    )


def condition(rng, depth=0):
    kind = rng.choice(["leaf", "leaf", "and", "or", "not"]) if depth < 3 else "leaf"
    if kind == "leaf":
        return leaf(rng)
    a = condition(rng, depth + 1)
    if kind == "not":
        return Condition(f"NOT ({a.sql})", lambda row: not_(a.on(row)))
    b = condition(rng, depth + 1)
    if kind == "and":
        return Condition(f"({a.sql}) AND ({b.sql})", lambda row: and_(a.on(row), b.on(row)))
    return Condition(f"({a.sql}) OR ({b.sql})", lambda row: or_(a.on(row), b.on(row)))
