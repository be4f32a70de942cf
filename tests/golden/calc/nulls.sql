CREATE TABLE t (a INT, b INT) WITH (
  'connector' = 'filesystem', 'path' = 'nulls.in', 'format' = 'json');
SELECT a, b, a + b, a = b, a <> b, COALESCE(a, b, 0), NULLIF(a, b), a IS NULL, b IS NOT NULL,
  a IS DISTINCT FROM b, a IS NOT DISTINCT FROM b
FROM t;
