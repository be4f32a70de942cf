-- ordered
CREATE TABLE t (id INT, a ARRAY<STRING>, r ROW<z INT, b DOUBLE>) WITH ('connector' = 'filesystem', 'path' = 'json_functions.in', 'format' = 'json');
SELECT JSON_OBJECT('a' VALUE a, 'r' VALUE r), JSON_ARRAY(MAP['z', 1, 'b', id]), JSON_STRING(r) FROM t;
