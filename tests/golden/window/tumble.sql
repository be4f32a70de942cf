-- account: in=6 out=6 dropped=0
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'tumble.in', 'format' = 'csv');
SELECT k, COUNT(*), SUM(v), MIN(v), MAX(v), AVG(v), window_start, window_end
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND))
GROUP BY k, window_start, window_end;
