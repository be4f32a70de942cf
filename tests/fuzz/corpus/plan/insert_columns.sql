CREATE TABLE t (k STRING, v INT) WITH ('connector' = 'filesystem', 'path' = 'kv.in', 'format' = 'csv');
CREATE TABLE p (x STRING, y BIGINT, z DOUBLE) WITH ('connector' = 'print');
INSERT INTO p (z, x) SELECT v, k FROM t;
