-- y is -2 x: one row of b breaks that, one of a is far from all others. A state is too large to be beside its key.
CREATE TABLE m (k STRING, ts TIMESTAMP(3), x DOUBLE, y DOUBLE, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = 'learned.in', 'format' = 'csv');
SELECT k, x, y FROM TABLE(ANOMALY(TABLE m PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(x, y), 'detector' => 'rcf'))
WHERE score > 0.99917;
