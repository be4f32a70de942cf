CREATE TABLE t (s STRING, n INT) WITH ('connector' = 'filesystem', 'path' = 'nothing.in', 'format' = 'json');
SELECT JSON_EXISTS(s, s) FROM t;
