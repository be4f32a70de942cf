CREATE TABLE t (id INT, n INT, s STRING) WITH (
  'connector' = 'filesystem', 'path' = 'csv_ignore.in', 'format' = 'csv', 'csv.ignore-parse-errors' = 'true');
SELECT id, n, s FROM t;
