-- ordered
-- Without PARTITION BY all rows share one state. No reason is made when nobody reads it.
CREATE TABLE m (k STRING, g INT, ts TIMESTAMP(3), x INT, d DECIMAL(10, 2), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'meters.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT k, x, score FROM TABLE(ANOMALY(TABLE m, DESCRIPTOR(ts), DESCRIPTOR(x), 'detector' => 'threshold', 'above' => 100,
  'hysteresis' => 10)) WHERE score >= 0.999;
