-- DISTINCT: each value once, when it comes first. The last of them is the one that was new last.
CREATE TABLE t (
  ts TIMESTAMP(3), k STRING, i INT, d DOUBLE, m DECIMAL(6, 2), x STRING, WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'distinct_tumble.in', 'format' = 'json');
SELECT k, COUNT(DISTINCT x), COUNT(DISTINCT i), SUM(DISTINCT i), AVG(DISTINCT i), SUM(DISTINCT d),
  SUM(DISTINCT m), MIN(DISTINCT i), MAX(DISTINCT x), LISTAGG(DISTINCT x, '|'), FIRST_VALUE(DISTINCT x),
  LAST_VALUE(DISTINCT x)
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND))
GROUP BY k, window_start, window_end;
