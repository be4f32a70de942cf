"""SESSION windows: a random query, and the sessions of its rows by the definition.

A row opens the window [ts, ts + gap). It merges with each window of its key that it overlaps or touches,
unless that one's end − 1 ≤ W: it has fired. When what comes of that has an end − 1 ≤ W, the row is late.
WHERE stands in a view below the window.
"""

import random
from dataclasses import dataclass

import generate
from printed import DAY, HOUR, SECOND, interval


@dataclass(frozen=True)
class Sessions:
    gap: int

    @property
    def size(self):
        return self.gap

    @property
    def slide(self):
        return self.gap

    slice_of = None

    def sql(self, table, keys):
        by = f" PARTITION BY {keys[0] if len(keys) == 1 else '(' + ', '.join(keys) + ')'}" if keys else ""
        return f"SESSION(TABLE {table}{by}, DESCRIPTOR(ts), {interval(self.gap)})"

    def assign(self, rows):
        """As Windows.assign()."""
        fired, live, n_late = [], {}, 0  # live: {key: [(start, end, rows)]}
        for key, row, watermark in rows:
            mine = live.setdefault(key, [])
            if watermark is not None:
                fired += [(key, *session) for session in mine if session[1] - 1 <= watermark]
                mine[:] = [session for session in mine if session[1] - 1 > watermark]
            start, end = row["ts"], row["ts"] + self.gap
            near = [session for session in mine if session[0] <= end and session[1] >= start]
            start, end = min([start, *(s[0] for s in near)]), max([end, *(s[1] for s in near)])
            if watermark is not None and end - 1 <= watermark:
                n_late += 1
                continue
            members = [*(member for session in near for member in session[2]), row]
            mine[:] = [session for session in mine if session not in near] + [(start, end, members)]
        fired += [(key, *session) for key, mine in live.items() for session in mine]
        return {(key, start, end): members for key, start, end, members in fired}, n_late


class SessionQuery(generate.Query):
    def from_where(self, names):
        having = [f"HAVING {self.having.sql}"] if self.having is not None else []
        call = self.windows.sql("taken", self.keys)
        return [f"FROM TABLE({call})", "GROUP BY " + ", ".join(names), *having]

    def table(self):
        where = f" WHERE {self.where.sql}" if self.where is not None else ""
        return [*super().table(), f"CREATE VIEW taken AS SELECT * FROM t{where};"]


def query(seed):
    rng = random.Random(seed)
    gap = rng.choice([1, 7, 500, SECOND, 10 * SECOND, HOUR, DAY, rng.randint(1, HOUR)])
    return generate.random_query(
        rng,
        Sessions(gap),
        of=SessionQuery,
        above=rng.choice([None, None, None, "cascade", "again"]),
        above_size=gap * rng.randint(1, 5),
    )
