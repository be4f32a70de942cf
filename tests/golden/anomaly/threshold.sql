-- account: in=17 out=17 dropped=0
-- An alarm of a key lasts until its value is well back; a NULL tells nothing. A row whose time goes back is scored like
-- any other, also behind the watermark (the last one).
CREATE TABLE m (k STRING, g INT, ts TIMESTAMP(3), x INT, d DECIMAL(10, 2), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'meters.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT k, x, score, reason FROM TABLE(ANOMALY(TABLE m PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(x),
  'detector' => 'threshold', 'above' => 100, 'hysteresis' => 10));
