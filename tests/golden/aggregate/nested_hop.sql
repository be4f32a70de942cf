-- An array of nothing is NULL, a multiset of nothing is empty.
CREATE TABLE t (
  ts TIMESTAMP(3), k STRING, i INT, d DOUBLE, m DECIMAL(6, 2), x STRING, WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'nested_hop.in', 'format' = 'json');
SELECT k, ARRAY_AGG(i), ARRAY_AGG(i) IGNORE NULLS, ARRAY_AGG(DISTINCT i), COLLECT(i) FILTER (WHERE i >= 0),
  PERCENTILE(d, ARRAY[0.25, 0.5, 1.0])
FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND))
GROUP BY k, window_start, window_end;
