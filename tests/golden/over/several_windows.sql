-- account: in=7 out=7 dropped=0
-- Windows of different keys, in expressions, with FILTER and DISTINCT, behind a WHERE.
CREATE TABLE pay (card STRING, city STRING, amount INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'pay.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT card, amount,
  SUM(amount) OVER w / COUNT(*) OVER w + 1,
  COUNT(*) FILTER (WHERE amount > 9) OVER w,
  COUNT(DISTINCT city) OVER w,
  COUNT(*) OVER (PARTITION BY city ORDER BY ts RANGE BETWEEN INTERVAL '10' SECOND PRECEDING AND CURRENT ROW)
FROM pay
WHERE amount > 1
WINDOW card AS (PARTITION BY card), w AS (card ORDER BY ts ROWS BETWEEN 2 PRECEDING AND CURRENT ROW);
