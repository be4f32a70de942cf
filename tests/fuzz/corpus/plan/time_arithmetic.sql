CREATE TABLE t (ts TIMESTAMP(3), d DATE) WITH (
  'connector' = 'filesystem', 'path' = 'time_arithmetic.in', 'format' = 'csv');
SELECT ts + INTERVAL '90' SECOND, ts - INTERVAL '1' DAY, ts + INTERVAL '1' MONTH,
  d + INTERVAL '1' YEAR, ts < TIMESTAMP '2024-01-31 12:00:00',
  EXTRACT(YEAR FROM ts), EXTRACT(DAY FROM d), TIMESTAMPDIFF(MINUTE, TIMESTAMP '2024-01-31 00:00:00', ts)
FROM t;
