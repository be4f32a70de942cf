-- IGNORE NULLS and RESPECT NULLS stand behind the argument, as in Flink's function reference.
CREATE TABLE t (ts TIMESTAMP(3), k STRING, i INT, WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'array_agg_nulls.in', 'format' = 'csv', 'csv.null-literal' = '-');
SELECT k, ARRAY_AGG(i), ARRAY_AGG(i RESPECT NULLS), ARRAY_AGG(i IGNORE NULLS), ARRAY_AGG(DISTINCT i IGNORE NULLS)
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND))
GROUP BY window_start, window_end, k;
