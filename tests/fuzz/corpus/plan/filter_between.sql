-- A filter behind the window function, on a column and on the window itself.
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'filter_between.in', 'format' = 'csv');
SELECT window_start, k, SUM(v)
FROM (
  SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND))
  WHERE v <> 4 AND window_start >= TIMESTAMP '2020-01-01 00:00:00' AND window_end < TIMESTAMP '2020-01-01 00:00:15'
)
GROUP BY window_start, window_end, k;
