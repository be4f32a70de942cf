-- The row that asks is the last one of the frame that the filter lets through. When it has left, nobody asks.
CREATE TABLE t (
  ts TIMESTAMP(3), k STRING, i INT, d DOUBLE, m DECIMAL(6, 2), x STRING, WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'small.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT ts, k, i, COUNT_MIN(x) FILTER (WHERE i > 4) OVER (
  PARTITION BY k ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS n
FROM t;
