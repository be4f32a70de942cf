CREATE TABLE t (s STRING, n INT) WITH ('connector' = 'filesystem', 'path' = 'nothing.in', 'format' = 'json');
SELECT n IS JSON FROM t;
