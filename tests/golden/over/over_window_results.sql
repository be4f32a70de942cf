CREATE TABLE pay (card STRING, city STRING, amount INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'pay.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT card, total, SUM(total) OVER (PARTITION BY card ORDER BY wt RANGE BETWEEN INTERVAL '10' SECOND PRECEDING AND CURRENT ROW)
FROM (SELECT card, window_time AS wt, SUM(amount) AS total
  FROM TABLE(TUMBLE(TABLE pay, DESCRIPTOR(ts), INTERVAL '10' SECOND))
  GROUP BY card, window_start, window_end, window_time);
