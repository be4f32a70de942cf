-- account: in=8 out=3 dropped=5 (parse_error=5)
CREATE TABLE t (id INT, m DECIMAL(5, 2), s STRING) WITH (
  'connector' = 'filesystem', 'path' = 'csv_errors.in', 'format' = 'csv');
SELECT id, m, s FROM t;
