-- Results have AVG's types. Flink computes a variance from SUM(x * x), SUM(x) and COUNT(x), of INTs in
-- whole numbers, of DECIMALs at scale 6. A sample of one has none.
CREATE TABLE t (
  ts TIMESTAMP(3), k STRING, i INT, d DOUBLE, m DECIMAL(6, 2), x STRING, WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'variance_tumble.in', 'format' = 'json');
SELECT k, VAR_POP(i), VARIANCE(i), STDDEV_POP(i), STDDEV(i), VAR_POP(d), VAR_SAMP(d), STDDEV_POP(d),
  STDDEV_SAMP(d), VAR_POP(m), VAR_SAMP(m), STDDEV_POP(m), STDDEV_SAMP(m)
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND))
GROUP BY k, window_start, window_end;
