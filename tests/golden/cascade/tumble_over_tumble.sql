-- window_time is the time attribute of a view; NULL is a key.
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 't.in', 'format' = 'csv', 'csv.null-literal' = '');
CREATE VIEW tens AS
SELECT k, SUM(v) AS total, COUNT(*) AS n, window_time AS rt
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND))
GROUP BY k, window_start, window_end, window_time;
SELECT window_start, window_end, k, COUNT(*) AS windows, MAX(total) AS most, SUM(n) AS n
FROM TABLE(TUMBLE(TABLE tens, DESCRIPTOR(rt), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end, k;
