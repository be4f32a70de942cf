-- The same set twice gives its rows twice, as UNION ALL of both would; (a, b) is one element.
CREATE TABLE sales (shop STRING, item STRING, amount INT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'sales.in', 'format' = 'json');
SELECT window_end, shop, item, MAX(amount) AS most
FROM TABLE(TUMBLE(TABLE sales, DESCRIPTOR(ts), INTERVAL '1' DAY))
GROUP BY window_start, window_end, GROUPING SETS (shop, shop, ROLLUP ((shop, item)));
