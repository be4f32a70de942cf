-- Arithmetic keeps the wider of the two types; a cast to a narrower one wraps around.
CREATE TABLE t (a TINYINT, b SMALLINT, c BIGINT) WITH (
  'connector' = 'filesystem', 'path' = 'small_integers.in', 'format' = 'csv');
SELECT a + a, a + b, b + c, CAST(c AS INT), CAST(c AS SMALLINT), CAST(c AS TINYINT) FROM t;
