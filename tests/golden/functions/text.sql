CREATE TABLE t (s STRING, n INT) WITH ('connector' = 'filesystem', 'path' = 'text.in', 'format' = 'json');
SELECT LOCATE('a', s, n), INSTR(s, 'a', -1), STARTSWITH(s, 'ba'), ENDSWITH(s, 'na'), SPLIT_INDEX(s, 'n', n),
  OVERLAY(s PLACING 'XY' FROM n), TRANSLATE(s, 'an', 'o'), ELT(n, s, 'two'), HEX(s), BIN(n),
  TO_BASE64(s), FROM_BASE64(TO_BASE64(s)), DECODE(ENCODE(s, 'UTF-16'), 'UTF-16'), DECODE(UNHEX(HEX(s)), 'UTF-8'),
  URL_ENCODE(s), URL_DECODE(URL_ENCODE(s)), MD5(s), SHA2(s, 224), SUBSTRING(s FROM 2 FOR n)
FROM t;
