-- A DECIMAL that does not fit its type is NULL, as in Flink; a cast rounds half up.
CREATE TABLE t (a DECIMAL(38, 0), b DECIMAL(5, 3)) WITH (
  'connector' = 'filesystem', 'path' = 'decimal_overflow.in', 'format' = 'csv');
SELECT a + a, CAST(a AS DECIMAL(5, 0)), CAST(b AS DECIMAL(3, 1)), CAST(b AS DECIMAL(2, 2)), CAST(b AS INT) FROM t;
