-- account: in=4 out=4 dropped=0
CREATE TABLE t (k STRING, v INT) WITH ('connector' = 'filesystem', 'path' = 'kv.in', 'format' = 'csv');
CREATE VIEW positive (name, twice) AS SELECT k, v * 2 FROM t WHERE v > 0;
CREATE VIEW big AS SELECT name, twice + 1 AS odd FROM positive WHERE twice > 2;
SELECT odd, name FROM big;
