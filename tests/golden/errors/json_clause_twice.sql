CREATE TABLE t (s STRING, n INT) WITH ('connector' = 'filesystem', 'path' = 'nothing.in', 'format' = 'json');
SELECT JSON_VALUE(s, '$' NULL ON EMPTY ERROR ON EMPTY) FROM t;
