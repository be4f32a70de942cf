-- account: in=7 out=5 dropped=2 (late=2)
-- A row is late when its window's end − 1 ms is not above the watermark that the rows before it had
-- reached, here the largest time before it − 2 s.
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'late_rows.in', 'format' = 'csv');
SELECT COUNT(*), SUM(v), window_end
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND))
GROUP BY window_start, window_end;
