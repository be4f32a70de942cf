CREATE TABLE pay (card STRING, city STRING, amount INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'pay.in', 'format' = 'csv', 'csv.null-literal' = '');
CREATE VIEW counted AS SELECT card, ts, COUNT(*) OVER (PARTITION BY card ORDER BY ts) AS n FROM pay;
SELECT card, MAX(n), COUNT(*) FROM TABLE(TUMBLE(TABLE counted, DESCRIPTOR(ts), INTERVAL '10' SECOND))
GROUP BY card, window_start, window_end;
