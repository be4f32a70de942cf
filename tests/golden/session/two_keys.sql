-- The keys in another order, under another name, through a subquery.
CREATE TABLE t (ts TIMESTAMP(3), k STRING, c STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'filesystem', 'path' = 't.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT c, kk, window_start, window_time, SUM(v)
FROM (SELECT k AS kk, c, v, window_start, window_end, window_time FROM TABLE(SESSION(
  DATA => TABLE t PARTITION BY (k, c), TIMECOL => DESCRIPTOR(ts), GAP => INTERVAL '10' SECOND)))
GROUP BY c, window_start, window_end, window_time, kk;
