-- ordered
CREATE TABLE t (id INT, a ARRAY<INT>, m MAP<STRING, INT>, r ROW<x INT, s STRING, z ROW<w ARRAY<STRING>>>, ar ARRAY<ROW<k STRING, v DOUBLE>>)
WITH ('connector' = 'filesystem', 'path' = 'compare.in', 'format' = 'json');
SELECT id, a = ARRAY[1, 2, NULL, 4], a <> ARRAY[1, 2, NULL, 4], m = MAP['b', 3, 'a', 1], (id, 'a') = (1, 'a'), (id, id) IN ((1, 1), (3, 3)), a IS DISTINCT FROM ARRAY[9], COALESCE(a, ARRAY[0]), CASE WHEN id = 1 THEN ARRAY['x'] ELSE ARRAY['yyyy', 'z'] END FROM t;
