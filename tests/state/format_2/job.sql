CREATE TABLE t (ts TIMESTAMP(3), k VARCHAR(20), v BIGINT, d DOUBLE, m DECIMAL(10, 2), s STRING,
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'events.csv', 'format' = 'csv', 'csv.null-literal' = '');
CREATE VIEW c AS SELECT k, COUNT(*) AS n, window_time AS wt FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND))
GROUP BY k, window_start, window_end, window_time;
CREATE TABLE file (k STRING, v BIGINT)
WITH ('connector' = 'filesystem', 'path' = 'written.csv', 'format' = 'csv');
CREATE TABLE newest (k STRING, v BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'lmdb');
CREATE TABLE o_rows (q STRING, k STRING, v BIGINT) WITH ('connector' = 'print');
CREATE TABLE o_tumble (q STRING, k STRING, w TIMESTAMP(3), n BIGINT, x BIGINT, y DOUBLE, z DECIMAL(10, 2)) WITH ('connector' = 'print');
CREATE TABLE o_hop (q STRING, k STRING, w TIMESTAMP(3), n BIGINT, x STRING) WITH ('connector' = 'print');
CREATE TABLE o_cumulate (q STRING, k STRING, w TIMESTAMP(3), n BIGINT, x BIGINT) WITH ('connector' = 'print');
CREATE TABLE o_lists (q STRING, k STRING, w TIMESTAMP(3), l STRING, f STRING) WITH ('connector' = 'print');
CREATE TABLE o_sets (q STRING, k STRING, w TIMESTAMP(3), n BIGINT) WITH ('connector' = 'print');
CREATE TABLE o_session (q STRING, k STRING, b TIMESTAMP(3), w TIMESTAMP(3), n BIGINT, x BIGINT) WITH ('connector' = 'print');
CREATE TABLE o_legacy (q STRING, k STRING, w TIMESTAMP(3), n BIGINT) WITH ('connector' = 'print');
CREATE TABLE o_range (q STRING, k STRING, w TIMESTAMP(3), n BIGINT, x BIGINT, y BIGINT) WITH ('connector' = 'print');
CREATE TABLE o_lines (q STRING, k STRING, w TIMESTAMP(3), n BIGINT, x BIGINT, y STRING) WITH ('connector' = 'print');
CREATE TABLE o_unbounded (q STRING, k STRING, w TIMESTAMP(3), n BIGINT, x BIGINT) WITH ('connector' = 'print');
CREATE TABLE o_first (q STRING, k STRING, w TIMESTAMP(3), n BIGINT, r BIGINT) WITH ('connector' = 'print');
CREATE TABLE o_cascade (q STRING, w TIMESTAMP(3), n BIGINT, x BIGINT) WITH ('connector' = 'print');
CREATE TABLE o_limit (q STRING, k STRING, v BIGINT) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO file SELECT k, v FROM t;
INSERT INTO newest SELECT k, v FROM t;
INSERT INTO o_rows SELECT 'rows', k, v * 2 FROM t WHERE v > 800;
INSERT INTO o_tumble SELECT 'tumble', k, window_end, COUNT(*), SUM(v), AVG(d), MAX(m) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, window_start, window_end;
INSERT INTO o_hop SELECT 'hop', k, window_end, COUNT(DISTINCT s), MIN(s) FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '20' SECOND, INTERVAL '60' SECOND)) GROUP BY k, window_start, window_end;
INSERT INTO o_cumulate SELECT 'cumulate', k, window_end, COUNT(s) FILTER (WHERE v > 500), MIN(v) FROM TABLE(CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '60' SECOND)) GROUP BY k, window_start, window_end;
INSERT INTO o_lists SELECT 'lists', k, window_end, LISTAGG(s, '|'), FIRST_VALUE(s) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '20' SECOND)) GROUP BY k, window_start, window_end;
INSERT INTO o_sets SELECT 'sets', k, window_end, COUNT(*) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '30' SECOND)) GROUP BY window_start, window_end, GROUPING SETS ((k), ());
INSERT INTO o_session SELECT 'session', k, window_start, window_end, COUNT(*), SUM(v) FROM TABLE(SESSION(TABLE t PARTITION BY k, DESCRIPTOR(ts), INTERVAL '5' SECOND)) GROUP BY k, window_start, window_end;
INSERT INTO o_legacy SELECT 'legacy', k, TUMBLE_END(ts, INTERVAL '10' SECOND), COUNT(*) FROM t GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND);
INSERT INTO o_range SELECT 'range', k, ts, COUNT(*) OVER p, SUM(v) OVER p, MIN(v) OVER p FROM t WINDOW p AS (PARTITION BY k ORDER BY ts RANGE BETWEEN INTERVAL '30' SECOND PRECEDING AND CURRENT ROW);
INSERT INTO o_lines SELECT 'lines', k, ts, COUNT(DISTINCT v) OVER p, SUM(v) OVER p, MAX(s) OVER p FROM t WINDOW p AS (PARTITION BY k ORDER BY ts ROWS BETWEEN 4 PRECEDING AND CURRENT ROW);
INSERT INTO o_unbounded SELECT 'unbounded', k, ts, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts), LAG(v) OVER (PARTITION BY k ORDER BY ts) FROM t;
INSERT INTO o_first SELECT 'first', k, window_end, n, r FROM (SELECT k, window_start, window_end, n, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY n DESC, k) AS r FROM (SELECT k, window_start, window_end, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, window_start, window_end)) WHERE r <= 2;
INSERT INTO o_cascade SELECT 'cascade', window_end, COUNT(*), MAX(n) FROM TABLE(TUMBLE(TABLE c, DESCRIPTOR(wt), INTERVAL '60' SECOND)) GROUP BY window_start, window_end;
INSERT INTO o_limit SELECT 'limit', k, v FROM t ORDER BY ts, k, v, s LIMIT 250;
END;
