-- account: in=5 out=3 dropped=2 (late=2)
CREATE TABLE pay (card STRING, city STRING, amount INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = 'late.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT card, amount, SUM(amount) OVER (PARTITION BY card ORDER BY ts) FROM pay;
