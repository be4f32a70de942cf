-- Far from the habit, or never done before: what either of the two says of these rows, in its words.
CREATE TABLE m (k STRING, ts TIMESTAMP(3), x DOUBLE, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'sequence.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT k, ts, x, reason FROM TABLE(ANOMALY(TABLE m PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(x),
  'detector' => 'ensemble', 'memory' => 2000)) WHERE score > 0.999 AND ts > TIMESTAMP '2024-05-01 00:05:00';
