-- output: result.json
-- account: in=3 out=3 dropped=0
CREATE TABLE t (k STRING, v INT) WITH ('connector' = 'filesystem', 'path' = 'kv.in', 'format' = 'csv');
CREATE TABLE o (name STRING, twice BIGINT) WITH ('connector' = 'filesystem', 'path' = 'result.json', 'format' = 'json');
INSERT INTO o SELECT k, v * 2 FROM t;
