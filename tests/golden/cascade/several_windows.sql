-- Different windows of one table, with and without keys, over a table and a subquery.
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 't.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT '10 s', k, window_start, window_end, COUNT(*)
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, window_start, window_end
UNION ALL
SELECT '1 min', CAST(NULL AS STRING), window_start, window_end, COUNT(*)
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end
UNION ALL
SELECT 'hop', k, HOP_START(ts, INTERVAL '10' SECOND, INTERVAL '20' SECOND),
  HOP_END(ts, INTERVAL '10' SECOND, INTERVAL '20' SECOND), COUNT(*)
FROM (SELECT * FROM t WHERE v > 4) GROUP BY HOP(ts, INTERVAL '10' SECOND, INTERVAL '20' SECOND), k;
