-- account: in=5 out=4 dropped=1 (late=1)
-- A row that comes when the first windows of its slice have fired counts in those to come; it is
-- late when the last one has.
CREATE TABLE t (ts TIMESTAMP(3), v INT, WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'cumulate_partially_late.in', 'format' = 'csv');
SELECT COUNT(*), SUM(v), window_start, window_end
FROM TABLE(CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '30' SECOND))
GROUP BY window_start, window_end;
