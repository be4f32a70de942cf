-- x IN (…, NULL) is UNKNOWN where no value matches, and so is its opposite. BETWEEN is inclusive.
CREATE TABLE t (v INT, s STRING) WITH (
  'connector' = 'filesystem', 'path' = 'in_between.in', 'format' = 'json');
SELECT v, v IN (1, 3), v NOT IN (1, 3), v IN (1, CAST(NULL AS INT)), v BETWEEN 2 AND 3,
  v NOT BETWEEN 2 AND 3, v BETWEEN SYMMETRIC 3 AND 2, s IN ('x', 'y'), s BETWEEN 'x' AND 'xz'
FROM t;
