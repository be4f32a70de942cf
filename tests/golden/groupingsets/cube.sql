CREATE TABLE sales (shop STRING, item STRING, amount INT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'sales.in', 'format' = 'json');
SELECT window_end, shop, item, COUNT(*) AS n
FROM TABLE(HOP(TABLE sales, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '2' MINUTE))
GROUP BY window_start, window_end, CUBE (shop, item)
HAVING GROUPING(item) = 0 OR GROUPING(shop) = 1;
