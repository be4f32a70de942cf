-- A slide longer than the size leaves gaps: rows in between are in no window.
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 't.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT HOP_START(ts, INTERVAL '20' SECOND, INTERVAL '5' SECOND), HOP_END(ts, INTERVAL '20' SECOND, INTERVAL '5' SECOND),
  k, COUNT(*)
FROM t GROUP BY HOP(ts, INTERVAL '20' SECOND, INTERVAL '5' SECOND), k;
