-- ordered
CREATE TABLE t (id INT, a ARRAY<INT>, m MAP<STRING, INT>, r ROW<x INT, s STRING, z ROW<w ARRAY<STRING>>>, ar ARRAY<ROW<k STRING, v DOUBLE>>)
WITH ('connector' = 'filesystem', 'path' = 'map_functions.in', 'format' = 'json');
SELECT id, MAP_KEYS(m), MAP_VALUES(m), MAP_ENTRIES(m), MAP_FROM_ARRAYS(ARRAY['x', 'y', 'x'], ARRAY[1, 2, 3]), MAP_UNION(m, MAP['b', 20, 'z', 26]),
STR_TO_MAP('a=1,b=2=3,c'), STR_TO_MAP('k:v;;l:w;;', ';', ':'), SPLIT('a,b,,', ','), SPLIT('héy', ''), SPLIT('abc', 'bc'), ARRAY_JOIN(ARRAY['a', NULL, 'b'], '-'), ARRAY_JOIN(ARRAY['a', NULL, 'b'], '-', '?'), ARRAY_JOIN(SPLIT('one two', ' '), '+') FROM t;
