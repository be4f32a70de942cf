-- Two detectors of one job score the sums of each minute, of keys of two columns. They are 10 for as long as is known; once
-- there is a row more (a), once one less (b). Minutes without rows (a, at 01:20) are no rows of the view, a NULL adds nothing.
CREATE TABLE m (k STRING, g INT, ts TIMESTAMP(3), x INT, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'minutes.in', 'format' = 'csv', 'csv.null-literal' = '');
CREATE VIEW sums AS SELECT k, g, window_time AS t, SUM(x) AS total
FROM TABLE(TUMBLE(TABLE m, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY k, g, window_start, window_end, window_time;
SELECT 'ewma', k, t, total FROM TABLE(ANOMALY(DATA => TABLE sums PARTITION BY (k, g), ON_TIME => DESCRIPTOR(t),
  VALUE => DESCRIPTOR(total), 'detector' => 'ewma', 'warmup' => 30)) WHERE score > 0.999
UNION ALL
SELECT 'cusum', k, t, total FROM TABLE(ANOMALY(TABLE sums PARTITION BY k, g, DESCRIPTOR(t), DESCRIPTOR(total),
  'detector' => 'cusum', 'warmup' => 30, 'refractory' => 30)) WHERE score > 0.999;
