-- account: in=14 out=13 dropped=1 (late=1)
-- Sessions that touch are one: a's rows at 0 s and 10 s are, with a gap of 10 s. The row of 12 s comes when
-- its session would be over at 22 s and the watermark is at 26 s.
CREATE TABLE t (ts TIMESTAMP(3), k STRING, c STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'filesystem', 'path' = 't.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT window_start, window_end, k, COUNT(*) AS n, SUM(v) AS total
FROM TABLE(SESSION(TABLE t PARTITION BY k, DESCRIPTOR(ts), INTERVAL '10' SECOND))
GROUP BY window_start, window_end, k;
