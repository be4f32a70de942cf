-- exit: 1
-- parallelism: 1
CREATE TABLE t (s STRING) WITH (
  'connector' = 'filesystem', 'path' = 'cast_fails.in', 'format' = 'csv');
SELECT CAST(s AS INT) FROM t;
