-- TUMBLE_ROWTIME is a time attribute, too.
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 't.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT TUMBLE_ROWTIME(rt, INTERVAL '30' SECOND) AS rt, COUNT(*) AS windows, SUM(total) AS total
FROM (SELECT k, SUM(v) AS total, TUMBLE_ROWTIME(ts, INTERVAL '10' SECOND) AS rt
  FROM t GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND))
GROUP BY TUMBLE(rt, INTERVAL '30' SECOND);
