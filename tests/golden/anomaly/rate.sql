-- Key a has a row a minute, and eleven of them a tenth of a second apart: the last six end a span of half a second.
CREATE TABLE m (k STRING, ts TIMESTAMP(3), x DOUBLE, y DOUBLE, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = 'learned.in', 'format' = 'csv');
SELECT k FROM TABLE(ANOMALY(TABLE m PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(x), 'detector' => 'rate'))
WHERE score > 0.9995 AND reason LIKE '6 events in 50_ ms; this key mostly takes % min for as many';
