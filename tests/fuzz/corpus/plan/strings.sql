CREATE TABLE t (s STRING) WITH (
  'connector' = 'filesystem', 'path' = 'strings.in', 'format' = 'json');
SELECT UPPER(s), LOWER(s), CHAR_LENGTH(s), SUBSTRING(s FROM 2 FOR 3), s || '!', TRIM(s), POSITION('b' IN s),
  REPLACE(s, 'b', 'BB')
FROM t;
