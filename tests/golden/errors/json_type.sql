CREATE TABLE t (s STRING, n INT) WITH ('connector' = 'filesystem', 'path' = 'nothing.in', 'format' = 'json');
SELECT JSON_STRING(DATE '2020-01-01') FROM t;
