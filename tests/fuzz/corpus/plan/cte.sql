CREATE TABLE t (k STRING, v INT) WITH ('connector' = 'filesystem', 'path' = 'kv.in', 'format' = 'csv');
WITH a AS (SELECT v FROM t WHERE k = 'a'), sums (w) AS (SELECT v + 10 FROM a)
SELECT w FROM sums UNION ALL SELECT v FROM a;
