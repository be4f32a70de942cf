-- Aggregating the results of windows over the same windows: the busiest key of each (two steps).
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'same_window_again.in', 'format' = 'csv');
CREATE VIEW counts AS
SELECT k, COUNT(*) AS n, window_start, window_end
FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND))
GROUP BY k, window_start, window_end;
SELECT window_start, window_end, MAX(n), COUNT(*)
FROM counts GROUP BY window_start, window_end;
