-- parallelism: 1
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'x.in', 'format' = 'csv');
SELECT k FROM t WHERE k + ts > 1;
