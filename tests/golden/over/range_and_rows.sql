-- account: in=7 out=7 dropped=0
-- Rows of equal time share what RANGE says, not what ROWS says.
CREATE TABLE pay (card STRING, city STRING, amount INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'pay.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT card, amount,
  COUNT(*) OVER recent, SUM(amount) OVER recent,
  SUM(amount) OVER (card ROWS BETWEEN 1 PRECEDING AND CURRENT ROW),
  ROW_NUMBER() OVER card, SUM(amount) OVER card
FROM pay
WINDOW card AS (PARTITION BY card ORDER BY ts),
  recent AS (card RANGE BETWEEN INTERVAL '10' SECOND PRECEDING AND CURRENT ROW);
