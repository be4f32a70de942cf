CREATE TABLE t (a DECIMAL(38, 0), b DECIMAL(38, 38), c DECIMAL(20, 10)) WITH (
  'connector' = 'filesystem', 'path' = 'decimal_38.in', 'format' = 'json');
SELECT a, b, c FROM t;
