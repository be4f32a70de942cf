-- account: in=5 out=4 dropped=1 (late=1)
-- A bounded frame takes late rows of keys that have put out nothing later.
CREATE TABLE pay (card STRING, city STRING, amount INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = 'late.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT card, amount, COUNT(*) OVER w, SUM(amount) OVER w FROM pay
WINDOW w AS (PARTITION BY card ORDER BY ts RANGE BETWEEN INTERVAL '5' SECOND PRECEDING AND CURRENT ROW);
