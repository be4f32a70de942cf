"""GROUPING SETS, ROLLUP and CUBE over windows: each set groups by itself, and gives NULL for the keys that
are not in it; GROUPING(key) tells that from a NULL that was there. Of several sets, what is late is a
row of a set, not an event: the account leaves it out."""

import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import combinations

import generate
import model
from printed import line, printed, printed_time


def rollup(keys):
    return [keys[:n] for n in range(len(keys), -1, -1)]


def cube(keys):
    return [list(some) for n in range(len(keys), -1, -1) for some in combinations(keys, n)]


@dataclass
class SetsQuery(generate.Query):
    how: str = "ROLLUP"  # CUBE, GROUPING SETS
    sets: list = field(default_factory=list)

    def group_by(self):
        if self.how != "GROUPING SETS":
            return f"{self.how} ({', '.join(self.keys)})"
        return "GROUPING SETS (" + ", ".join(f"({', '.join(some)})" for some in self.sets) + ")"

    def sql(self):
        items = [*self.keys, "window_start", "window_end", *(a.sql for a in self.aggregates)]
        items += [f"GROUPING({key})" for key in self.keys]
        names = ["window_start", "window_end", self.group_by()]
        return "\n".join([*self.table(), "SELECT " + ", ".join(items), *self.from_where(names)]) + ";\n"

    def expected(self):
        keys, lines = self.keys, Counter()
        for some in self.sets:
            self.keys = some
            results, drops = model.run(self, self.windows, self.rows)
            for key, start, end, values in results:
                there = dict(zip(some, key))
                fields = [printed(there.get(name), "text") for name in keys]
                fields += [printed_time(start), printed_time(end)]
                fields += [printed(value, a.kind) for a, value in zip(self.aggregates, values)]
                fields += [str(int(name not in there)) for name in keys]
                lines[line(*fields)] += 1
        self.keys = keys
        if len(self.sets) > 1:
            del drops["late"]
        return lines, drops


def query(seed):
    rng = random.Random(seed)
    keys = rng.sample(["k", "j", "s"], rng.randint(1, 3))
    how = rng.choice(["ROLLUP", "CUBE", "GROUPING SETS"])
    sets = rollup(keys) if how == "ROLLUP" else cube(keys)
    if how == "GROUPING SETS":
        sets = rng.sample(sets, rng.randint(1, len(sets)))
        keys = [key for key in keys if any(key in some for some in sets)]
        if not keys:
            keys, sets = ["k"], [["k"], []]
    return generate.random_query(rng, generate.windows(rng), of=SetsQuery, keys=keys, how=how, sets=sets)
