-- Without PARTITION BY there is one session of all rows at a time.
CREATE TABLE t (ts TIMESTAMP(3), k STRING, c STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'filesystem', 'path' = 't.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT window_start, window_end, COUNT(*)
FROM TABLE(SESSION(TABLE t, DESCRIPTOR(ts), INTERVAL '3' SECOND))
GROUP BY window_start, window_end;
