-- account: in=11 out=3 dropped=8 (parse_error=8)
-- What cannot be decoded is dropped and counted; what is only missing is NULL.
CREATE TABLE t (id INT, n BIGINT, s STRING) WITH (
  'connector' = 'filesystem', 'path' = 'json_errors.in', 'format' = 'json');
SELECT id, n, s FROM t;
