-- account: in=5 out=4 dropped=1 (late=1)
-- A row that comes when the first of its windows has fired still counts in the others; it is late
-- when the last has.
CREATE TABLE t (ts TIMESTAMP(3), v INT, WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'hop_partially_late.in', 'format' = 'csv');
SELECT COUNT(*), SUM(v), window_start, window_end
FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND))
GROUP BY window_start, window_end;
