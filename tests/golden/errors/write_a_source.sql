-- parallelism: 1
CREATE TABLE t (v INT) WITH ('connector' = 'datagen');
INSERT INTO t SELECT v FROM t;
