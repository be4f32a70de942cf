-- Reasons of rows that are odd enough only.
CREATE TABLE m (k STRING, g INT, ts TIMESTAMP(3), x INT, d DECIMAL(10, 2), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'meters.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT k, x, reason FROM TABLE(ANOMALY(TABLE m PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(x),
  'detector' => 'threshold', 'above' => 100, 'hysteresis' => 10, 'reason' => 0.9991)) WHERE score > 0;
