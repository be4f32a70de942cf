-- ordered
CREATE TABLE t (id INT, a ARRAY<INT>, m MAP<STRING, INT>, r ROW<x INT, s STRING, z ROW<w ARRAY<STRING>>>, ar ARRAY<ROW<k STRING, v DOUBLE>>)
WITH ('connector' = 'filesystem', 'path' = 'json_print.in', 'format' = 'json');
SELECT * FROM t;
