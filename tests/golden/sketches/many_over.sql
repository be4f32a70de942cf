-- More values than sketches keep, of all rows so far: here of those rows whose value is a multiple of 40.
-- expected.py works the results out.
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'many.in', 'format' = 'csv');
SELECT k, ts, v, n, quantiles, top,
  counted BETWEEN n7 AND n7 + 0.0028 * n AS count_ok, different BETWEEN 0.96 * d AND 1.04 * d AS different_ok
FROM (
  SELECT k, ts, v, COUNT(*) OVER w AS n, PERCENTILE_APPROX(v, ARRAY[0.01, 0.6, 0.75, 0.9, 0.99]) OVER w AS quantiles,
    TOPK_APPROX(v, 2, 40) OVER w AS top, COUNT_MIN(v, 7) OVER w AS counted,
    COUNT(*) FILTER (WHERE v = 7) OVER w AS n7,
    APPROX_COUNT_DISTINCT(v) OVER w AS different, COUNT(DISTINCT v) OVER w AS d
  FROM t WINDOW w AS (PARTITION BY k ORDER BY ts ROWS UNBOUNDED PRECEDING)
)
WHERE MOD(v, 40) = 0;
