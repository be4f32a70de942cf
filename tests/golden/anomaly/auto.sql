-- As ewma, and what is usual at an hour: b falls silent at noon of the last day.
CREATE TABLE m (k STRING, ts TIMESTAMP(3), x DOUBLE, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'habits.in', 'format' = 'csv');
SELECT k, DATE_FORMAT(ts, 'dd HH:mm'), CAST(x AS DECIMAL(10, 2)), CAST(score AS DECIMAL(10, 7))
FROM TABLE(ANOMALY(TABLE m PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(x), 'detector' => 'auto'))
WHERE score >= 0.995;
