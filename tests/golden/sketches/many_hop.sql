-- More values than sketches keep, in windows of slices that are merged: what is approximate is the same in each run
-- and after a restore.
-- expected.py works the results out.
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'many.in', 'format' = 'csv');
SELECT k, window_end, n, quantiles, top,
  counted BETWEEN n7 AND n7 + 0.0028 * n AS count_ok, ABS(different - d) <= 0.04 * d AS different_ok
FROM (
  SELECT k, window_end, COUNT(*) AS n, PERCENTILE_APPROX(v, ARRAY[0.01, 0.6, 0.75, 0.9, 0.99]) AS quantiles,
    TOPK_APPROX(v, 2, 40) AS top, COUNT_MIN(v, 7) AS counted, COUNT(*) FILTER (WHERE v = 7) AS n7,
    APPROX_COUNT_DISTINCT(v) AS different, COUNT(DISTINCT v) AS d
  FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '1' SECOND, INTERVAL '4' SECOND))
  GROUP BY k, window_start, window_end
);
