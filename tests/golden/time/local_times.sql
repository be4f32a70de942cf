SET 'table.local-time-zone' = 'America/New_York';
CREATE TABLE t (s STRING) WITH (
  'connector' = 'filesystem', 'path' = 'local_times.in', 'format' = 'csv');
-- Gaps are skipped; of two instants CAST takes the earlier one, UNIX_TIMESTAMP the later one.
SELECT s, CAST(ts AS TIMESTAMP_LTZ(3)), CAST(CAST(ts AS TIMESTAMP_LTZ(3)) AS STRING),
  UNIX_TIMESTAMP(s), CONVERT_TZ(s, 'America/New_York', 'Asia/Kolkata')
FROM (SELECT s, CAST(s AS TIMESTAMP(3)) AS ts FROM t);
