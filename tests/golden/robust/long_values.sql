-- account: in=3 out=3 dropped=0
-- Long strings pass from lcore to lcore as they pass within one.
CREATE TABLE a (k STRING, s STRING) WITH ('connector' = 'filesystem', 'path' = 'long_values.in', 'format' = 'csv');
SELECT k, CHAR_LENGTH(s), s FROM a WHERE k <> 'b' UNION ALL SELECT k, CHAR_LENGTH(s), '' FROM a WHERE k = 'b';
