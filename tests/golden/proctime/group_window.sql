CREATE TABLE t (k STRING, v INT, pt AS PROCTIME())
WITH ('connector' = 'filesystem', 'path' = 't.in', 'format' = 'csv');
SELECT COUNT(*) AS n, TUMBLE_END(pt, INTERVAL '36500' DAY) AS e, TUMBLE_PROCTIME(pt, INTERVAL '36500' DAY) IS NULL AS p
FROM t GROUP BY TUMBLE(pt, INTERVAL '36500' DAY);
