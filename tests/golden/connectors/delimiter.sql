-- account: in=4 out=4 dropped=0
-- A delimiter of one's own.
CREATE TABLE t (id INT, s STRING) WITH (
  'connector' = 'filesystem', 'path' = 'delimiter.in', 'format' = 'csv', 'message.delimiter' = '##');
SELECT id, s FROM t;
