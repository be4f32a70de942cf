CREATE TABLE t (s STRING, p STRING) WITH ('connector' = 'filesystem', 'path' = 'regexp.in', 'format' = 'json');
SELECT REGEXP(s, '[0-9]+'), REGEXP_EXTRACT(s, '([a-z]+)-([0-9]+)', 2), REGEXP_REPLACE(s, '[0-9]', '#'),
  REGEXP_COUNT(s, '[0-9]'), REGEXP_INSTR(s, '-'), REGEXP_SUBSTR(s, '[a-z]+'), s SIMILAR TO '%-[0-9]+', s NOT SIMILAR TO '%ä%',
  REGEXP(s, p), REGEXP_EXTRACT(s, p), REGEXP_COUNT(s, p)
FROM t;
