-- account: in=5 out=5 dropped=0
-- UNKNOWN is not TRUE: a row with NULL passes neither the condition nor its opposite.
CREATE TABLE t (id INT, v INT) WITH (
  'connector' = 'filesystem', 'path' = 'where_keeps_true_only.in', 'format' = 'json');
SELECT id, 'over' FROM t WHERE v > 10
UNION ALL SELECT id, 'not over' FROM t WHERE NOT v > 10
UNION ALL SELECT id, 'unknown' FROM t WHERE (v > 10) IS UNKNOWN;
