CREATE TABLE t (s STRING, n INT) WITH ('connector' = 'filesystem', 'path' = 'shapes.in', 'format' = 'json');
SELECT CONCAT(s, '-', s), CONCAT_WS('+', s, CAST(NULL AS STRING), 'z'), INITCAP(s), LPAD(s, 5, 'xy'), RPAD(s, n, 'ä'), LTRIM(s), RTRIM(s),
  BTRIM(s), LTRIM(s, 'ab'), REPEAT(s, n), REVERSE(s), SUBSTR(s, -2), ASCII(s), CHR(n + 64), OCTET_LENGTH(s), CHARACTER_LENGTH(s),
  IS_ALPHA(s), IS_DIGIT(s), IS_DECIMAL(s), UPPER(s), LOWER(s)
FROM t;
