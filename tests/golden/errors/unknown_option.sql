-- parallelism: 1
CREATE TABLE t (v INT) WITH (
  'connector' = 'filesystem', 'path' = 'x.in',
  'format' = 'csv', 'pathh' = 'y');
SELECT v FROM t;
