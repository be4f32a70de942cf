-- DISTINCT is GROUP BY all columns; NULL equals NULL.
CREATE TABLE t (shop STRING, item STRING, amount INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'distinct.in', 'format' = 'json');
SELECT DISTINCT window_end AS e, item, window_start, item IS NULL AS without, window_time
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE));
