"""ORDER BY a time attribute: rows come out when W has reached their time. One that is not behind the time
of what came out last is late; one that is, although W has passed it, comes out when W moves on."""

import random
from collections import Counter

import generate
import model
from printed import line, printed, printed_time


class OrderQuery(generate.Query):
    is_sorted = True  # by the first column of the output

    def sql(self):
        where = f" WHERE {self.where.sql}" if self.where is not None else ""
        return "\n".join([*self.table(), f"SELECT ts, v, k, s FROM t{where} ORDER BY ts, v DESC;"]) + "\n"

    def expected(self):
        taken, drops = model.watermarked(self, self.rows)
        waiting, lines, last_out = [], Counter(), None  # waiting: (time, W at which it comes out)
        for _, row, watermark in taken:
            out = [ts for ts, at in waiting if watermark is not None and at <= watermark]
            waiting = [(ts, at) for ts, at in waiting if watermark is None or at > watermark]
            last_out = max([ts for ts in [last_out, *out] if ts is not None], default=None)
            ts = row["ts"]
            if last_out is not None and ts <= last_out:
                drops["late"] += 1
                continue
            is_behind = watermark is not None and ts <= watermark
            waiting.append((ts, watermark + 1 if is_behind else ts))
            fields = [printed_time(ts, self.is_ltz), printed(row["v"], "integer")]
            lines[line(*fields, printed(row["k"], "text"), printed(row["s"], "text"))] += 1
        return lines, +drops


def query(seed):
    rng = random.Random(seed)
    w = generate.windows(rng)
    return generate.random_query(rng, w, of=OrderQuery, keys=[], aggregates=[], having=None)
