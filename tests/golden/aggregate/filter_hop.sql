-- FILTER goes before all else.
CREATE TABLE t (
  ts TIMESTAMP(3), k STRING, i INT, d DOUBLE, m DECIMAL(6, 2), x STRING, WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'filter_hop.in', 'format' = 'json');
SELECT k, COUNT(DISTINCT x) FILTER (WHERE i > 2), LISTAGG(x) FILTER (WHERE i > 2),
  FIRST_VALUE(x) FILTER (WHERE i > 2), VAR_POP(d) FILTER (WHERE i > 2)
FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND))
GROUP BY k, window_start, window_end;
