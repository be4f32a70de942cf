-- Texts of 0 to 40 bytes, with and without room in a key's image, that begin alike.
CREATE TABLE t (ts TIMESTAMP(3), a VARCHAR(20), b CHAR(16), n INT, WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'text_keys.in', 'format' = 'csv', 'csv.null-literal' = '-');
SELECT a, COUNT(*), MIN(b), MAX(b), window_start, window_end
FROM TABLE(SESSION(TABLE t PARTITION BY a, DESCRIPTOR(ts), INTERVAL '3' SECOND))
GROUP BY a, window_start, window_end;
