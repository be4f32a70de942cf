-- account: in=4 out=4 dropped=0
CREATE TABLE t (k STRING, v INT) WITH ('connector' = 'filesystem', 'path' = 'kv.in', 'format' = 'csv');
-- Duplicates stay; the columns take the common type.
SELECT k, v FROM t WHERE v > 1
UNION ALL
SELECT k, v FROM t
UNION ALL
SELECT 'd', CAST(1.5 AS DOUBLE) FROM t WHERE v = 2;
