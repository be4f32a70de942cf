-- Texts of 0 to 40 bytes, with and without room in a key's image, that begin alike.
CREATE TABLE t (ts TIMESTAMP(3), a VARCHAR(20), b CHAR(16), n INT, WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'text_keys.in', 'format' = 'csv', 'csv.null-literal' = '-');
SELECT ts, a, b, n, COUNT(*) OVER w, SUM(n) OVER w, MAX(b) OVER w FROM t
WINDOW w AS (PARTITION BY a ORDER BY ts RANGE BETWEEN INTERVAL '4' SECOND PRECEDING AND CURRENT ROW);
