CREATE TABLE t (k STRING, v INT) WITH ('connector' = 'filesystem', 'path' = 'kv.in', 'format' = 'csv');
SELECT s.x, s.k FROM (SELECT k, v + 1 AS x FROM (SELECT * FROM t WHERE v <> 2) AS u) AS s WHERE s.x > 0;
