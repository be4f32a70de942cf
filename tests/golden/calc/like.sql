CREATE TABLE t (s STRING) WITH (
  'connector' = 'filesystem', 'path' = 'like.in', 'format' = 'json');
SELECT s, s LIKE 'a%', s LIKE '%b', s LIKE '_b%', s LIKE '%a%b%', s NOT LIKE 'a%',
  s LIKE 'a!%%' ESCAPE '!', s LIKE ''
FROM t;
