-- Windows over sessions: per half minute by window_time, and once more by the sessions' own bounds.
CREATE TABLE t (ts TIMESTAMP(3), k STRING, c STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'filesystem', 'path' = 't.in', 'format' = 'csv', 'csv.null-literal' = '');
CREATE VIEW s AS SELECT k, COUNT(*) AS n, window_start, window_end, window_time AS rt
FROM TABLE(SESSION(TABLE t PARTITION BY k, DESCRIPTOR(ts), INTERVAL '10' SECOND))
GROUP BY window_start, window_end, window_time, k;
SELECT 'half minutes', window_start, window_end, COUNT(*), SUM(n)
FROM TABLE(TUMBLE((SELECT n, rt FROM s), DESCRIPTOR(rt), INTERVAL '30' SECOND)) GROUP BY window_start, window_end
UNION ALL
SELECT 'sessions', window_start, window_end, COUNT(*), MAX(n) FROM s WHERE n > 1 GROUP BY window_start, window_end;
