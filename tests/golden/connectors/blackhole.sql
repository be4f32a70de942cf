-- account: in=3 out=3 dropped=0
CREATE TABLE t (k STRING, v INT) WITH ('connector' = 'filesystem', 'path' = 'kv.in', 'format' = 'csv');
CREATE TABLE o (k STRING, v INT) WITH ('connector' = 'blackhole');
INSERT INTO o SELECT k, v FROM t;
