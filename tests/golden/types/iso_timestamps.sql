CREATE TABLE t (a TIMESTAMP(3), b TIMESTAMP_LTZ(3)) WITH (
  'connector' = 'filesystem', 'path' = 'iso_timestamps.in', 'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601');
SELECT a, b FROM t;
