-- parallelism: 1
-- args: --set table.exec.source.idle-timeot=1s
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'x.in', 'format' = 'csv');
