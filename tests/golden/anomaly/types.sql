-- Columns of any number type, and what no number is: NaN tells nothing, infinities are beyond every limit.
CREATE TABLE m (k STRING, g INT, ts TIMESTAMP(3), x INT, d DECIMAL(10, 2), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'meters.in', 'format' = 'csv', 'csv.null-literal' = '');
CREATE VIEW v AS SELECT k, ts, CAST(g AS TINYINT) AS t, CAST(x AS SMALLINT) AS s, CAST(x AS BIGINT) * 10000000000 AS b,
  CAST(d AS FLOAT) AS f, CAST(d AS DECIMAL(38, 20)) AS l, CAST(x - 100 AS DOUBLE) / 0e0 AS o FROM m;
SELECT 't', k, score, reason FROM TABLE(ANOMALY(TABLE v PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(t), 'detector' => 'threshold', 'above' => 1, 'hysteresis' => 0))
UNION ALL
SELECT 's', k, score, reason FROM TABLE(ANOMALY(TABLE v PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(s), 'detector' => 'threshold', 'above' => 100, 'hysteresis' => 10))
UNION ALL
SELECT 'b', k, score, reason FROM TABLE(ANOMALY(TABLE v PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(b), 'detector' => 'threshold', 'above' => 1e12, 'hysteresis' => 1e11))
UNION ALL
SELECT 'f', k, score, reason FROM TABLE(ANOMALY(TABLE v PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(f), 'detector' => 'threshold', 'above' => 4, 'hysteresis' => 0))
UNION ALL
SELECT 'l', k, score, reason FROM TABLE(ANOMALY(TABLE v PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(l), 'detector' => 'threshold', 'above' => 4, 'hysteresis' => 0))
UNION ALL
SELECT 'o', k, score, reason FROM TABLE(ANOMALY(TABLE v PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(o), 'detector' => 'threshold', 'above' => 5, 'hysteresis' => 0))
;
