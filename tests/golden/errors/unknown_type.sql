-- parallelism: 1
CREATE TABLE t (v INTT) WITH ('connector' = 'print');
