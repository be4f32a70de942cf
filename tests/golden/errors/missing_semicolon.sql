-- parallelism: 1
CREATE TABLE t (v INT) WITH ('connector' = 'print')
SELECT v FROM t;
