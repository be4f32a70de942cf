CREATE TABLE t (ts TIMESTAMP(3), k STRING, c STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'filesystem', 'path' = 't.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT k, SESSION_START(ts, INTERVAL '10' SECOND), SESSION_END(ts, INTERVAL '10' SECOND),
  SESSION_ROWTIME(ts, INTERVAL '10' SECOND), COUNT(*)
FROM t GROUP BY SESSION(ts, INTERVAL '10' SECOND), k;
