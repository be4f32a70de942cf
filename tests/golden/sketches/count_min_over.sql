-- Each row is told how often its x has come before it, itself counted; in a frame, how often it is in there.
CREATE TABLE t (
  ts TIMESTAMP(3), k STRING, i INT, d DOUBLE, m DECIMAL(6, 2), x STRING, WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'small.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT ts, k, x, COUNT_MIN(x) OVER (PARTITION BY k ORDER BY ts ROWS UNBOUNDED PRECEDING) AS so_far,
  COUNT_MIN(x) OVER (PARTITION BY k ORDER BY ts ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS of_three,
  COUNT_MIN(d) OVER (PARTITION BY k ORDER BY ts ROWS UNBOUNDED PRECEDING) AS d_so_far,
  APPROX_PERCENTILE(i, 0.5) OVER (PARTITION BY k ORDER BY ts) AS mid
FROM t;
