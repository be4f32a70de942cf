-- Of the results of an aggregate.
CREATE TABLE t (shop STRING, item STRING, amount INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'distinct.in', 'format' = 'json');
SELECT DISTINCT COUNT(*) AS n, window_start, window_end
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end, shop, item;
