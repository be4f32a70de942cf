CREATE TABLE t (s STRING, n INT) WITH ('connector' = 'filesystem', 'path' = 'json_nested.in', 'format' = 'json');
SELECT REGEXP_EXTRACT_ALL(s, '([a-z])([0-9])', 2), JSON_STRING(SPLIT(s, ',')), JSON_STRING(MAP['z', n, 'a', 1]),
  JSON_ARRAY(ARRAY[n, 2], REGEXP_EXTRACT_ALL(s, 'x', 0)) FROM t;
