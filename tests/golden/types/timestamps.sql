-- Precision 0 to 9: what is behind it is cut off; the fraction prints in groups of three digits, and
-- a minute without seconds as such.
CREATE TABLE t (a TIMESTAMP(0), b TIMESTAMP(3), c TIMESTAMP(6), d TIMESTAMP(9)) WITH (
  'connector' = 'filesystem', 'path' = 'timestamps.in', 'format' = 'json');
SELECT a, b, c, d FROM t;
