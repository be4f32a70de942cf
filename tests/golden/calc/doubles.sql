-- Division of doubles by zero is IEEE 754's; they print as Java prints them.
CREATE TABLE t (a DOUBLE, b DOUBLE) WITH (
  'connector' = 'filesystem', 'path' = 'doubles.in', 'format' = 'csv');
SELECT a + b, a / b, a * b, CAST(a AS FLOAT) FROM t;
