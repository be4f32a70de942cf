-- exit: 1
-- parallelism: 1
CREATE TABLE t (a INT, b INT) WITH (
  'connector' = 'filesystem', 'path' = 'division_by_zero.in', 'format' = 'csv');
SELECT a / b FROM t;
