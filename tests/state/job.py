"""The job whose state is kept in format_N: operators of all kinds, over a table of 300 events.

The script and the events are files there too, since the job may change here: a state directory belongs to the job
that wrote it."""

import random

N_EVENTS = 300
STOP_AFTER = (120, 60)  # two processes

TVF = "TABLE({kind}(TABLE t, DESCRIPTOR(ts), {sizes}))"
BY = "GROUP BY k, window_start, window_end"


def window(kind, *sizes):
    return TVF.format(kind=kind, sizes=", ".join(f"INTERVAL '{n}' SECOND" for n in sizes))


SESSION = "TABLE(SESSION(TABLE t PARTITION BY k, DESCRIPTOR(ts), INTERVAL '5' SECOND))"

# name: columns behind the name, the query behind SELECT 'name',
QUERIES = {
    "rows": ("k STRING, v BIGINT", "k, v * 2 FROM t WHERE v > 800"),
    "tumble": (
        "k STRING, w TIMESTAMP(3), n BIGINT, x BIGINT, y DOUBLE, z DECIMAL(10, 2)",
        f"k, window_end, COUNT(*), SUM(v), AVG(d), MAX(m) FROM {window('TUMBLE', 10)} {BY}",
    ),
    "hop": (
        "k STRING, w TIMESTAMP(3), n BIGINT, x STRING",
        f"k, window_end, COUNT(DISTINCT s), MIN(s) FROM {window('HOP', 20, 60)} {BY}",
    ),
    "cumulate": (
        "k STRING, w TIMESTAMP(3), n BIGINT, x BIGINT",
        f"k, window_end, COUNT(s) FILTER (WHERE v > 500), MIN(v) FROM {window('CUMULATE', 10, 60)} {BY}",
    ),
    "lists": (
        "k STRING, w TIMESTAMP(3), l STRING, f STRING",
        f"k, window_end, LISTAGG(s, '|'), FIRST_VALUE(s) FROM {window('TUMBLE', 20)} {BY}",
    ),
    "sets": (
        "k STRING, w TIMESTAMP(3), n BIGINT",
        f"k, window_end, COUNT(*) FROM {window('TUMBLE', 30)} "
        "GROUP BY window_start, window_end, GROUPING SETS ((k), ())",
    ),
    "session": (
        "k STRING, b TIMESTAMP(3), w TIMESTAMP(3), n BIGINT, x BIGINT",
        f"k, window_start, window_end, COUNT(*), SUM(v) FROM {SESSION} {BY}",
    ),
    "legacy": (
        "k STRING, w TIMESTAMP(3), n BIGINT",
        "k, TUMBLE_END(ts, INTERVAL '10' SECOND), COUNT(*) FROM t GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND)",
    ),
    "range": (
        "k STRING, w TIMESTAMP(3), n BIGINT, x BIGINT, y BIGINT",
        "k, ts, COUNT(*) OVER p, SUM(v) OVER p, MIN(v) OVER p FROM t "
        "WINDOW p AS (PARTITION BY k ORDER BY ts RANGE BETWEEN INTERVAL '30' SECOND PRECEDING AND CURRENT ROW)",
    ),
    "lines": (
        "k STRING, w TIMESTAMP(3), n BIGINT, x BIGINT, y STRING",
        "k, ts, COUNT(DISTINCT v) OVER p, SUM(v) OVER p, MAX(s) OVER p FROM t "
        "WINDOW p AS (PARTITION BY k ORDER BY ts ROWS BETWEEN 4 PRECEDING AND CURRENT ROW)",
    ),
    "unbounded": (
        "k STRING, w TIMESTAMP(3), n BIGINT, x BIGINT",
        "k, ts, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts), LAG(v) OVER (PARTITION BY k ORDER BY ts) FROM t",
    ),
    "first": (
        "k STRING, w TIMESTAMP(3), n BIGINT, r BIGINT",
        "k, window_end, n, r FROM (SELECT k, window_start, window_end, n, "
        "ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY n DESC, k) AS r FROM ("
        f"SELECT k, window_start, window_end, COUNT(*) AS n FROM {window('TUMBLE', 10)} {BY})) WHERE r <= 2",
    ),
    "cascade": (
        "w TIMESTAMP(3), n BIGINT, x BIGINT",
        "window_end, COUNT(*), MAX(n) FROM TABLE(TUMBLE(TABLE c, DESCRIPTOR(wt), INTERVAL '60' SECOND)) "
        "GROUP BY window_start, window_end",
    ),
    "limit": ("k STRING, v BIGINT", "k, v FROM t ORDER BY ts, k, v, s LIMIT 250"),
}

# With and without room in a key's image.
KEYS = ("key0", "key1", "thirteen-key2", "twenty bytes of key3", "é" * 20, "é" * 19 + "5")
SOURCE = """CREATE TABLE t (ts TIMESTAMP(3), k VARCHAR(20), v BIGINT, d DOUBLE, m DECIMAL(10, 2), s STRING,
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'events.csv', 'format' = 'csv', 'csv.null-literal' = '');
"""
CASCADE = f"""CREATE VIEW c AS SELECT k, COUNT(*) AS n, window_time AS wt FROM {window("TUMBLE", 10)}
{BY}, window_time;
"""
FILE = """CREATE TABLE file (k STRING, v BIGINT)
WITH ('connector' = 'filesystem', 'path' = 'written.csv', 'format' = 'csv');
CREATE TABLE newest (k STRING, v BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'lmdb');
"""


def script():
    parts = [SOURCE, CASCADE, FILE]
    for name, (columns, _) in QUERIES.items():
        parts.append(f"CREATE TABLE o_{name} (q STRING, {columns}) WITH ('connector' = 'print');\n")
    parts.append("EXECUTE STATEMENT SET BEGIN\n")
    parts += [f"INSERT INTO {table} SELECT k, v FROM t;\n" for table in ("file", "newest")]
    parts += [f"INSERT INTO o_{name} SELECT '{name}', {query};\n" for name, (_, query) in QUERIES.items()]
    return "".join([*parts, "END;\n"])


def events():
    """Out of order by up to 4 s, a few late; NULLs, strings of all lengths."""
    draw = random.Random(4)
    lines = []
    for i in range(N_EVENTS):
        at = i * 0.5 - draw.uniform(0, 4 if draw.random() < 0.95 else 30)
        at = max(at, 0)
        ts = f"2026-01-01 00:{int(at) // 60:02}:{int(at) % 60:02}.{int(at * 1000) % 1000:03}"
        v = "" if draw.random() < 0.05 else draw.randrange(1000)
        s = "" if draw.random() < 0.05 else "x" * draw.choice([1, 2, 20, 200]) + str(draw.randrange(8))
        lines.append(f"{ts},{draw.choice(KEYS)},{v},{draw.randrange(64) / 8},{draw.randrange(10000) / 100},{s}\n")
    return "".join(lines)
