CREATE TABLE t (x DOUBLE, n INT) WITH ('connector' = 'filesystem', 'path' = 'math.in', 'format' = 'json');
SELECT ABS(x), ABS(n), SIGN(x), CEIL(x), CEILING(x), FLOOR(x), ROUND(x, 1), ROUND(n, -1), TRUNCATE(x, 1), -n, +n,
  SQRT(x * x), POWER(n, 2), EXP(0 * x), LN(EXP(n)), LOG(2, POWER(2, n)), LOG10(POWER(10, n)), LOG2(POWER(2, n)), LOG(EXP(n)),
  ROUND(SIN(x), 6), ROUND(COS(x), 6), ROUND(TAN(x), 6), ROUND(COT(x), 6), ROUND(ASIN(x / 4), 6), ROUND(ACOS(x / 4), 6),
  ROUND(ATAN(x), 6), ROUND(ATAN2(x, 2), 6), ROUND(SINH(x), 6), ROUND(COSH(x), 6), ROUND(TANH(x), 6), DEGREES(PI() * n),
  ROUND(RADIANS(x), 6), ROUND(E(), 6), GREATEST(n, 2), LEAST(x, 1), IFNULL(n, 0)
FROM t;
