-- Two lists of sets: each with each.
CREATE TABLE sales (shop STRING, item STRING, amount INT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'sales.in', 'format' = 'json');
SELECT shop, UPPER(item) AS item, COUNT(*) AS n
FROM TABLE(TUMBLE(TABLE sales, DESCRIPTOR(ts), INTERVAL '1' DAY))
GROUP BY window_start, window_end, GROUPING SETS (shop, ()), GROUPING SETS (UPPER(item), ());
