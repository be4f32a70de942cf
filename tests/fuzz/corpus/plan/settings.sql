-- args: --set table.exec.source.idle-timeout=1s
SET 'parallelism.default' = '2';
SET 'table.local-time-zone' = 'UTC';
SET 'table.exec.mini-batch.enabled' = 'true';
SET 'pipeline.name' = 'a job; with -- signs';
RESET 'parallelism.default';
CREATE TABLE t (k STRING, v INT) WITH ('connector' = 'filesystem', 'path' = 'kv.in', 'format' = 'csv');
SELECT v FROM t;
