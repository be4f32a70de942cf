-- exit: 1
-- parallelism: 1
CREATE TABLE t (id INT) WITH (
  'connector' = 'filesystem', 'path' = 'json_fail.in', 'format' = 'json', 'json.ignore-parse-errors' = 'false');
CREATE TABLE b (id INT) WITH ('connector' = 'blackhole');
INSERT INTO b SELECT id FROM t;
