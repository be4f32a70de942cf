-- ordered
-- account: in=17 out=15 dropped=2 (late=2)
-- Whoever wants rows by time sorts them first; what is late for that is dropped there.
CREATE TABLE m (k STRING, g INT, ts TIMESTAMP(3), x INT, d DECIMAL(10, 2), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'meters.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT ts, x, score FROM TABLE(ANOMALY(TABLE (SELECT * FROM m ORDER BY ts), DESCRIPTOR(ts), DESCRIPTOR(x),
  'detector' => 'threshold', 'above' => 100, 'hysteresis' => 10));
