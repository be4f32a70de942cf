-- Two windows of the same results in one query.
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 't.in', 'format' = 'csv', 'csv.null-literal' = '');
CREATE VIEW tens AS
SELECT k, SUM(v) AS total, COUNT(*) AS n, window_time AS rt
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND))
GROUP BY k, window_start, window_end, window_time;
SELECT 'hop', window_start, window_end, COUNT(*), SUM(total)
FROM TABLE(HOP(TABLE tens, DESCRIPTOR(rt), INTERVAL '30' SECOND, INTERVAL '1' MINUTE))
GROUP BY window_start, window_end
UNION ALL
SELECT 'cumulate', window_start, window_end, COUNT(*), SUM(total)
FROM TABLE(CUMULATE(TABLE tens, DESCRIPTOR(rt), INTERVAL '20' SECOND, INTERVAL '1' MINUTE))
GROUP BY window_start, window_end;
