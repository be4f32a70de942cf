-- Scores are numbers as well.
CREATE TABLE m (k STRING, g INT, ts TIMESTAMP(3), x INT, d DECIMAL(10, 2), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'meters.in', 'format' = 'csv', 'csv.null-literal' = '');
CREATE VIEW once AS SELECT k, ts, x, score AS s FROM TABLE(ANOMALY(TABLE m PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(x),
  'detector' => 'threshold', 'above' => 100, 'hysteresis' => 10));
SELECT k, x, score, reason FROM TABLE(ANOMALY(TABLE once PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(s),
  'detector' => 'threshold', 'above' => 0.9991));
