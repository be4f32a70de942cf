-- account: in=10 out=9 dropped=1 (late=1)
CREATE TABLE bid (bidtime TIMESTAMP(3), price DECIMAL(10, 2), item STRING, supplier_id STRING,
  WATERMARK FOR bidtime AS bidtime - INTERVAL '1' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'bids.in', 'format' = 'csv');
SELECT bidtime, price, item, rownum FROM (
  SELECT *, ROW_NUMBER() OVER w AS rownum
  FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(bidtime), INTERVAL '10' MINUTES))
  WINDOW w AS (PARTITION BY window_start, window_end ORDER BY price DESC)
) WHERE 3 >= rownum;
