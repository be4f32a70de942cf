-- parallelism: 1
CREATE TABLE t (v INT) WITH ('connector' = 'filesystem', 'path' = 'no/such/file', 'format' = 'csv');
SELECT v FROM t;
