-- output: written.csv
CREATE TABLE t (b BOOLEAN, i INT, d DOUBLE, m DECIMAL(10, 3), s STRING, da DATE, ts TIMESTAMP(3))
WITH ('connector' = 'filesystem', 'path' = 'csv_to_csv.in', 'format' = 'csv', 'csv.null-literal' = 'n/a');
CREATE TABLE o (b BOOLEAN, i INT, d DOUBLE, m DECIMAL(10, 3), s STRING, da DATE, ts TIMESTAMP(3))
WITH ('connector' = 'filesystem', 'path' = 'written.csv', 'format' = 'csv', 'csv.null-literal' = 'n/a');
INSERT INTO o SELECT * FROM t;
