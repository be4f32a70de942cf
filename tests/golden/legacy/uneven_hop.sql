-- In GROUP BY the slide need not divide the size.
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 't.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT HOP_START(ts, INTERVAL '10' SECOND, INTERVAL '25' SECOND), HOP_END(ts, INTERVAL '10' SECOND, INTERVAL '25' SECOND),
  k, COUNT(*)
FROM t GROUP BY HOP(ts, INTERVAL '10' SECOND, INTERVAL '25' SECOND), k;
