-- account: in=17 out=16 dropped=1 (late=1)
-- The time is still a time attribute behind ANOMALY: alarms of each half minute. Rows that are late for the window were
-- scored all the same.
CREATE TABLE m (k STRING, g INT, ts TIMESTAMP(3), x INT, d DECIMAL(10, 2), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'meters.in', 'format' = 'csv', 'csv.null-literal' = '');
WITH scored AS (SELECT * FROM TABLE(ANOMALY(TABLE (SELECT k, ts, x * 2 AS twice FROM m WHERE x IS NOT NULL OR g = 2) PARTITION BY k,
  DESCRIPTOR(ts), DESCRIPTOR(twice), 'detector' => 'threshold', 'above' => 200, 'hysteresis' => 20)))
SELECT k, window_start, COUNT(*), SUM(CASE WHEN score >= 0.999 THEN 1 ELSE 0 END), MAX(score)
FROM TABLE(TUMBLE(TABLE scored, DESCRIPTOR(ts), INTERVAL '30' SECOND)) GROUP BY k, window_start, window_end;
