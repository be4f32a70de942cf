CREATE TABLE t (s STRING, n INT) WITH (
  'connector' = 'filesystem', 'path' = 'json.in', 'format' = 'json');
SELECT n, JSON_VALUE(s, '$.a'), JSON_VALUE(s, '$.a' RETURNING INT), JSON_VALUE(s, 'lax $.b' DEFAULT 'none' ON EMPTY),
  JSON_VALUE(s, 'strict $.b' RETURNING INTEGER DEFAULT -n ON ERROR), JSON_QUERY(s, '$.c'),
  JSON_QUERY(s, 'lax $.c[*].d' WITH CONDITIONAL ARRAY WRAPPER EMPTY OBJECT ON EMPTY),
  JSON_QUERY(s, 'lax $.a' WITH WRAPPER), JSON_EXISTS(s, '$.a'), JSON_EXISTS(s, 'strict $.b' UNKNOWN ON ERROR),
  s IS JSON, s IS JSON OBJECT, s IS NOT JSON ARRAY, s IS JSON SCALAR
FROM t;
CREATE TABLE t (s STRING, n INT, x DOUBLE, d DECIMAL(6, 2), b BOOLEAN, ts TIMESTAMP(3)) WITH (
  'connector' = 'filesystem', 'path' = 'json_make.in', 'format' = 'json');
SELECT JSON_OBJECT('s' VALUE s, KEY 'n' VALUE n, 'deep' VALUE JSON_ARRAY(x, JSON_OBJECT('b' VALUE b ABSENT ON NULL))),
  JSON_OBJECT('d' VALUE d, 'ts' VALUE ts NULL ON NULL), JSON_ARRAY(s, n, 'c' NULL ON NULL), JSON_ARRAY(s, n), JSON_ARRAY(),
  JSON_STRING(s), JSON_STRING(x), JSON_QUOTE(s), JSON_UNQUOTE(JSON_QUOTE(s))
FROM t;
