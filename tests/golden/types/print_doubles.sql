-- The shortest form that reads back equal, with Java's layout.
CREATE TABLE t (d DOUBLE, f FLOAT) WITH (
  'connector' = 'filesystem', 'path' = 'print_doubles.in', 'format' = 'csv');
SELECT d, f FROM t;
