-- output: written.tsv
CREATE TABLE t (id INT, s STRING) WITH ('connector' = 'filesystem', 'path' = 'csv_tab.in', 'format' = 'csv', 'csv.field-delimiter' = '\t');
CREATE TABLE o (id INT, s STRING) WITH ('connector' = 'filesystem', 'path' = 'written.tsv', 'format' = 'csv', 'csv.field-delimiter' = '\t');
INSERT INTO o SELECT id + 1, s FROM t;
