-- unstoppable: nothing runs
-- account: in=0 out=0 dropped=0
CREATE TABLE t (k STRING, v INT) WITH ('connector' = 'filesystem', 'path' = 'kv.in', 'format' = 'csv');
