-- ordered
-- Texts of 0 to 40 bytes, with and without room in a key's image, that begin alike.
CREATE TABLE t (ts TIMESTAMP(3), a VARCHAR(20), b CHAR(16), n INT, WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'texts.in', 'format' = 'csv', 'csv.null-literal' = '-');
SELECT ts, a, b, n FROM t ORDER BY ts, a DESC, b, n;
