CREATE TABLE t (s STRING, n INT) WITH ('connector' = 'filesystem', 'path' = 'nothing.in', 'format' = 'json');
SELECT JSON_OBJECT('a', 1) FROM t;
