-- output: written.json
CREATE TABLE t (id INT, a ARRAY<INT>, m MAP<STRING, INT>, r ROW<x INT, s STRING, z ROW<w ARRAY<STRING>>>, ar ARRAY<ROW<k STRING, v DOUBLE>>)
WITH ('connector' = 'filesystem', 'path' = 'json_to_json.in', 'format' = 'json');
CREATE TABLE o (id INT, a ARRAY<INT>, m MAP<STRING, INT>, r ROW<x INT, s STRING, z ROW<w ARRAY<STRING>>>, ar ARRAY<ROW<k STRING, v DOUBLE>>)
WITH ('connector' = 'filesystem', 'path' = 'written.json', 'format' = 'json');
INSERT INTO o SELECT * FROM t;
