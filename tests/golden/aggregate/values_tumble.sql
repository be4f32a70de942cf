-- The first, the last, all of them: NULLs are passed over, what is left has the order of the input; in
-- a HOP window lists begin with the newest slice, as in Flink.
CREATE TABLE t (
  ts TIMESTAMP(3), k STRING, i INT, d DOUBLE, m DECIMAL(6, 2), x STRING, WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'values_tumble.in', 'format' = 'json');
SELECT k, FIRST_VALUE(i), LAST_VALUE(i), FIRST_VALUE(x), LAST_VALUE(x) IGNORE NULLS, LAST_VALUE(m),
  LISTAGG(x), LISTAGG(x, ' - '), PERCENTILE(d, 0.5), PERCENTILE(i, 0.3), APPROX_COUNT_DISTINCT(x),
  APPROX_COUNT_DISTINCT(i)
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND))
GROUP BY k, window_start, window_end;
