-- LAG looks over RANGE: rows of equal time are all there before the first of them is looked at.
CREATE TABLE pay (card STRING, city STRING, amount INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'pay.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT card, amount, LAG(amount) OVER w, LAG(amount, 2, -1) OVER w
FROM pay WINDOW w AS (PARTITION BY card ORDER BY ts);
