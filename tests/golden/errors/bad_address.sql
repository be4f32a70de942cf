-- parallelism: 1
CREATE TABLE t (v INT) WITH ('connector' = 'udp', 'local' = '10.0.0.300:9', 'format' = 'csv');
SELECT v FROM t;
