-- An instant, in UTC, with seconds always.
CREATE TABLE t (a TIMESTAMP_LTZ(0), b TIMESTAMP_LTZ(3), c TIMESTAMP_LTZ(9)) WITH (
  'connector' = 'filesystem', 'path' = 'timestamps_ltz.in', 'format' = 'json');
SELECT a, b, c FROM t;
