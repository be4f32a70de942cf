-- parallelism: 1
CREATE TABLE t (v INT) WITH ('connector' = 'filesystem', 'path' = 'x.in', 'format' = 'csv');
SELECT
	v,	w
FROM t;
