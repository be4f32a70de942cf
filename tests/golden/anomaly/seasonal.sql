-- Values of a quarter of an hour are 20 above those of the one before. After two hours that is known, and one value of
-- a is far from what is usual.
CREATE TABLE m (k STRING, ts TIMESTAMP(3), x DOUBLE, y DOUBLE, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = 'learned.in', 'format' = 'csv');
SELECT k, x FROM TABLE(ANOMALY(TABLE m PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(x), 'detector' => 'seasonal',
  'season' => INTERVAL '1' HOUR, 'buckets' => 4)) WHERE score > 0.999 AND ts > TIMESTAMP '2024-05-01 02:00:00';
