-- parallelism: 1
CREATE TABLE t (v INT) WITH ('connector' = 'udp', 'format' = 'csv');
SELECT v FROM t;
