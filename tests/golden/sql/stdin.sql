-- stdin: kv.in
CREATE TABLE t (k STRING, v INT) WITH ('connector' = 'filesystem', 'path' = '-', 'format' = 'csv');
SELECT v, k FROM t;
