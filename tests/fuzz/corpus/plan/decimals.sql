-- DECIMAL(5, 2) with DECIMAL(4, 1), by Flink's rules: + and - are (6, 2), * is (9, 3), / is (11, 7)
-- rounded half up, and the remainder (5, 2).
CREATE TABLE t (a DECIMAL(5, 2), b DECIMAL(4, 1)) WITH (
  'connector' = 'filesystem', 'path' = 'decimals.in', 'format' = 'csv');
SELECT a, b, a + b, a - b, a * b, a / b, a % b, -a, a > b FROM t;
