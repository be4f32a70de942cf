-- account: in=5 out=5 dropped=0
-- An aggregate over the windows of another one: how many keys, and their sum.
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'cumulate.in', 'format' = 'csv');
SELECT COUNT(*), SUM(s), window_start, window_end FROM (
  SELECT k, SUM(v) AS s, window_start, window_end
  FROM TABLE(CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '30' SECOND))
  GROUP BY k, window_start, window_end)
GROUP BY window_start, window_end;
