-- As in Java: division truncates towards zero, the remainder has the sign of the dividend, and what
-- does not fit wraps around.
CREATE TABLE t (a INT, b INT) WITH (
  'connector' = 'filesystem', 'path' = 'integer_arithmetic.in', 'format' = 'csv');
SELECT a, b, a + b, a - b, a * b, a / b, a % b, MOD(a, b), -a, CAST(a AS BIGINT) * b FROM t;
