CREATE TABLE t (s STRING, n INT, x DOUBLE, d DECIMAL(6, 2), b BOOLEAN, ts TIMESTAMP(3)) WITH (
  'connector' = 'filesystem', 'path' = 'json_make.in', 'format' = 'json');
SELECT JSON_OBJECT('s' VALUE s, KEY 'n' VALUE n, 'deep' VALUE JSON_ARRAY(x, JSON_OBJECT('b' VALUE b ABSENT ON NULL))),
  JSON_OBJECT('d' VALUE d, 'ts' VALUE ts NULL ON NULL), JSON_ARRAY(s, n, 'c' NULL ON NULL), JSON_ARRAY(s, n), JSON_ARRAY(),
  JSON_STRING(s), JSON_STRING(x), JSON_QUOTE(s), JSON_UNQUOTE(JSON_QUOTE(s))
FROM t;
