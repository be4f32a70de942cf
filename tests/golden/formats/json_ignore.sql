-- With ignore-parse-errors a field that does not convert is NULL, as in Flink; what is no message at
-- all is dropped.
CREATE TABLE t (id INT, n INT) WITH (
  'connector' = 'filesystem', 'path' = 'json_ignore.in', 'format' = 'json', 'json.ignore-parse-errors' = 'true');
SELECT id, n FROM t;
