-- account: in=4 out=4 dropped=0
CREATE TABLE t (k STRING, v INT) WITH ('connector' = 'filesystem', 'path' = 'kv.in', 'format' = 'csv');
CREATE TABLE p (x STRING, y BIGINT) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
  INSERT INTO p SELECT k, v FROM t WHERE v > 2;
  INSERT INTO p (y) SELECT v * 100 FROM t WHERE k = 'b';
END;
