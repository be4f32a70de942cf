-- Texts of 0 to 40 bytes, with and without room in a key's image, that begin alike.
CREATE TABLE t (ts TIMESTAMP(3), a VARCHAR(20), b CHAR(16), n INT, WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'texts.in', 'format' = 'csv', 'csv.null-literal' = '-');
SELECT a, b, n, k, window_end FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, a ORDER BY b, n) AS k
  FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)))
WHERE k <= 2;
