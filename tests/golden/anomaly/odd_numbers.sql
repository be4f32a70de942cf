-- Detectors that learn, over DOUBLE with NaN and infinities among it, DECIMAL and INT. What must come was worked out by
-- a script that keeps all values (docs/anomaly.md): NaN says nothing, infinities more than any number, neither is learnt.
CREATE TABLE m (k STRING, ts TIMESTAMP(3), f DOUBLE, d DECIMAL(10, 2), n INT, odd INT, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = 'odd_numbers.in', 'format' = 'csv');
SELECT 'robust f', k, DATE_FORMAT(ts, 'dd HH:mm'), CAST(score AS DECIMAL(10, 5)) FROM
  TABLE(ANOMALY(TABLE m PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(f), 'detector' => 'robust')) WHERE score >= 0.998 OR odd = 1
UNION ALL
SELECT 'robust d', k, DATE_FORMAT(ts, 'dd HH:mm'), CAST(score AS DECIMAL(10, 5)) FROM
  TABLE(ANOMALY(TABLE m PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(d), 'detector' => 'robust')) WHERE score >= 0.998
UNION ALL
SELECT 'robust n', k, DATE_FORMAT(ts, 'dd HH:mm'), CAST(score AS DECIMAL(10, 5)) FROM
  TABLE(ANOMALY(TABLE m PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(n), 'detector' => 'robust')) WHERE score >= 0.998
UNION ALL
SELECT 'cusum f', k, DATE_FORMAT(ts, 'dd HH:mm'), CAST(score AS DECIMAL(10, 5)) FROM
  TABLE(ANOMALY(TABLE m PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(f), 'detector' => 'cusum')) WHERE score >= 0.998 OR odd = 1
UNION ALL
SELECT 'cusum d', k, DATE_FORMAT(ts, 'dd HH:mm'), CAST(score AS DECIMAL(10, 5)) FROM
  TABLE(ANOMALY(TABLE m PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(d), 'detector' => 'cusum')) WHERE score >= 0.998
UNION ALL
SELECT 'cusum n', k, DATE_FORMAT(ts, 'dd HH:mm'), CAST(score AS DECIMAL(10, 5)) FROM
  TABLE(ANOMALY(TABLE m PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(n), 'detector' => 'cusum')) WHERE score >= 0.998
UNION ALL
SELECT 'seasonal f', k, DATE_FORMAT(ts, 'dd HH:mm'), CAST(score AS DECIMAL(10, 5)) FROM
  TABLE(ANOMALY(TABLE m PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(f), 'detector' => 'seasonal', 'season' => INTERVAL '1' HOUR, 'buckets' => 4)) WHERE score >= 0.998 OR odd = 1
UNION ALL
SELECT 'seasonal d', k, DATE_FORMAT(ts, 'dd HH:mm'), CAST(score AS DECIMAL(10, 5)) FROM
  TABLE(ANOMALY(TABLE m PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(d), 'detector' => 'seasonal', 'season' => INTERVAL '1' HOUR, 'buckets' => 4)) WHERE score >= 0.998
UNION ALL
SELECT 'seasonal n', k, DATE_FORMAT(ts, 'dd HH:mm'), CAST(score AS DECIMAL(10, 5)) FROM
  TABLE(ANOMALY(TABLE m PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(n), 'detector' => 'seasonal', 'season' => INTERVAL '1' HOUR, 'buckets' => 4)) WHERE score >= 0.998
UNION ALL
SELECT 'ewma f', k, DATE_FORMAT(ts, 'dd HH:mm'), CAST(score AS DECIMAL(10, 5)) FROM
  TABLE(ANOMALY(TABLE m PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(f), 'detector' => 'ewma')) WHERE odd = 1
UNION ALL
SELECT 'auto f', k, DATE_FORMAT(ts, 'dd HH:mm'), CAST(score AS DECIMAL(10, 5)) FROM
  TABLE(ANOMALY(TABLE m PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(f), 'detector' => 'auto')) WHERE odd = 1
UNION ALL
SELECT 'rcf f', k, DATE_FORMAT(ts, 'dd HH:mm'), CAST(score AS DECIMAL(10, 5)) FROM
  TABLE(ANOMALY(TABLE m PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(f), 'detector' => 'rcf')) WHERE odd = 1;
