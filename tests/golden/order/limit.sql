-- ordered
CREATE TABLE t (n INT) WITH ('connector' = 'filesystem', 'path' = 'limit.in', 'format' = 'csv');
SELECT n * 10 FROM (SELECT n FROM t OFFSET 1) FETCH FIRST 2 ROWS ONLY;
