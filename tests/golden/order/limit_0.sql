CREATE TABLE t (n INT) WITH ('connector' = 'filesystem', 'path' = 'limit.in', 'format' = 'csv');
SELECT n FROM t LIMIT 0;
