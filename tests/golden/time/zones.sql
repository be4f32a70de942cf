SET 'table.local-time-zone' = 'Europe/Berlin';
CREATE TABLE t (ms BIGINT) WITH (
  'connector' = 'filesystem', 'path' = 'zones.in', 'format' = 'csv');
SELECT CAST(ts AS STRING), CAST(ts AS DATE), EXTRACT(HOUR FROM ts),
  DATE_FORMAT(ts, 'dd.MM. HH:mm'), CAST(FLOOR(ts TO DAY) AS STRING), FROM_UNIXTIME(ms / 1000)
FROM (SELECT ms, TO_TIMESTAMP_LTZ(ms, 3) AS ts FROM t);
