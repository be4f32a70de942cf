#!/usr/bin/env python3
"""What many_*.sql must say of many.in: expected.py, without arguments, writes their .out files.

Quantiles are those of a KLL sketch (Karnin, Lang, Liberty 2016) written a second time here, from the cards of
lib/operator/aggregate/kll.h and of lib/operator/window/sum_hop.c, plain and slow. The most frequent values come so
often that Space-Saving never gives up their counters, so their counts are exact. Each quantile is looked at against
the sorted values too: no answer may be off by more than 0.5 % of the rank.
"""

import bisect
import math
from collections import Counter
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
START, SECOND = "2024-03-01T00:00:", 1000
K = 1000
ROOMS = [K, 668, 446, 298, 198, 132, 88, 60, 40, 32]  # of the levels, from the top
SHARES = [0.01, 0.6, 0.75, 0.9, 0.99]
ERROR_MAX = 0.005
SIZE = 4  # seconds of a HOP or CUMULATE window; its slices are of one
WORD = (1 << 64) - 1


def mix(x):
    """SplitMix64's finaliser."""
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & WORD
    x = (x ^ x >> 27) * 0x94D049BB133111EB & WORD
    return x ^ x >> 31


class Level:
    def __init__(self, items=(), coin=0, is_second=False):
        self.items, self.coin, self.is_second = list(items), coin, is_second

    def copy(self):
        return Level(self.items, self.coin, self.is_second)

    def throw(self):
        """Each second throw is the opposite of the one before."""
        if self.is_second:
            self.coin ^= 1
        else:
            total = 0
            for item in self.items:
                total = (total * 31 + (item ^ 1 << 63)) & WORD
            self.coin = mix(total) & 1
        self.is_second = not self.is_second
        return self.coin

    def halve(self, above):
        """Every second item goes up; the last one of an odd number stays."""
        self.items.sort()
        pairs, coin = len(self.items) // 2, self.throw()
        above.items = sorted(above.items + self.items[coin : 2 * pairs : 2])
        self.items = self.items[2 * pairs :]


class Sketch:
    def __init__(self):
        self.levels, self.least, self.most = [Level()], math.inf, -math.inf

    def copy(self):
        other = Sketch()
        other.levels, other.least, other.most = [level.copy() for level in self.levels], self.least, self.most
        return other

    @property
    def n(self):
        return sum(len(level.items) << h for h, level in enumerate(self.levels))

    def room(self, h):
        return ROOMS[min(len(self.levels) - 1 - h, len(ROOMS) - 1)]

    def make_room(self, h):
        top = h
        while top + 1 < len(self.levels) and (
            len(self.levels[top + 1].items) + len(self.levels[top].items) // 2 > self.room(top + 1)
        ):
            top += 1
        if top + 1 == len(self.levels):  # a level more: all are halved
            self.levels.append(Level())
            h = 0
        for at in range(top, h - 1, -1):
            self.levels[at].halve(self.levels[at + 1])

    def put(self, h, item):
        if len(self.levels[h].items) >= self.room(h):
            self.make_room(h)
        self.levels[h].items.append(item)

    def add(self, value):
        self.put(0, value)
        self.least, self.most = min(self.least, value), max(self.most, value)

    def merged(self, other):
        """This one and other; the one of more levels, or this one, takes in the other."""
        if self.n == 0 or other.n == 0:
            return (self if other.n == 0 else other).copy()
        into, more = (self, other) if len(self.levels) >= len(other.levels) else (other, self)
        into = into.copy()
        for h in range(len(more.levels) - 1, -1, -1):
            for item in more.levels[h].items:
                into.put(h, item)
        into.least, into.most = min(into.least, more.least), max(into.most, more.most)
        return into

    def quantile(self, share):
        n = self.n
        place = math.ceil(share * n * (1 - 1e-12))
        if place <= 1 or place >= n:
            return self.least if place <= 1 else self.most
        weighted = sorted((item, 1 << h) for h, level in enumerate(self.levels) for item in level.items)
        for item, weight in weighted:
            place -= weight
            if place <= 0:
                return item
        raise AssertionError("more values than there are")


def sketch_of(values):
    sketch = Sketch()
    for value in values:
        sketch.add(value)
    return sketch


def hop_sketch(slices, end):
    """Of the slices that end in (end - SIZE, end]. Those up to the last multiple of SIZE before end are summed up from
    the newest to the oldest, those behind it from the oldest to the newest; then both are one."""
    turn = (end - 1) // SIZE * SIZE
    front, back = Sketch(), Sketch()
    for at in range(turn, end - SIZE, -1):
        front = front.merged(sketch_of(slices.get(at, [])))
    for at in range(turn + 1, end + 1):
        back = back.merged(sketch_of(slices.get(at, [])))
    return front.merged(back)


def cumulated(slices, end):
    sketch = Sketch()
    for at in range((end - 1) // SIZE * SIZE + 1, end + 1):
        sketch = sketch.merged(sketch_of(slices.get(at, [])))
    return sketch


def quantiles(sketch, values):
    """Printed, and looked at."""
    ordered, found = sorted(values), [sketch.quantile(share) for share in SHARES]
    assert sketch.n == len(ordered)
    for share, value in zip(SHARES, found):
        below, upto = bisect.bisect_left(ordered, value), bisect.bisect_right(ordered, value)
        assert upto > below
        assert below / len(ordered) - ERROR_MAX <= share <= upto / len(ordered) + ERROR_MAX
    return f"[{', '.join(map(str, found))}]"


def result(sketch, values):
    top = sorted(Counter(values).items(), key=lambda one: (-one[1], one[0]))[:2]
    listed = ", ".join(f"+I[{value}, {n}, 0]" for value, n in top)
    return f"{len(values)}, {quantiles(sketch, values)}, [{listed}], true, true"


def read():
    """[(ms, key, value)]"""
    rows = [line.split(",") for line in (FOLDER / "many.in").read_text(encoding="utf-8").splitlines()]
    return [(round(float(ts[-6:]) * SECOND), key, int(value)) for ts, key, value in rows]


def printed_end(ms):
    return f"{START}{ms // SECOND:02}" + (f".{ms % SECOND:03}" if ms % SECOND else "")


def write(name, lines):
    (FOLDER / f"{name}.out").write_text("".join(f"+I[{line}]\n" for line in lines), encoding="utf-8")


def windows(rows, sketch_in, is_in):
    """Of windows that end with each second."""
    for end in range(1, rows[-1][0] // SECOND + 1 + SIZE):
        for key in "ab":
            there = [row for row in rows if row[1] == key and is_in(row[0] // SECOND + 1, end)]
            slices = {}
            for ms, _, value in there:
                slices.setdefault(ms // SECOND + 1, []).append(value)
            if there:
                yield f"{key}, {printed_end(end * SECOND)}, {result(sketch_in(slices, end), [r[2] for r in there])}"


def whole(rows, end_of):
    for key in ("a", "b", None):
        values = [row[2] for row in rows if key in (row[1], None)]
        yield f"{key or 'null'}, {printed_end(end_of(key))}, {result(sketch_of(values), values)}"


def running(rows):
    """Rows whose value is a multiple of 40."""
    for key in "ab":
        sketch, values = Sketch(), []
        for ms, _, value in (row for row in rows if row[1] == key):
            sketch.add(value)
            values.append(value)
            if value % 40 == 0:
                yield f"{key}, {printed_end(ms)}, {value}, {result(sketch, values)}"


def main():
    rows = read()
    gap = 2 * SECOND
    last = {key: max(ms for ms, k, _ in rows if k == key) for key in "ab"}
    write("many_hop", windows(rows, hop_sketch, lambda at, end: end - SIZE < at <= end))
    write("many_cumulate", windows(rows, cumulated, lambda at, end: (end - 1) // SIZE * SIZE < at <= end))
    write("many_tumble", whole(rows, lambda key: 10 * SECOND))
    write("many_session", list(whole(rows, lambda key: last.get(key, 0) + gap))[:2])
    write("many_over", running(rows))


if __name__ == "__main__":
    main()
