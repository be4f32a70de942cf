-- y + 2 x is noise of at most 9, but for one row of b.
CREATE TABLE m (k STRING, ts TIMESTAMP(3), x DOUBLE, y DOUBLE, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = 'learned.in', 'format' = 'csv');
CREATE VIEW r AS SELECT k, ts, x, y + 2 * x AS z FROM m;
SELECT k, x FROM TABLE(ANOMALY(TABLE r PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(z), 'detector' => 'robust'))
WHERE score > 0.9992;
