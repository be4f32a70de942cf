-- account: in=9 out=9 dropped=0
-- The truth tables of AND, OR, NOT and IS …: SQL:2016 §8.21.
CREATE TABLE t (a BOOLEAN, b BOOLEAN) WITH (
  'connector' = 'filesystem', 'path' = 'three_valued.in', 'format' = 'json');
SELECT a, b, a AND b, a OR b, NOT a, a IS TRUE, a IS NOT FALSE, a IS UNKNOWN FROM t;
