-- The sums of each half minute are scored by their window_time.
CREATE TABLE m (k STRING, g INT, ts TIMESTAMP(3), x INT, d DECIMAL(10, 2), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'meters.in', 'format' = 'csv', 'csv.null-literal' = '');
CREATE VIEW sums AS SELECT k, window_time AS t, SUM(x) AS total
FROM TABLE(TUMBLE(TABLE m, DESCRIPTOR(ts), INTERVAL '30' SECOND)) GROUP BY k, window_start, window_end, window_time;
SELECT k, t, total, score FROM TABLE(ANOMALY(TABLE sums PARTITION BY k, DESCRIPTOR(t), DESCRIPTOR(total),
  'detector' => 'threshold', 'above' => 300, 'hysteresis' => 100));
