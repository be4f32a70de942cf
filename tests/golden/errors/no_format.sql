-- parallelism: 1
CREATE TABLE t (v INT) WITH ('connector' = 'filesystem', 'path' = 'x.in');
SELECT v FROM t;
