-- ordered
CREATE TABLE t (id INT, a ARRAY<INT>, m MAP<STRING, INT>, r ROW<x INT, s STRING, z ROW<w ARRAY<STRING>>>, ar ARRAY<ROW<k STRING, v DOUBLE>>)
WITH ('connector' = 'filesystem', 'path' = 'constructors.in', 'format' = 'json');
SELECT ARRAY[1, 2], ARRAY[id, 2.5], MAP['a', 1.5, 'b', 2, 'a', 3], ROW(1, 'x', CAST(NULL AS INT)), (id, a), ARRAY[(1, 'a'), (id, 'long')], ARRAY[NULL, id], MAP[id, ARRAY[id]][id] FROM t WHERE id < 3;
