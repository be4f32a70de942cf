"""Several windows over one table in one query, by UNION ALL. The account takes an event as dropped once:
the branch that dropped the most counts."""

import random
from collections import Counter
from dataclasses import dataclass, field

import generate
import model


@dataclass
class UnionQuery(generate.Query):
    branches: list = field(default_factory=list)

    def sql(self):
        names = [*self.keys, "window_start", "window_end"]
        parts = []
        for windows in self.branches:
            self.windows = windows
            items = ", ".join([*names, *(a.sql for a in self.aggregates)])
            parts.append("\n".join([f"SELECT {items}", *self.from_where(names)]))
        return "\n".join([*self.table(), "\nUNION ALL\n".join(parts)]) + ";\n"

    def expected(self):
        lines, most = Counter(), Counter()
        for windows in self.branches:
            results, drops = model.run(self, windows, self.rows)
            lines.update(generate.result_line(self, *result) for result in results)
            most |= drops
        return lines, most


def query(seed):
    rng = random.Random(seed)
    first = generate.windows(rng)
    branches = [first] + [
        model.Windows(n * first.slide, first.slide, is_cumulate=rng.random() < 0.5)
        for n in rng.sample(range(2, 9), rng.randint(1, 2))
    ]
    largest = max(branches, key=lambda w: w.size)
    calls = generate.aggregates(rng, 5, in_order="none")
    return generate.random_query(rng, largest, of=UnionQuery, branches=branches, aggregates=calls)
