-- By processing time rows come out in the order in which they came.
CREATE TABLE pay (card STRING, city STRING, amount INT, ts TIMESTAMP(3), p AS PROCTIME())
  WITH ('connector' = 'filesystem', 'path' = 'pay.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT card, amount, ROW_NUMBER() OVER w, SUM(amount) OVER (w ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
FROM pay WINDOW w AS (PARTITION BY card ORDER BY p);
