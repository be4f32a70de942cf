-- The bounds of the window are in each set; a key may be an argument too.
CREATE TABLE sales (shop STRING, item STRING, amount INT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'sales.in', 'format' = 'json');
SELECT window_start, shop, COUNT(shop) AS named, COUNT(*) AS n
FROM TABLE(TUMBLE(TABLE sales, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY GROUPING SETS ((window_start, window_end, shop), (window_start, window_end));
