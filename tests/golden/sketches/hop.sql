-- The same in windows of slices that are merged.
CREATE TABLE t (
  ts TIMESTAMP(3), k STRING, i INT, d DOUBLE, m DECIMAL(6, 2), x STRING, WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'small.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT k, window_end,
  PERCENTILE_APPROX(i, 0.5) AS i5, APPROX_PERCENTILE(d, ARRAY[0, 0.5, 1]) AS ds,
  PERCENTILE_APPROX(m, 0.9) FILTER (WHERE m < 2) AS m9, TOPK_APPROX(x, 2) AS top, COUNT_MIN(x) AS last_x,
  COUNT_MIN(x, 'b') AS b, APPROX_COUNT_DISTINCT(d) AS dd
FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND))
GROUP BY k, window_start, window_end;
