-- More values than sketches keep, in windows of slices that are merged: what is approximate is the same after
-- a restore too. Whether it is near enough is for unit tests to say; here each row says that it is.
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'many.in', 'format' = 'csv');
SELECT k, window_end, n, mid, high, top, counted, ABS(different - d) <= d * 0.03 AS ok
FROM (
  SELECT k, window_end, COUNT(*) AS n, PERCENTILE_APPROX(v, 0.5) AS mid, PERCENTILE_APPROX(v, 0.9) AS high,
    TOPK_APPROX(v, 2, 40) AS top, COUNT_MIN(v, 7) AS counted, APPROX_COUNT_DISTINCT(v) AS different,
    COUNT(DISTINCT v) AS d
  FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '1' SECOND, INTERVAL '4' SECOND))
  GROUP BY k, window_start, window_end
);
