-- ordered
-- account: in=8 out=1 dropped=7 (parse_error=7)
CREATE TABLE t (id INT, a ARRAY<INT>, m MAP<STRING, INT>, r ROW<x INT, s STRING, z ROW<w ARRAY<STRING>>>, ar ARRAY<ROW<k STRING, v DOUBLE>>)
WITH ('connector' = 'filesystem', 'path' = 'json_errors.in', 'format' = 'json');
SELECT * FROM t;
