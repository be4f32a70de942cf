-- window_time, end − 1 ms, is a time attribute: windows of windows.
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'cascade.in', 'format' = 'csv');
CREATE VIEW seconds AS
SELECT window_time AS rowtime, k, SUM(v) AS total
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND))
GROUP BY k, window_start, window_end, window_time;
SELECT window_start, window_end, window_time, COUNT(*), SUM(total), MAX(rowtime)
FROM TABLE(TUMBLE(TABLE seconds, DESCRIPTOR(rowtime), INTERVAL '10' SECOND))
GROUP BY window_start, window_end, window_time;
