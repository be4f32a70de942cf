-- account: in=4 out=4 dropped=0
CREATE TABLE t (k STRING, v INT) WITH ('connector' = 'filesystem', 'path' = 'kv.in', 'format' = 'csv');
CREATE TABLE p (x STRING, y INT) WITH ('connector' = 'print');
CREATE TABLE q (n INT) WITH ('connector' = 'print');
BEGIN STATEMENT SET;
INSERT INTO p SELECT k, v FROM t WHERE v < 0;
INSERT INTO q SELECT v FROM t WHERE v = 2;
END;
