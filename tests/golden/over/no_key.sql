CREATE TABLE pay (card STRING, city STRING, amount INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'pay.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT amount, SUM(amount) OVER (ORDER BY ts RANGE BETWEEN INTERVAL '3' SECOND PRECEDING AND CURRENT ROW) FROM pay;
