-- A NULL that was there is another key than one that ROLLUP left out.
CREATE TABLE sales (shop STRING, item STRING, amount INT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'sales.in', 'format' = 'json');
SELECT window_end, shop, item, SUM(amount) AS total, GROUPING(shop) AS gs, GROUPING(item) AS gi,
  GROUPING_ID(shop, item) AS id
FROM TABLE(TUMBLE(TABLE sales, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end, ROLLUP (shop, item);
