-- By key and over all keys.
CREATE TABLE t (
  ts TIMESTAMP(3), k STRING, i INT, d DOUBLE, m DECIMAL(6, 2), x STRING, WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'small.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT k, window_end, PERCENTILE_APPROX(i, 0.5) AS i5, TOPK_APPROX(x, 1)[1].item AS top,
  TOPK_APPROX(x, 1)[1].estimate AS n, COUNT_MIN(x, 'a') AS a
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND))
GROUP BY window_start, window_end, GROUPING SETS ((k), ());
