-- account: in=2 out=1 dropped=1 (parse_error=1)
CREATE TABLE t (id INT, n INT) WITH (
  'connector' = 'filesystem', 'path' = 'json_missing.in', 'format' = 'json', 'json.fail-on-missing-field' = 'true');
SELECT id, n FROM t;
