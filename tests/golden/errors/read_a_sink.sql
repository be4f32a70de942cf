-- parallelism: 1
CREATE TABLE t (v INT) WITH ('connector' = 'blackhole');
SELECT v FROM t;
