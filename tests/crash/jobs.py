"""Jobs of the crash tests: each family of operators at least once, over the table t into the table o."""

COLUMNS = "ts TIMESTAMP(3), k STRING, v BIGINT, d DOUBLE, s STRING"
SOURCE = """CREATE TABLE t ({columns}, WATERMARK FOR ts AS ts - INTERVAL '{delay}' SECOND(6))
WITH ({source}, 'format' = 'csv', 'csv.null-literal' = '');
"""
SOURCES = {
    "file": "'connector' = 'filesystem', 'path' = 'events.csv'",
    "pcap": "'connector' = 'pcap', 'path' = 'events.pcap', 'local' = '10.0.0.2:9000'",
    "feed": "'connector' = 'udp', 'local' = '10.9.0.2:9000', 'journal' = 'true', 'scan.watermark.idle-timeout' = '{idle}'",
}
SINK = """CREATE TABLE o ({columns}) WITH ('connector' = 'filesystem', 'path' = '{path}', 'format' = 'csv');
"""# The newest row of each key, for others to read while the job runs.
NEWEST = """CREATE TABLE newest ({columns}, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'lmdb');
"""

TVF = "TABLE({}(TABLE t, DESCRIPTOR(ts), {}))"
BY = "GROUP BY k, window_start, window_end"
NUMBERS = "COUNT(*), SUM(v), MIN(v), MAX(v)"
FIVE = "k STRING, w TIMESTAMP(3), n BIGINT, x BIGINT, y BIGINT, z BIGINT"

# name: columns of o, the query
JOBS = {
    "tumble": (FIVE, f"SELECT k, window_end, {NUMBERS} FROM {TVF.format('TUMBLE', 'INTERVAL 10 SECOND')} {BY}"),
    "hop": (FIVE, f"SELECT k, window_end, {NUMBERS} FROM {TVF.format('HOP', 'INTERVAL 10 SECOND, INTERVAL 60 SECOND')} {BY}"),
    "cumulate": (FIVE, f"SELECT k, window_end, {NUMBERS} FROM {TVF.format('CUMULATE', 'INTERVAL 10 SECOND, INTERVAL 60 SECOND')} {BY}"),
    "hop_sets": (
        "k STRING, w TIMESTAMP(3), c BIGINT, m STRING",
        f"SELECT k, window_end, COUNT(DISTINCT s), MAX(s) FROM {TVF.format('HOP', 'INTERVAL 20 SECOND, INTERVAL 60 SECOND')} {BY}",
    ),
    "tumble_lists": (
        "k STRING, w TIMESTAMP(3), l STRING, f STRING",
        f"SELECT k, window_end, LISTAGG(s, '|'), FIRST_VALUE(s) FROM {TVF.format('TUMBLE', 'INTERVAL 20 SECOND')} {BY}",
    ),
    "session": (
        "k STRING, b TIMESTAMP(3), w TIMESTAMP(3), n BIGINT, x BIGINT",
        "SELECT k, window_start, window_end, COUNT(*), SUM(v) FROM TABLE(SESSION(TABLE t PARTITION BY k, DESCRIPTOR(ts), INTERVAL 8 SECOND)) GROUP BY k, window_start, window_end",
    ),
    "over_range": (
        "k STRING, w TIMESTAMP(3), v BIGINT, n BIGINT, x BIGINT, y BIGINT",
        "SELECT k, ts, v, COUNT(*) OVER p, SUM(v) OVER p, MIN(v) OVER p FROM t WINDOW p AS (PARTITION BY k ORDER BY ts RANGE BETWEEN INTERVAL 60 SECOND PRECEDING AND CURRENT ROW)",
    ),
    "over_rows": (
        "k STRING, w TIMESTAMP(3), v BIGINT, n BIGINT, x BIGINT, y STRING",
        "SELECT k, ts, v, COUNT(DISTINCT v) OVER p, SUM(v) OVER p, MAX(s) OVER p FROM t WINDOW p AS (PARTITION BY k ORDER BY ts ROWS BETWEEN 7 PRECEDING AND CURRENT ROW)",
    ),
    "over_unbounded": (
        "k STRING, w TIMESTAMP(3), v BIGINT, n BIGINT, x BIGINT",
        "SELECT k, ts, v, COUNT(*) OVER p, SUM(v) OVER p FROM t WINDOW p AS (PARTITION BY k ORDER BY ts RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)",
    ),
    "topn": (
        "k STRING, w TIMESTAMP(3), n BIGINT, r BIGINT",
        "SELECT k, window_end, n, r FROM (SELECT k, window_start, window_end, n, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY n DESC, k) AS r FROM ("
        f"SELECT k, window_start, window_end, COUNT(*) AS n FROM {TVF.format('TUMBLE', 'INTERVAL 10 SECOND')} {BY})) WHERE r <= 5",
    ),
    "sort": ("k STRING, w TIMESTAMP(3), v BIGINT, s STRING", "SELECT k, ts, v, s FROM t ORDER BY ts, k, v, s"),
    "limit": (
        "k STRING, w TIMESTAMP(3), v BIGINT, s STRING",
        "SELECT k, ts, v, s FROM t ORDER BY ts, k, v, s LIMIT 200000",
    ),
    "cascade": (
        "w TIMESTAMP(3), n BIGINT, m BIGINT",
        "SELECT window_end, COUNT(*), MAX(n) FROM TABLE(TUMBLE(TABLE c, DESCRIPTOR(wt), INTERVAL 60 SECOND)) GROUP BY window_start, window_end",
    ),
    "legacy": (
        "k STRING, w TIMESTAMP(3), n BIGINT, x BIGINT",
        "SELECT k, TUMBLE_END(ts, INTERVAL 10 SECOND), COUNT(*), SUM(v) FROM t GROUP BY k, TUMBLE(ts, INTERVAL 10 SECOND)",
    ),
    "anomaly": (
        "k STRING, w TIMESTAMP(3), v BIGINT, score DOUBLE, reason STRING",
        "SELECT k, ts, v, score, reason FROM TABLE(ANOMALY(TABLE t PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(v), 'detector' => 'threshold', 'above' => 500, 'below' => -700, 'hysteresis' => 400))",
    ),
    "rows": ("k STRING, w TIMESTAMP(3), v BIGINT, s STRING", "SELECT k, ts, v * 2, UPPER(s) FROM t WHERE v > 0"),
}
VIEWS = {
    "cascade": "CREATE VIEW c AS SELECT k, COUNT(*) AS n, window_time AS wt FROM TABLE("
    "TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL 10 SECOND)) GROUP BY k, window_start, window_end, window_time;\n"
}


def quoted(query):
    """INTERVAL 10 SECOND is written INTERVAL '10' SECOND."""
    words = query.split(" ")
    for i, word in enumerate(words):
        if word.endswith("INTERVAL"):
            words[i + 1] = f"'{words[i + 1]}'"
    return " ".join(words)


# Jobs whose rows of a key come in one order only.
HAVE_NEWEST = ["tumble", "hop", "cumulate", "session", "legacy", "tumble_lists"]


def script(name, source, out, delay=5, idle="0 s", has_table=False):
    """The job as a script that reads source ("file", "pcap", "feed") and writes to out. delay: of the
    watermark, in seconds; idle: when a feed's queue counts as idle. has_table: also into an lmdb table."""
    columns, query = JOBS[name]
    query = quoted(query)
    inserts = f"INSERT INTO o {query};\n"
    if has_table:
        inserts = f"EXECUTE STATEMENT SET BEGIN\n{inserts}INSERT INTO newest {query};\nEND;\n"
    return (
        SOURCE.format(columns=COLUMNS, source=SOURCES[source].format(idle=idle), delay=delay)
        + quoted(VIEWS.get(name, ""))
        + SINK.format(columns=columns, path=out)
        + (NEWEST.format(columns=columns) if has_table else "")
        + inserts
    )
