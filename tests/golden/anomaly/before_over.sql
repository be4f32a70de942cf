-- How many alarms a key has had so far.
CREATE TABLE m (k STRING, g INT, ts TIMESTAMP(3), x INT, d DECIMAL(10, 2), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'meters.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT k, x, SUM(CASE WHEN score >= 0.999 THEN 1 ELSE 0 END) OVER (PARTITION BY k ORDER BY ts) AS alarms
FROM TABLE(ANOMALY(TABLE m PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(x), 'detector' => 'threshold', 'above' => 100));
