CREATE TABLE t (k STRING, v INT) WITH ('connector' = 'filesystem', 'path' = 'kv.in', 'format' = 'csv');
CREATE TABLE o (k STRING, v INT) WITH ('connector' = 'filesystem', 'path' = '-', 'format' = 'csv');
INSERT INTO o SELECT k, v FROM t WHERE v <> 2;
