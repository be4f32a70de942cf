-- Two columns of a key, both ways to write them; named arguments.
CREATE TABLE m (k STRING, g INT, ts TIMESTAMP(3), x INT, d DECIMAL(10, 2), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'meters.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT k, g, d, score, reason FROM TABLE(ANOMALY(TABLE m PARTITION BY k, g, DESCRIPTOR(ts), DESCRIPTOR(d),
  detector => 'threshold', BELOW => -2, above => 7.5))
UNION ALL
SELECT k, g, d, score, reason FROM TABLE(ANOMALY(DATA => TABLE m PARTITION BY (k, g), ON_TIME => DESCRIPTOR(ts),
  VALUE => DESCRIPTOR(d), 'above' => 7.5, 'below' => -2, 'detector' => 'threshold'));
