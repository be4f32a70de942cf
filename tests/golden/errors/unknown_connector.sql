-- parallelism: 1
CREATE TABLE t (v INT) WITH ('connector' = 'filesytem', 'format' = 'csv');
SELECT v FROM t;
