-- parallelism: 1
CREATE TABLE t (v INT) WITH (
  'connector' = 'filesystem', 'path' = 'x.in', 'format' = 'csv',
  'csv.field-delimeter' = ';');
SELECT v FROM t;
