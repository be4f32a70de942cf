-- NULL is a key like any other; keys of several types make one key together.
CREATE TABLE t (ts TIMESTAMP(3), a STRING, b INT, c DECIMAL(6, 2), d BOOLEAN, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'several_keys.in', 'format' = 'json');
SELECT a, b, c, d, COUNT(*)
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND))
GROUP BY a, b, c, d, window_start, window_end;
