-- account: in=5 out=5 dropped=0
-- Windows that begin together; a key is in each of them from its first row on, whether or not the
-- newest step has a row of it.
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'cumulate.in', 'format' = 'csv');
SELECT k, COUNT(*), SUM(v), window_start, window_end
FROM TABLE(CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '30' SECOND))
GROUP BY k, window_start, window_end;
