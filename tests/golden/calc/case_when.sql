CREATE TABLE t (id INT, v INT, s STRING) WITH (
  'connector' = 'filesystem', 'path' = 'case_when.in', 'format' = 'json');
SELECT
  id,
  CASE WHEN v < 0 THEN 'neg' WHEN v = 0 THEN 'zero' WHEN v > 0 THEN 'pos' ELSE 'none' END,
  CASE s WHEN 'a' THEN 1 WHEN 'b' THEN 2 END,
  CASE WHEN v > 100 THEN v / 0 WHEN v IS NULL THEN -1 ELSE v + 1 END
FROM t WHERE v IS NULL OR v <= 100;
