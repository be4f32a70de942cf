-- parallelism: 1
CREATE TABLE t (v INT) WITH ('format' = 'csv');
SELECT v FROM t;
