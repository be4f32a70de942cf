-- account: in=4 out=4 dropped=0
-- Each event of the shared source counts once.
CREATE TABLE t (k STRING, v INT) WITH ('connector' = 'filesystem', 'path' = 'kv.in', 'format' = 'csv');
CREATE TABLE p (x STRING) WITH ('connector' = 'print');
CREATE TABLE b (x STRING) WITH ('connector' = 'blackhole');
INSERT INTO p SELECT k FROM t;
INSERT INTO b SELECT k FROM t;
INSERT INTO p SELECT 'again ' || k FROM t WHERE v > 2;
